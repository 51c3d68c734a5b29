package srsconf

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// FuzzParse: no text makes the parser panic or hang; what it accepts is a
// valid configuration that survives being written and read again.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.conf")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, seed := range seeds {
		text, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		"listen 0;vhost \"a'\\\"b\" { play{gop_cache off;} }",
		"listen 1 [::]:1 0.0.0.0:1;is_full on;is_full on;",
		"if (x) {}", "${", "\"", "'\\", "a\r\nb;", "map a b { c d; }", "\xff;\x00{", "include x; include;",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := loader{report: &report{}, read: func(string, int64) (string, error) { return "", os.ErrNotExist }}
		c, _, err := l.config(l.text("fuzz", text, nil))
		if err != nil {
			var errs Errors
			if !errors.As(err, &errs) || len(errs) == 0 || err.Error() == "" {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		written := Format(c)
		again, _, err := Parse("formatted", written)
		if err != nil {
			t.Fatalf("written as\n%s\nread back: %v", written, err)
		}
		if !reflect.DeepEqual(c, again) {
			t.Fatalf("written as\n%s\nread back as\n%+v\nfrom\n%+v", written, again, c)
		}
	})
}
