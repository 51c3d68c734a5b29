package cli

import (
	"strings"
	"testing"
)

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		"loadgen -n 5":                        "loadgen -n 5",
		"x -accept token=good -n 5":           "x -accept token=*** -n 5",
		"x -accept=token=good --refuse=k=bad": "x -accept=token=*** --refuse=k=***",
		"x -refuse on_play:token=a=b":         "x -refuse on_play:token=***",
		"x --accept secret -accept":           "x --accept *** -accept",
		"x -accept -accept token=good":        "x -accept *** token=good", // as the flag package reads it
		"x -rtmp rtmp://u:p@h/app?token=good": "x -rtmp rtmp://***@h/app?token=***",
		"x -rtmp=rtmp://u:p@h/app":            "x -rtmp=rtmp://***@h/app",
		"x -hooks http://127.0.0.1:8085":      "x -hooks http://127.0.0.1:8085",
		"x -acceptance token=good":            "x -acceptance token=good",
	} {
		if got := strings.Join(Masked(strings.Fields(in), "accept", "refuse"), " "); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
