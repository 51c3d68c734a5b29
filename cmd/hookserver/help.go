package main

import (
	"strings"

	"hookproof/internal/cli"
	"hookproof/internal/endpoint"
)

var help = cli.Help{
	Name:     "hookserver",
	Groups:   groups,
	Synopsis: []string{"[-listen ADDR] [-profile P] [-token KEY=VALUE] [-rules FILE] [-record FILE]"},
	About: `The default callback server for a media server's HTTP hooks. It logs every
event, answers it, and shows at / who is connected, publishing and playing.
What it knows lives in memory and survives nothing.`,
	Sections: []cli.Section{
		{Title: "Hooks", Text: `
POST /api/v1/clients   on_connect, on_close
POST /api/v1/streams   on_publish, on_unpublish
POST /api/v1/sessions  on_play, on_stop

The answer is HTTP 200 with a code: 0 accepts, 100 the body is no well-formed
event, 200 the action is unknown or not one of that path, 401 refused for its
token, 403 refused by a rule. Other methods get HTTP 405, other paths 404.`},
		{Title: "Token", Rare: true, Text: `
The parameter KEY=VALUE must stand in param or in tcUrl's query, byte for byte:
rtmp://HOST/app?KEY=VALUE, or STREAM?KEY=VALUE. A wrong value refuses, also
beside a right one. No value refuses at on_connect, on_publish and on_play; but
in srs6 an on_connect that names no stream is let on, since the token may follow
after the stream's name, and an on_publish or on_play that has neither param nor
tcUrl (srs1 sends neither) is let on, since its on_connect was asked. So with a
server of profile srs1 the token belongs into tcUrl: rtmp://HOST/app?KEY=VALUE.

-token-at names other events that demand a token. A wrong one is refused
everywhere all the same.`},
		{Title: "Rules", Rare: true, Text: `
A YAML file with one list; the first rule that matches an event takes it:

  rules:
    - name: no test streams     # for the log
      event: [on_publish]       # default: the three opening events
      app: live                 # also vhost, stream, param: exactly so,
      stream: "~^test"          # or a regular expression after ~
      ip: [10.0.0.0/8, "::1"]
      refuse: true              # or code: 1 to 99999, or status: 400 to 599
      delay: 2s                 # before the answer
      fault: hang               # how the answer is spoiled
      times: 3                  # then the rule steps aside

Rules are looked at before the token, and never accept what it refuses. Faults:
` + faultNames()},
		{Title: "Signals", Text: `
SIGTERM, SIGINT  end; answers that are held are not given`},
	},
	Examples: []cli.Example{
		{For: "answer the hooks of an SRS on this machine, and watch at http://127.0.0.1:8085/", Call: "hookserver"},
		{For: "let on only who carries the token: rtmp://HOST/live?token=secret",
			Call: "hookserver -token token=secret"},
		{For: "watch from a phone in the same network", Call: "hookserver -listen :8085"},
		{For: "keep evidence", Call: "hookserver -record hooks.jsonl"},
	},
}

// faultNames lists the faults in lines of a terminal's width.
func faultNames() string {
	var b strings.Builder
	width := 0
	for i, f := range endpoint.Faults() {
		name := f.String()
		switch {
		case i > 0 && width+len(name)+2 > 72:
			b.WriteString(",\n")
			width = 0
		case i > 0:
			b.WriteString(", ")
			width += 2
		}
		b.WriteString(name)
		width += len(name)
	}
	return b.String()
}
