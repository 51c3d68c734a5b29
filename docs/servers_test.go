package docs

//go:generate go test -run ^TestServersPage$ -update .

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/internal/suite"
	"hookproof/reports"
)

var update = flag.Bool("update", false, "write the tables of servers.md anew")

const (
	serversPage  = "servers.md"
	serversBegin = "<!-- servers: written by go generate ./docs from the reports in docs/servers -->\n"
	serversEnd   = "<!-- end of servers -->\n"
)

// recorded reads the condensed reports of a folder of docs/servers. The name of each is that of its directory.
func recorded(t *testing.T, kind string) []reports.Compared {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("servers", kind, "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no reports of %s: %v", kind, err)
	}
	var all []reports.Compared
	for _, dir := range dirs {
		run, err := reports.ReadRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.ReplaceAll(filepath.Base(dir), "_", " ")
		all = append(all, reports.Compared{Run: run, Name: name})
	}
	return all
}

// TestServersJudged: of what did not pass at other servers the evidence still leads to the recorded verdict. Scenarios
// that the suite has no more are left out.
func TestServersJudged(t *testing.T) {
	for _, kind := range []string{"rtmp", "hooks"} {
		for _, one := range recorded(t, kind) {
			t.Run(kind+"/"+one.Name, func(t *testing.T) {
				t.Parallel()
				was := map[string]reports.Scenario{}
				run := *one.Run
				run.Scenarios = slices.DeleteFunc(slices.Clone(run.Scenarios), func(s reports.Scenario) bool {
					return len(s.Observations) == 0 || !known(t, &s)
				})
				for _, s := range run.Scenarios {
					was[s.ID+" "+s.Profile] = s
				}
				again, err := suite.Judge(t.Context(), &run)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range again.Scenarios {
					if w := was[s.ID+" "+s.Profile]; s.Verdict != w.Verdict {
						t.Errorf("%s (%s): recorded %s, judged again %s", s.ID, s.Profile, w.Verdict, s.Verdict)
					}
				}
			})
		}
	}
}

// known reports whether the suite has a scenario.
func known(t *testing.T, s *reports.Scenario) bool {
	t.Helper()
	for _, role := range []string{features.RoleServer, features.RoleHookServer} {
		cases, err := features.Cases(role)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(cases, func(c features.Case) bool { return c.ID == s.ID && c.Profile == s.Profile }) {
			return true
		}
	}
	return false
}

// TestServersPage: the tables of servers.md are what the recorded reports say.
func TestServersPage(t *testing.T) {
	text, err := os.ReadFile(serversPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), serversBegin)
	got, after, ended := strings.Cut(rest, serversEnd)
	if !begun || !ended {
		t.Fatalf("%s has no place for the tables: %s…%s", serversPage, serversBegin, serversEnd)
	}
	var want bytes.Buffer
	for _, part := range []struct{ title, kind string }{
		{"RTMP servers at a glance", "rtmp"}, {"Hook servers at a glance", "hooks"},
	} {
		fmt.Fprintf(&want, "\n## %s\n\n", part.title)
		if err := reports.WriteCompareMarkdown(&want, recorded(t, part.kind)); err != nil {
			t.Fatal(err)
		}
	}
	want.WriteString("\n")
	if got == want.String() {
		return
	}
	if !*update {
		t.Fatalf("the tables of %s are not what the reports say: go generate ./docs", serversPage)
	}
	if err := os.WriteFile(serversPage, []byte(before+serversBegin+want.String()+serversEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
