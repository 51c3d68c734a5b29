package hook

import (
	"slices"
	"strings"
	"testing"
)

func TestDefaultURLs(t *testing.T) {
	for _, c := range []struct {
		name, base, play string // play is empty where base is an error
	}{
		{"plain", "http://127.0.0.1:8085", "http://127.0.0.1:8085/api/v1/sessions"},
		{"slash", "https://127.0.0.1/", "https://127.0.0.1/api/v1/sessions"},
		{"path", "http://127.0.0.1/hooks", "http://127.0.0.1/hooks/api/v1/sessions"},
		{"query", "http://alice:secret@127.0.0.1/?a=secret", ""},
		{"an empty query", "http://127.0.0.1/?", ""},
		{"fragment", "http://127.0.0.1/#secret", ""},
		{"no scheme", "127.0.0.1:8085", ""},
		{"another scheme", "rtmp://alice:secret@127.0.0.1:8085", ""},
		{"a blank", "http://alice:secret@127.0.0.1/a b", ""},
		{"a port too large", "http://alice:secret@127.0.0.1:99999", ""},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			urls, err := DefaultURLs(c.base)
			switch {
			case c.play == "" && (err == nil || strings.Contains(err.Error(), "secret")):
				t.Errorf("want an error without the secret, got %v", err)
			case c.play != "" && (err != nil || len(urls) != len(Events) || urls[OnPlay][0] != c.play):
				t.Errorf("want %s for on_play, got %v, %v", c.play, urls, err)
			}
		})
	}
}

func TestEventsAt(t *testing.T) {
	var all []Event
	for _, path := range DefaultPaths() {
		all = append(all, EventsAt(path)...)
	}
	slices.Sort(all)
	if !slices.Equal(all, Events[:]) {
		t.Errorf("want every event once, got %v", all)
	}
	if got := EventsAt("/api/v1/streams"); !slices.Equal(got, []Event{OnPublish, OnUnpublish}) {
		t.Errorf("/api/v1/streams: want on_publish and on_unpublish, got %v", got)
	}
	if got := EventsAt("/api/v1/streams/"); got != nil {
		t.Errorf("want no event at another path, got %v", got)
	}
}
