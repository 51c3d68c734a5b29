package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const found = "../../internal/explore/program/testdata/written.feature"

func TestExploreUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"help", []string{"-h"}, 0, "nobody scripted"},
		{"too many clients", []string{"-clients", "9"}, 2, "-clients: want 1 to 8, got 9"},
		{"no end", []string{"-for", "0"}, 2, "-for 0 goes with -programs"},
		{"listen alone", []string{"-listen", "127.0.0.1:1"}, 2, "goes with -rtmp"},
		{"unknown profile", []string{"-profile", "srs0"}, 2, "srs0"},
		{"auto without a server", []string{"-profile", "auto"}, 2, "-profile auto goes with -rtmp"},
		{"no replays", []string{"-replays", "0"}, 2, "-replays: want 1 to 100, got 0"},
		{"a file that is not there", []string{"-replay", "nowhere"}, 3, "nowhere"},
		{"a file that is no program", []string{"-replay", "explore_test.go"}, 2, "-replay explore_test.go"},
		{"a defect that is not there", []string{"-mutants", "no-such"}, 2, "no planted defect"},
		{"defects of somebody else's server", []string{"-mutants", "all", "-rtmp", "rtmp://127.0.0.1/live"}, 2,
			"-mutants are of the built-in server"},
		{"no server", []string{"-rtmp", "rtmp://127.0.0.1:1/live", "-listen", freeListen(t), "-profile", "srs7"}, 3,
			"no RTMP server answers at 127.0.0.1:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, err := command(t, append([]string{"explore"}, c.args...)...)
			if code != c.code || !strings.Contains(out+err, c.want) {
				t.Errorf("exit %d, want %d; want %q in:\n%s%s", code, c.code, c.want, out, err)
			}
		})
	}
}

// An exploration of the built-in server finds nothing and writes its report; a file is
// played again, by explore and by the suite.
func TestExplore(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, "explore-S-ORD-01-x.feature")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "explore", "-for", "0", "-programs", "20", "-seed", "1", "-profile", "srs6",
		"-report", dir)
	if code != 0 || !strings.Contains(out, "20 programs") || !strings.Contains(out, "S-CON-04") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Errorf("%s of an earlier run is there still", stale)
	}
	if st, err := os.Stat(filepath.Join(dir, "report.html")); err != nil || st.Size() == 0 {
		t.Errorf("no report: %v", err)
	}
	for _, args := range [][]string{{"explore", "-replay", found}, {"-feature", found}} {
		if code, out, errs := command(t, args...); code != 0 {
			t.Errorf("%q: exit %d:\n%s%s", args, code, out, errs)
		}
	}
}

// A planted defect is found, and one that is not makes the command fail.
func TestExploreMutants(t *testing.T) {
	args := []string{"explore", "-profile", "srs7", "-seed", "1", "-mutants"}
	code, out, errs := command(t, append(args, "stop-doubled")...)
	if code != 0 || !strings.Contains(out, "| stop-doubled | srs7 |") || !strings.Contains(out, "S-ORD-02") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
	code, out, errs = command(t, append(args, "rejects-long", "-programs", "1")...)
	if code != 1 || !strings.Contains(out, "not within 1") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
}
