package cli

import (
	"flag"
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
		"x -accept=X:a= -refuse=k=v":          "x -accept=X:a=*** -refuse=k=***",
		"x -acceptance token=good":            "x -acceptance token=good",
	} {
		if got := strings.Join(Masked(strings.Fields(in), "accept", "refuse"), " "); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

// A header field is masked as a whole: what is before "=" in it may be secret, too.
func TestMaskedField(t *testing.T) {
	got := Masked([]string{"x", "-header", "Authorization: Basic YWxpY2U6cw=="}, "header")
	if want := "***"; got[2] != want {
		t.Errorf("want %q, got %q", want, got[2])
	}
}

func TestWithout(t *testing.T) {
	fs := flag.NewFlagSet("x", flag.ContinueOnError)
	fs.String("rtmp", "", "")
	fs.Bool("quiet", false, "")
	fs.Bool("no-vhosts", false, "")
	fs.Func("id", "", func(string) error { return nil })
	for in, want := range map[string]string{
		"":                                       "",
		"-rtmp rtmp://h/a -id S-1 -quiet":        "-rtmp rtmp://h/a",
		"--id=S-1 --quiet=true -no-vhosts -id x": "-no-vhosts",
		"-id -quiet -rtmp=x":                     "-rtmp=x",
		"-no-vhosts -quiet -rtmp":                "-no-vhosts -rtmp",
	} {
		if got := strings.Join(Without(fs, strings.Fields(in), "id", "quiet"), " "); got != want {
			t.Errorf("%q without id and quiet is %q, want %q", in, got, want)
		}
	}
}
