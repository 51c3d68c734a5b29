package rtmpdefect

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/mutant"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A line of the script: one hook call and what the endpoint answers.
type call struct {
	client string // name; its client_id is made of it
	event  hook.Event
	vhost  string // key of the vhost whose URL it is
	n      int
	stream string // with its parameters
	tcURL  string // that the server makes up for a viewer over HTTP; "" for other clients
}

// viewerScript is what a viewer of HTTP-FLV and one of HLS cause, and two that are refused.
func viewerScript() (all []call) {
	const flv, hls = "rtmp://__defaultVhost__/live", "http://127.0.0.1/live"
	for _, tcURL := range []string{flv, hls} {
		over, _, _ := strings.Cut(tcURL, ":")
		for _, ev := range []hook.Event{hook.OnPlay, hook.OnStop} {
			all = append(all, call{"viewer-" + over, ev, "default", 1, "cam?hls_ctx=1", tcURL})
		}
		all = append(all, call{"bad-on_play-" + over, hook.OnPlay, "default", 1, "cam", tcURL})
	}
	return all
}

// ofViewers reports whether a row is about viewers over HTTP.
func ofViewers(m mutant.Row) bool {
	return slices.ContainsFunc(viewerRows, func(r mutant.Row) bool { return r.Name == m.Name })
}

// script is what two plain clients, and three that are refused, cause.
func script() []call {
	var all []call
	life := func(client, stream, vhost string, urls int, events ...hook.Event) {
		for _, ev := range events {
			for n := 1; n <= urls; n++ {
				all = append(all, call{client, ev, vhost, n, stream, ""})
			}
		}
	}
	life("marker-1", "marker", "default", 1, hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
	life("bob", "cam", "default", 1, hook.OnConnect, hook.OnPlay)
	life("alice", "cam?k=a\"b\\c\x01\n\xff%20d", "default", 1, hook.OnConnect, hook.OnPublish)
	life("dave", "cam", "default", 1, hook.OnConnect, hook.OnPlay)
	life("alice", "cam?k=1", "default", 1, hook.OnUnpublish, hook.OnClose)
	life("bob", "cam", "default", 1, hook.OnStop, hook.OnClose)
	life("dave", "cam", "default", 1, hook.OnStop, hook.OnPlay, hook.OnStop, hook.OnClose)
	life("idle", "", "default", 1, hook.OnConnect, hook.OnClose)
	life("again", "door", "default", 1, hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnPublish,
		hook.OnUnpublish, hook.OnClose)
	life("bad-on_connect", "cam", "default", 1, hook.OnConnect, hook.OnClose)
	life("bad-on_publish", "cam", "default", 1, hook.OnConnect, hook.OnPublish, hook.OnClose)
	life("bad-on_play", "cam", "default", 1, hook.OnConnect, hook.OnPlay, hook.OnClose)
	life("bad-on_unpublish", "cam", "default", 1, hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
	life("carol", "cam", "other", 1, hook.OnConnect, hook.OnPublish, hook.OnUnpublish, hook.OnClose)
	life("eve", "cam", "several", 3, hook.OnConnect, hook.OnPublish, hook.OnUnpublish)
	all = append(all, call{"bad-on_play", hook.OnPlay, "several", 1, "cam", ""})
	return all
}

// request makes the call as a server does.
func (c call) request(t *testing.T, p *hook.Profile) string {
	t.Helper()
	bare, param, _ := strings.Cut(c.stream, "?")
	if param != "" {
		param = "?" + param
	}
	id := c.client
	if p.ClientIDKind() == hook.NumberID {
		id = number(id)
	}
	pl := &hook.Payload{Action: c.event.String(), ClientID: id, IP: "127.0.0.2", VHost: "__defaultVhost__", App: "live",
		Stream: bare, Param: param, TCURL: "rtmp://127.0.0.1/live?token=a%20b", PageURL: "http://page.test/key/" +
			c.client + "/",
		ServerID: "vid-1", ServiceID: "s1", StreamURL: "/live/" + bare, StreamID: "vid-2", SendBytes: 10, RecvBytes: 20}
	pl.TCURL = cmp.Or(c.tcURL, pl.TCURL)
	body, err := p.Encode(nil, pl)
	if err != nil {
		t.Fatal(err)
	}
	return post(fmt.Sprintf("/hooks/%s/%d/%s?vhost=%s&n=%d", c.vhost, c.n, c.event, c.vhost, c.n), string(body))
}

// answers refuses the clients that are named after the event to refuse.
func answers(q *endpoint.Request) endpoint.Answer {
	if strings.Contains(string(q.Body), "bad-"+q.Event.String()) || q.Payload != nil &&
		badNumbers[q.Payload.ClientID] == q.Event.String() {
		return endpoint.Refuse()
	}
	return endpoint.Accept()
}

// badNumbers are the client_ids of those to refuse where it is a number.
var badNumbers = func() map[string]string {
	m := map[string]string{}
	for _, ev := range hook.Events {
		m[number("bad-"+ev.String())] = ev.String()
	}
	return m
}()

// transcript runs the script through a mutant: what the endpoint saw, and what
// the server got. It waits until atLeast requests have come.
func transcript(t *testing.T, m mutant.Row, p *hook.Profile, script []call, atLeast int) []string {
	t.Helper()
	e := hooks(t, answers)
	at := between(t, m, Upstream{Main: e.Addr(), Profile: p})
	var lines []string
	seen := 0
	for _, c := range script {
		got, end := sent(t, at.Main, c.request(t, p))
		_, body, _ := strings.Cut(got, "\r\n\r\n")
		all := e.Requests()
		for _, q := range all[seen:] {
			lines = append(lines, describe(q))
		}
		seen = len(all)
		lines = append(lines, fmt.Sprintf("%s %s %s %d: answered %q, %s", c.client, c.event, c.vhost, c.n, body, end))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := e.Await(ctx, func(all []*endpoint.Request) bool { return len(all) >= atLeast }); err != nil {
		t.Errorf("%d requests came, want %d: %v", len(e.Requests()), atLeast, err)
	}
	for _, q := range e.Requests()[seen:] {
		lines = append(lines, describe(q))
	}
	return lines
}

// unordered returns the transcript of a mutant that does not wait for answers:
// requests come when they come, but all of them do.
func unordered(t *testing.T, m mutant.Row, p *hook.Profile, plain []string) []string {
	requests := 0
	for _, line := range plain {
		if strings.HasPrefix(line, "  ") {
			requests++
		}
	}
	mutated := transcript(t, m, p, script(), requests)
	return differ(slices.Sorted(slices.Values(plain)), slices.Sorted(slices.Values(mutated)))
}

func describe(q *endpoint.Request) string {
	trailing := ""
	if q.Trailing > 0 {
		trailing = fmt.Sprintf(" +%d", q.Trailing)
	}
	return fmt.Sprintf("  %s %s %s %s=%q %s%s", q.Method, q.Target, q.Header.Get("Content-Type"),
		q.Header.Get("User-Agent"), q.Header.Get("Content-Length"), clean(q.Body), trailing)
}

func clean(b []byte) string {
	return strings.Trim(fmt.Sprintf("%q", bytes.ReplaceAll(b, []byte(`"`), []byte(`'`))), `"`)
}

// differ lists the lines that the two do not share, in order.
func differ(plain, mutated []string) []string {
	var out []string
	i := 0
	for _, line := range mutated {
		j := i
		for j < len(plain) && plain[j] != line {
			j++
		}
		if j == len(plain) {
			out = append(out, "+ "+line)
			continue
		}
		for ; i < j; i++ {
			out = append(out, "- "+plain[i])
		}
		i++
	}
	for ; i < len(plain); i++ {
		out = append(out, "- "+plain[i])
	}
	return out
}

// What each mutant makes of a canned sequence of hooks is in a golden file:
// the lines it takes away from, and adds to, what passes without a defect. There
// is one for each profile that mutants are run in by default.
func TestHookDefects(t *testing.T) {
	trials, err := mutant.Trials(mutant.Options{Few: true}, Table)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			plain := transcript(t, Sound, p, script(), 0)
			plainViewers := transcript(t, Sound, p, viewerScript(), 0)
			for _, trial := range trials {
				m := trial.Row
				plant, is := m.Peer.(proxies)
				if trial.Profile != p || !is || m.Variant ||
					plant(newWorld(t.Context(), Upstream{Profile: p})).hook == nil {
					continue
				}
				t.Run(m.Name, func(t *testing.T) {
					golden := filepath.Join("testdata", p.Name, m.Name+".golden")
					if strings.HasSuffix(m.Name, "-overlaps") {
						checkGolden(t, golden, strings.Join(unordered(t, m, p, plain), "\n")+"\n")
						return
					}
					if ofViewers(m) {
						mutated := transcript(t, m, p, viewerScript(), 0)
						checkGolden(t, golden, strings.Join(differ(plainViewers, mutated), "\n")+"\n")
						return
					}
					checkGolden(t, golden, strings.Join(differ(plain, transcript(t, m, p, script(), 0)), "\n")+"\n")
				})
			}
		})
	}
}

func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
