package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/reports"
)

func TestMutantsUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		want string // in either output
	}{
		{"help", []string{"-h"}, 0, "Proves the suite"},
		{"list", []string{"-list", "-name", "no-content-type"}, 0, "there is no Content-Type; must fail: S-REQ-04"},
		{"no such mutant", []string{"-name", "no-such"}, 2, `no mutant or variant matches "no-such"`},
		{"no such profile", []string{"-profile", "srs9"}, 2, "srs9"},
		{"none at once", []string{"-parallel", "0"}, 2, "-parallel: want 1 to 64"},
		{"too small a crowd", []string{"-clients", "3"}, 2, "-clients: want 16 to 20000"},
		{"no time", []string{"-timeout-scale", "0"}, 2, "-timeout-scale: want 0.1 to 100"},
		{"list of one role", []string{"-list", "-role", "hooks", "-name", "refuses-all"}, 0, "refuses every client"},
		{"no such role", []string{"-role", "both"}, 2, "want rtmp, hooks or all"},
		{"operand", []string{"foo"}, 2, "unexpected argument"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, err := command(t, append([]string{"mutants"}, c.args...)...)
			if code != c.code || !strings.Contains(out+err, c.want) {
				t.Errorf("exit %d, want %d; want %q in:\n%s%s", code, c.code, c.want, out, err)
			}
		})
	}
}

// One mutant and the proxies alone, with the report.
func TestMutants(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	code, out, errs := command(t, "mutants", "-role", "rtmp", "-name", "no-user-agent", "-profile", "srs6",
		"-timeout-scale", "1", "-report", dir)
	for _, want := range []string{"caught   no-user-agent", "passed   none", "no-user-agent srs6",
		"1 of 1 mutants caught", "report: " + dir} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	matrix, err := os.ReadFile(filepath.Join(dir, "mutants.txt"))
	if err != nil || !strings.Contains(string(matrix), "# failed as it must") {
		t.Errorf("mutants.txt: %v\n%s", err, matrix)
	}
	run, err := reports.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Mutants.AllCaught() || len(run.Mutants.Rows) != 1 || len(run.Scenarios) == 0 {
		t.Errorf("the report has %d mutants and %d scenarios", len(run.Mutants.Rows), len(run.Scenarios))
	}
}
