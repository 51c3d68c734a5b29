package srsconf

import (
	"testing"

	"hookproof/hook"
)

func TestDefaultURLs(t *testing.T) {
	for _, c := range []struct {
		name, base, play string
		fails            bool
	}{
		{"plain", "http://127.0.0.1:8085", "http://127.0.0.1:8085/api/v1/sessions", false},
		{"slash", "https://127.0.0.1/", "https://127.0.0.1/api/v1/sessions", false},
		{"path", "http://127.0.0.1/hooks", "http://127.0.0.1/hooks/api/v1/sessions", false},
		{"query", "http://127.0.0.1/?a=1", "", true},
		{"no scheme", "127.0.0.1:8085", "", true},
		{"empty", "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			urls, err := DefaultURLs(c.base)
			if (err != nil) != c.fails {
				t.Fatalf("error is %v", err)
			}
			if err == nil && (len(urls) != len(hook.Events) || urls[hook.OnPlay][0] != c.play) {
				t.Errorf("URLs are %v, want %s for on_play", urls, c.play)
			}
		})
	}
}
