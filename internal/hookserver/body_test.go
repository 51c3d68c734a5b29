package hookserver

import (
	"encoding/json"
	"strings"
	"testing"

	"hookproof/hook"
)

// TestBody: what the page shows of a body is JSON still, and holds no secret
// unless parameters are shown.
func TestBody(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"param", `{"param":"?token=hush&x=hush","stream":"cam1"}`,
			`{"param":"?token=***\u0026x=***","stream":"cam1"}`},
		{"param without its mark", `{"param":"token=hush"}`, `{"param":"token=***"}`},
		{"escaped", `{"tcUrl":"rtmp:\/\/alice:hush@h\/live\u003ftoken=hush"}`,
			`{"tcUrl":"rtmp://***@h/live?token=***"}`},
		{"in a name", `{"stream":"cam1?hush"}`, `{"stream":"cam1?***"}`},
		{"deep", `{"a":[{"b":"?k=hush"}]}`, `{"a":[{"b":"?k=***"}]}`},
		{"nothing to mask", `{"a": "b\"c", "n":1}`, `{"a": "b\"c", "n":1}`},
		{"no JSON", `{"param":"?token=hush"`, ""},
		{"a form", `token=hush`, ""},
		{"too large", `"` + strings.Repeat("x", maxShownBody) + `"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{})
			got := s.body([]byte(c.body))
			if got != c.want || strings.Contains(got, "hush") || got != "" && !json.Valid([]byte(got)) {
				t.Errorf("want %s, got %s", c.want, got)
			}
			if open := serve(t, Options{ShowParams: true}).body([]byte(c.body)); c.name != "too large" &&
				open != c.body {
				t.Errorf("with parameters shown: want %s, got %s", c.body, open)
			}
		})
	}
}

// TestBodyOnThePage: a request's path and body come with its entry.
func TestBodyOnThePage(t *testing.T) {
	s := serve(t, Options{})
	send(t, s, hook.OnPublish, sample(t, hook.SRS6, hook.OnPublish, nil))
	text := string(s.state(0).json())
	if !strings.Contains(text, `"path":"/api/v1/streams"`) || !strings.Contains(text, `\"stream\":\"cam1\"`) ||
		strings.Contains(text, "good") {
		t.Errorf("got %s", text)
	}
}
