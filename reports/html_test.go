package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hookproof/internal/pagepolicy"
)

func page(t *testing.T, run *Run) string {
	t.Helper()
	Prepare(run)
	var b bytes.Buffer
	if err := WriteHTML(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTMLLoadsNothing(t *testing.T) {
	p := page(t, failingRun())
	for _, bad := range []string{`\bsrc\s*=`, `<link\b`, `@import`, `url\(`, `href="[^#]`, `\sstyle="`,
		`\son[a-z]+="`} {
		if at := regexp.MustCompile(bad).FindStringIndex(strings.Split(p,
			`<script type="application/json"`)[0]); at != nil {
			t.Errorf("%s in the page: %.80q", bad, p[at[0]:])
		}
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(p)[1]
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindStringSubmatch(p)[1]
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(p)[1]
	policy = strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy)
	for _, want := range []string{"default-src 'none'", "style-src " + pagepolicy.Hash(style),
		"script-src " + pagepolicy.Hash(script)} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
}

func TestHTMLEscapes(t *testing.T) {
	run := failingRun()
	run.Tool, run.Version, run.Command, run.Target.URL, run.Options.Selection = nasty, nasty, nasty, nasty, nasty
	run.Requirements[0].ID, run.Requirements[0].Sentence, run.Requirements[0].Section = `"><script>alert(1)</script>`,
		nasty, nasty
	run.Mutants.Rows[0].Name, run.Mutants.Rows[0].Defect = nasty, nasty
	p := page(t, run)
	if i := strings.Index(p, "<script>alert"); i >= 0 {
		t.Errorf("markup from the run: %.120q", p[i:])
	}
	if n, want := strings.Count(p, "</script>"), len(run.Scenarios)+2; n != want {
		t.Errorf("%d script elements end, want %d", n, want)
	}
	p, _, _ = strings.Cut(p, `<script type="application/json"`) // the script makes what is in there visible
	if i := strings.IndexFunc(p, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x202e
	}); i >= 0 {
		t.Errorf("a control character: %q", p[max(0, i-40):i+20])
	}
}

func TestHTMLDataCanBeRead(t *testing.T) {
	run := failingRun()
	blobs := regexp.MustCompile(`(?s)<script type="application/json" id="([^"]*)">(.*?)</script>`).FindAllStringSubmatch(page(t, run), -1)
	if len(blobs) != len(run.Scenarios)+1 {
		t.Fatalf("%d blobs, want one for each of %d scenarios and the index", len(blobs), len(run.Scenarios))
	}
	for i, b := range blobs[1:] {
		var d htmlDetail
		if err := json.Unmarshal([]byte(b[2]), &d); err != nil {
			t.Errorf("%s: %v", b[1], err)
		}
		if b[1] != fmt.Sprintf("d-%d", i) || len(d.Observations) != len(run.Scenarios[i].Observations) || d.Name == "" {
			t.Errorf("%s: name %q with %d observations", b[1], d.Name, len(d.Observations))
		}
		if s := run.Scenarios[i]; s.Verdict == Fail && !slices.Equal(d.Evidence, s.Failure.Evidence) {
			t.Errorf("%s: evidence %v", b[1], d.Evidence)
		}
	}
}

// TestHTMLBounds: one scenario has 2,000 clients and a huge body: the page
// shows the clients of the evidence, and says what it left out.
func TestHTMLBounds(t *testing.T) {
	s := Scenario{Verdict: Fail, Failure: &Failure{Evidence: []int{3990}}}
	for i := range 2000 {
		for range 2 {
			s.Observations = append(s.Observations, Observation{N: len(s.Observations),
				Actor: fmt.Sprintf("client-%d", i),
				Kind:  KindHook, Body: strings.Repeat("é", 1<<13) + "é"})
		}
	}
	d := s.htmlDetail(true)
	actors := map[string]bool{}
	for _, o := range d.Observations {
		actors[o.Actor] = true
	}
	if !actors["client-1995"] || len(actors) != htmlActors || d.Left != 4000-2*htmlActors {
		t.Errorf("%d clients, %d left out, the evidence's there: %t", len(actors), d.Left, actors["client-1995"])
	}
	o := d.Observations[0]
	if len(o.Body)+o.Cut != 1<<14+2 || o.Cut == 0 || !strings.HasSuffix(o.Body, "é") {
		t.Errorf("body of %d bytes, %d cut", len(o.Body), o.Cut)
	}
	if d := s.htmlDetail(false); d.Left != 4000 || len(d.Observations) != 0 {
		t.Errorf("beyond the budget: %d observations, %d left out", len(d.Observations), d.Left)
	}
}

// TestRepeatCommand: the run's own arguments, and what selects the one scenario.
func TestRepeatCommand(t *testing.T) {
	for _, tt := range []struct {
		run  Run
		want string
	}{
		{Run{Options: Options{Seed: 7}}, "conformance -name a/S-ANS-04/x -profile srs6 -seed 7"},
		{Run{Options: Options{Seed: 7, Clients: 20},
			Repeat: []string{"-rtmp", "rtmp://host/live?a=b&c=$(x)'", "-api", "http://h:1985", "-no-vhosts"}},
			`conformance -rtmp 'rtmp://host/live?a=b&c=$(x)'\''' -api http://h:1985 -no-vhosts -name a/S-ANS-04/x -profile srs6 -seed 7 -clients 20`},
		{Run{Repeat: []string{"-on_publish", "http://h/x", "-accept", "token=***"}},
			"conformance -on_publish http://h/x -accept 'token=***' -name a/S-ANS-04/x -profile srs6 -seed 0"},
	} {
		got := repeatCommand(&tt.run, &Scenario{ID: "a/S-ANS-04/x", Requirements: []string{"S-ANS-04"},
			Profile: "srs6"})
		if got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestCommandLines(t *testing.T) {
	got := commandLines(&Scenario{Failure: &Failure{Detail: "request: an on_publish\n  curl -sS " +
		"'http://h/'\nanswer: 200\nexpected: 0\n"}})
	want := []detailLine{{"request: an on_publish", false}, {"curl -sS 'http://h/'", true},
		{"answer: 200\nexpected: 0", false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
