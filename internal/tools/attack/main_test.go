package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hookproof/internal/cli"
)

// Every attack runs, does something, and is a row of the table. What bounds it keeps is for longer runs to say.
func TestEveryAttackRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "rtmpserver"),
		"hookproof/cmd/rtmpserver").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			r, err := measure(t.Context(), bin, a, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			if a.unit != "" && strings.HasPrefix(r.strength, "0 ") {
				t.Error("the attack did nothing")
			}
			if r.rss == 0 {
				t.Error("no memory was seen")
			}
		})
	}
}

// A broken bound is named, and decides the exit code.
func TestBroken(t *testing.T) {
	kept := result{served: 3, median: mostMedian, max: mostWait, rss: mostRSS}
	for want, change := range map[string]func(*result){
		"":                          func(*result) {},
		" nobody was served":        func(r *result) { r.served = 0 },
		" 2 were not served (away)": func(r *result) { r.failed, r.why = 2, "away" },
		" median":                   func(r *result) { r.median++ },
		" longest memory":           func(r *result) { r.max++; r.rss++ },
	} {
		r := kept
		change(&r)
		if got := r.broken(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var out, errs bytes.Buffer
	if code := run([]string{"-bin", t.TempDir(), "-for", "1s"}, cli.Streams{Out: &out,
		Err: &errs}); code != cli.ExitCouldNotRun {
		t.Errorf("without a server: exit code %d, %s", code, errs.String())
	}
}
