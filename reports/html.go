package reports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/pagepolicy"
)

// The parts of report.html. The page works without scripts: they add search,
// filters, the Gherkin and the timelines.
var (
	//go:embed html/report.tmpl
	htmlTemplate string
	//go:embed html/page.css
	cssPage string
	//go:embed html/detail.css
	cssDetail string
	//go:embed html/dom.js
	jsDOM string
	//go:embed html/timeline.js
	jsTimeline string
	//go:embed html/detail.js
	jsDetail string
	//go:embed html/filter.js
	jsFilter string
)

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"glyph":  func(v Verdict) string { return v.glyph() },
	"class":  htmlClass,
	"short":  shortDuration,
	"show":   func(s string) string { return visible(s, true) },
	"upper":  func(l Level) string { return strings.ToUpper(string(l)) },
	"join":   func(s []string) string { return strings.Join(s, " ") },
	"stamp":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"result": func(m Mutant) string { return m.result() },
}).Parse(htmlTemplate))

// htmlClass is a verdict as a class name.
func htmlClass(v Verdict) string { return "v-" + strings.ReplaceAll(string(v), " ", "-") }

// htmlReport is what the template sees.
type htmlReport struct {
	*Run
	Summary  Summary
	Heading  string
	Sentence string
	Glyph    string
	Class    string
	Took     time.Duration
	Bar      []htmlSegment
	First    []htmlGroup
	Rest     int // groups that First leaves out
	Skips    []Skipped
	Sections []htmlSection
	CSS      template.CSS
	JS       template.JS
	Index    template.JS // JSON
	Details  []htmlBlob
	Policy   string
}

// htmlSegment is one verdict's share of the scenarios, in thousandths.
type htmlSegment struct {
	Verdict  Verdict
	Count    int
	X, Width float64
}

// htmlGroup is an entry of the list at the top of the page.
type htmlGroup struct {
	*Scenario
	Broken, Saw string
	More        []*Scenario
}

// maxHTMLGroups bounds that list.
const maxHTMLGroups = 20

// htmlGroups lists what did not pass, by cause.
func htmlGroups(run *Run) (first []htmlGroup, rest int) {
	groups := Groups(run)
	for i := range groups[:min(len(groups), maxHTMLGroups)] {
		g := &groups[i]
		entry := htmlGroup{Scenario: g.Scenario, Broken: g.broken(), Saw: g.saw()}
		for _, i := range g.More {
			entry.More = append(entry.More, &run.Scenarios[i])
		}
		first = append(first, entry)
	}
	return first, max(0, len(groups)-maxHTMLGroups)
}

// Anchor is the place of a scenario in report.html: the same in every report.
func (s *Scenario) Anchor() string { return "s-" + s.Profile + "/" + s.ID }

// htmlBlob is the details of one scenario as JSON, read when it is opened.
type htmlBlob struct {
	Key  int
	JSON template.JS
}

type htmlSection struct {
	Name string
	Rows []htmlRow
}

type htmlRow struct {
	Row
	Scenarios []htmlScenario
}

// htmlScenario is a scenario below one of its requirements.
type htmlScenario struct {
	*Scenario
	Key    int  // index in Run.Scenarios
	First  bool // the first place that shows it
	Why    bool // has a failure or a reason to show
	Detail []detailLine
	Repeat string
}

// WriteHTML writes report.html: one file that loads nothing and, by its own
// content policy, cannot.
func WriteHTML(w io.Writer, run *Run) error {
	rows := Matrix(run)
	sum := summarize(run, rows)
	css := cssPage + cssDetail + ":root{--profiles:" + strconv.Itoa(max(1, len(run.Profiles))) + "}\n"
	js := jsDOM + jsTimeline + jsDetail + jsFilter
	head := sum.heading(run)
	page := htmlReport{Run: run, Summary: sum, Heading: upperFirst(head.Words), Sentence: upperFirst(head.Sentence),
		Glyph: head.As.glyph(),
		Class: "c-" + strings.ReplaceAll(string(head.As), " ", "-"), Took: run.Ended.Sub(run.Started),
		Bar: htmlBar(&sum, len(run.Scenarios)), CSS: template.CSS(css), JS: template.JS(js),
		Policy: pagepolicy.Inline(css, js)}
	page.First, page.Rest = htmlGroups(run)
	page.Skips = Skips(run)
	seen := map[int]bool{}
	if len(run.Scenarios) > 0 {
		for _, sec := range Sections(rows) {
			page.Sections = append(page.Sections, htmlSectionOf(run, sec, seen))
		}
	}
	var err error
	if page.Index, err = htmlIndex(run); err != nil {
		return err
	}
	if page.Details, err = htmlDetails(run); err != nil {
		return err
	}
	return htmlPage.Execute(w, &page)
}

// htmlBar divides the bar; each share is wide enough to be seen.
func htmlBar(sum *Summary, total int) []htmlSegment {
	const least = 10.0
	room := 1000 - least*float64(len(sum.Scenarios))
	var out []htmlSegment
	x := 0.0
	for _, v := range Verdicts {
		n := sum.Scenarios[v]
		if n == 0 {
			continue
		}
		width := least + room*float64(n)/float64(total)
		out = append(out, htmlSegment{v, n, x, width})
		x += width
	}
	return out
}

func htmlSectionOf(run *Run, sec Section, seen map[int]bool) htmlSection {
	out := htmlSection{Name: sec.Name}
	for _, r := range sec.Rows {
		row := htmlRow{Row: r}
		for _, c := range r.Cells {
			for _, i := range c.indexes {
				s := &run.Scenarios[i]
				row.Scenarios = append(row.Scenarios, htmlScenario{Scenario: s, Key: i, First: !seen[i],
					Detail: commandLines(s), Why: s.Failure != nil || s.Reason != "", Repeat: repeatCommand(run, s)})
				seen[i] = true
			}
		}
		slices.SortStableFunc(row.Scenarios, func(a, b htmlScenario) int { return a.Verdict.rank() - b.Verdict.rank() })
		out.Rows = append(out.Rows, row)
	}
	return out
}

// repeatCommand is the command line that runs one scenario again: the run's own
// arguments, with *** where they had a credential.
func repeatCommand(run *Run, s *Scenario) string {
	args := append([]string{"conformance"}, run.Repeat...)
	args = append(args, "-name", s.ID, "-profile", s.Profile, "-seed", strconv.FormatInt(run.Options.Seed, 10))
	if n := run.Options.Clients; n > 0 {
		args = append(args, "-clients", strconv.Itoa(n))
	}
	for i := range args {
		args[i] = shellQuote(args[i])
	}
	return strings.Join(args, " ")
}

// detailLine is a part of a failure's detail: lines of text, or a command to copy.
type detailLine struct {
	Text    string
	Command bool
}

// commandLines takes the commands out of a failure's detail.
func commandLines(s *Scenario) []detailLine {
	if s.Failure == nil || s.Failure.Detail == "" {
		return nil
	}
	var all []detailLine
	for line := range strings.Lines(s.Failure.Detail) {
		line = strings.TrimSuffix(line, "\n")
		if command := strings.TrimSpace(line); strings.HasPrefix(command, "curl ") {
			all = append(all, detailLine{command, true})
		} else if n := len(all); n > 0 && !all[n-1].Command {
			all[n-1].Text += "\n" + line
		} else {
			all = append(all, detailLine{line, false})
		}
	}
	return all
}

// shellQuote quotes what a shell would not take literally.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("-_./:,@%+=", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// htmlJSON encodes for a script element: <, > and & are escaped by encoding/json.
func htmlJSON(v any) (template.JS, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(v)
	return template.JS(bytes.TrimSpace(b.Bytes())), err
}
