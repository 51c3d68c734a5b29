package identity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/hook"
)

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		flag, text, bad string
		accept, refuse  int
	}{
		{flag: "accept", text: "token=good", accept: 3},
		{flag: "refuse", text: "on_play:token=bad", refuse: 1},
		{flag: "accept", text: "token=a=b", accept: 3},
		{flag: "accept", text: "token=", accept: 3},
		{flag: "accept", text: "token", bad: "expected KEY=VALUE"},
		{flag: "accept", text: "=good", bad: "expected KEY=VALUE"},
		{flag: "accept", text: "a=b&c=d", accept: 3},
		{flag: "accept", text: "a=b&c", bad: "expected KEY=VALUE"},
		{flag: "accept", text: "a=b&", bad: "expected KEY=VALUE"},
		{flag: "accept", text: "a=b?c=d", bad: "write them as"},
		{flag: "refuse", text: "on_close:token=bad", bad: "got on_close"},
		{flag: "refuse", text: "on_dvr:token=bad", bad: "got on_dvr"},
		{flag: "accept", text: "k=" + strings.Repeat("x", maxField), bad: "at most"},
	} {
		var id Set
		err := id.Add(c.flag, c.text)
		if len(id.Accept) != c.accept || len(id.Refuse) != c.refuse || (err == nil) != (c.bad == "") || err != nil &&
			!strings.Contains(err.Error(), c.bad) {
			t.Errorf("-%s %.40s: %d and %d samples, %v; want %q", c.flag, c.text, len(id.Accept), len(id.Refuse), err,
				c.bad)
		}
	}
}

func TestParse(t *testing.T) {
	const yaml = `accept:
  on_connect: [{app: live, token: token=good}]
  on_publish:
    - {stream: cam1, param: "?token=good"}
    - token: token=other
refuse:
  on_play: [{ip: 203.0.113.9}]
`
	const json = "{\n\t\"accept\": {\"on_connect\": [{\"app\": \"live\", \"token\": \"token=good\"}],\n" +
		"\t\t\"on_publish\": [{\"stream\": \"cam1\", \"param\": \"?token=good\"}, {\"token\": \"token=other\"}]},\n" +
		"\t\"refuse\": {\"on_play\": [{\"ip\": \"203.0.113.9\"}]}\n}\n"
	for name, text := range map[string]string{"ids.yaml": yaml, "ids.json": json} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var id Set
		if err := id.Load(path); err != nil {
			t.Fatal(err)
		}
		if got := id.Accepted(hook.OnConnect, 7); got.App != "live" || got.Token != "token=good" {
			t.Errorf("%s: on_connect accepts %+v", name, got)
		}
		if got := id.Accepts(hook.OnPublish); len(got) != 2 || got[0].Stream != "cam1" ||
			got[1].Token != "token=other" {
			t.Errorf("%s: on_publish accepts %+v", name, got)
		}
		if got := id.Accepted(hook.OnUnpublish, 2); got.Event != hook.OnUnpublish || got.Stream != "cam1" {
			t.Errorf("%s: on_unpublish goes with %+v", name, got)
		}
		if got := id.Refuses(hook.OnPlay); len(got) != 1 || got[0].IP != "203.0.113.9" ||
			!strings.HasPrefix(got[0].From, path+":") {
			t.Errorf("%s: on_play refuses %+v", name, got)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "f:1: want the keys accept and refuse, got nothing",
		"accept: {}":                         "f:1: want at least one sample",
		"accept: 1":                          "f:1: want events with their samples",
		"acept: {}":                          `f:1: want one of accept, refuse, got the key "acept": did you mean accept?` + "\n    1 | acept: {}\n        ^",
		"accept:\n  on_dvr: []":              "f:2: want one of on_connect, on_publish, on_play",
		"accept:\n  on_close: []":            "f:2: want one of on_connect, on_publish, on_play",
		"accept:\n  on_play: {}":             "f:2: want a list of samples for on_play, got a mapping",
		"accept:\n  on_play:\n  - 1":         "f:3: want a sample",
		"accept:\n  on_play:\n  - {x: 1}":    `f:3: want one of app, stream`,
		"accept:\n  on_play: [{app: [1]}]":   "f:2: app: want a string of at most 16384 bytes, got a list",
		"accept:\n  on_play: [{param: a=b}]": "f:2: param: want what follows",
		"accept:\n  on_play: [{token: a}]":   "f:2: token:",
		"accept: {}\naccept: {}":             "f:2: no YAML: mapping key \"accept\" already defined",
		"accept: [":                          "f:1: no YAML",
		"a: &a [*a]":                         `f:1: want one of accept`,
	} {
		var id Set
		err := id.Parse("f", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("accept:\n  on_connect: [{app: live, token: token=good}]\nrefuse: {on_play: [{ip: 1.2.3.4}]}"))
	f.Add([]byte(`{"accept":{"on_publish":[{"stream":"cam","param":"?a=b"}]}}`))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Add([]byte("{\t"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var id Set
		if err := id.Parse("f", text); err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		for _, s := range append(id.Accept, id.Refuse...) {
			if s.Event.Closing() || s.From == "" {
				t.Errorf("a sample that cannot be: %+v", s)
			}
		}
	})
}
