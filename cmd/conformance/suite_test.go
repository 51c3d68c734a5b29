package main

import (
	"strings"
	"testing"

	"hookproof/features"
)

// TestEnoughFiles: a limit of open files that is too low is said before anything runs, with the one that would do.
func TestEnoughFiles(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	var light []features.Case
	for _, c := range cases {
		if !c.Has("load") {
			light = append(light, c)
		}
	}
	for _, tc := range []struct {
		name    string
		granted uint64
		clients int
		cases   []features.Case
		want    string
	}{
		{"crowds", 512, 200, cases,
			"this run needs 1984 open files, and the system allows 512: raise the limit (ulimit -n 1984), ask for " +
				"smaller crowds"},
		{"small crowds", 512, 16, cases, ""},
		{"no crowds", 512, 200, light, ""},
		{"hardly any", 200, 200, light,
			"needs 384 open files, and the system allows 200: raise the limit (ulimit -n 384)"},
		{"enough", 1984, 200, cases, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := newOptions()
			o.clients = tc.clients
			err := o.enoughFiles(tc.granted, tc.cases)
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("want %q, got %v", tc.want, err)
			}
		})
	}
}

// TestLastLine: the last line says the exit code and why.
func TestLastLine(t *testing.T) {
	code, out, errs := command(t, "-id", "S-ORD-01,S-ANS-04", "-profile", "srs1", "-quiet", "-clients", "5")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := lines[len(lines)-1]; code != 0 || !strings.HasPrefix(last, "exit 0: no MUST failed: ") {
		t.Errorf("exit %d, last line %q\n%s", code, last, errs)
	}
	code, _, errs = command(t, "-hooks", "http://127.0.0.1:1", "-id", "H-RSP-03")
	if code != 3 || !strings.HasSuffix(errs, "\nexit 3: profile srs7: the hook server does not answer\n") {
		t.Errorf("exit %d, want the reason in the last line:\n%s", code, errs)
	}
}
