package reports

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"hookproof/internal/cli"
	"hookproof/internal/redact"
)

// Style is how text output looks.
type Style struct {
	Terminal bool // a person watches: progress may be redrawn
	Color    bool // ANSI colours
	Width    int  // columns, 0 for 100
}

// StyleFor finds the style for a file.
func StyleFor(f *os.File) Style {
	return Style{Terminal: cli.Redraws(f), Color: cli.Color(f), Width: cli.Columns(f)}
}

// The colours of the 16 that every terminal has.
var verdictColor = map[Verdict]string{Pass: "32", Fail: "1;31", Unstable: "1;31", Error: "1;35", KnownFailing: "35",
	Inconclusive: "36", UnexpectedPass: "1;33", Warn: "33", NotRun: "90", NotApplicable: "90"}

func (st Style) paint(code, s string) string {
	if !st.Color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// verdict prints a verdict with its sign, n columns wide.
func (st Style) verdict(v Verdict, n int) string {
	text := v.glyph() + " " + string(v)
	if v == Fail || v == Error {
		text = v.glyph() + " " + strings.ToUpper(string(v))
	}
	return st.paint(verdictColor[v], pad(text, n))
}

func (st Style) bold(s string) string { return st.paint("1", s) }
func (st Style) dim(s string) string  { return st.paint("90", s) }

// pad fills s up to n columns; every character here is one column wide.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// WriteTerminal writes the whole result as text: a line for each scenario that
// was run, and the result.
func WriteTerminal(w io.Writer, run *Run, st Style) error {
	var b strings.Builder
	for i := range run.Scenarios {
		if s := &run.Scenarios[i]; !s.skipped() {
			b.WriteString(ScenarioLine(s, st) + "\n")
		}
	}
	b.WriteString("\n")
	if err := printLines(w, b.String()); err != nil {
		return err
	}
	return WriteResult(w, run, st)
}

// printLines writes lines that may end in the log of a CI job, which takes some for
// orders. What they quote is on one line by then.
func printLines(w io.Writer, text string) error {
	_, err := io.WriteString(w, redact.Commands(text))
	return err
}

// WriteResult writes the result as text: the conclusion, what did not pass by
// cause, what was not run by reason, the matrix by section, and the conclusion
// again where a screen may have gone by.
func WriteResult(w io.Writer, run *Run, st Style) error {
	var b strings.Builder
	rows, groups := Matrix(run), Groups(run)
	if len(groups) > 0 {
		terminalConclusion(&b, run, rows, st)
		b.WriteString("\n")
	}
	for i := range groups {
		g := &groups[i]
		b.WriteString(FailureText(g.Scenario, st))
		if alike := g.alike(run); alike != "" {
			b.WriteString("    and " + visible(alike, false) + "\n")
		}
		b.WriteString("\n")
	}
	for _, k := range Skips(run) {
		b.WriteString(st.verdict(k.Verdict, 0) + "  " + visible(k.Words(), false) + "\n\n")
	}
	if len(run.Scenarios) > 0 {
		terminalMatrix(&b, run, rows, st)
	}
	terminalMutants(&b, run.Mutants, st)
	terminalConclusion(&b, run, rows, st)
	return printLines(w, b.String())
}

// ScenarioLine is the line of one scenario: verdict, ids, profile, name, time.
func ScenarioLine(s *Scenario, st Style) string {
	line := fmt.Sprintf("%s %s %s %s %s", st.verdict(s.Verdict, 17),
		st.bold(pad(visible(strings.Join(s.Requirements, " "), false), 9)),
		pad(visible(s.Profile, false), 4), redact.Clip(visible(s.Title(), false), 200),
		st.dim("("+shortDuration(s.Duration)+")"))
	if s.Reason != "" && s.Verdict != Pass && s.Failure == nil {
		line += ": " + visible(s.Reason, false)
	}
	return line
}

// FailureText explains a scenario that did not pass: what was expected of which
// id, what was seen, and the observations that show it.
func FailureText(s *Scenario, st Style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s: %s\n", st.verdict(s.Verdict, 0), st.bold(visible(s.broken(), false)),
		visible(s.Profile, false), visible(s.Title(), false))
	field := func(name, text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			lines := strings.Split(visible(text, true), "\n")
			fmt.Fprintf(&b, "    %s %s\n", pad(name, 10), strings.Join(lines, "\n"+strings.Repeat(" ", 15)))
		}
	}
	if f := s.Failure; f != nil {
		field("seen", f.Seen)
		field("expected", f.Expected)
	}
	field("reason", s.Reason)
	if s.Failure == nil {
		field("error", s.stepError())
	}
	for i, e := range s.evidence() {
		field(map[bool]string{true: "evidence"}[i == 0], redact.Clip(e, 2*st.columns()))
	}
	if s.Failure != nil {
		field("detail", s.Failure.Detail)
	}
	field("at", s.Location)
	for _, step := range s.Steps {
		if step.Status == StepFailed || step.Status == StepUndefined {
			field("step", step.Keyword+" "+step.Text)
		}
	}
	return b.String()
}

func (st Style) columns() int {
	if st.Width <= 0 {
		return 100
	}
	return st.Width
}

func terminalMatrix(b *strings.Builder, run *Run, rows []Row, st Style) {
	const idWidth, levelWidth = 9, 6
	cellWidth := 22
	if st.columns() < idWidth+levelWidth+5+(cellWidth+1)*len(run.Profiles) {
		cellWidth = narrowCell
	}
	head := pad("", idWidth+levelWidth+4)
	for _, p := range run.Profiles {
		head += " " + pad(visible(p, false), cellWidth)
	}
	b.WriteString(strings.TrimRight(head, " ") + "\n")
	for _, sec := range Sections(asked(run, rows)) {
		b.WriteString(st.bold(visible(sec.Name, false)) + "\n")
		for _, r := range sec.Rows {
			fmt.Fprintf(b, "  %s %s ", pad(visible(r.ID, false), idWidth),
				pad(strings.ToUpper(string(r.Requirement.Level)), levelWidth))
			for _, c := range r.Cells {
				b.WriteString(" " + st.cell(&c, cellWidth))
			}
			room := st.columns() - idWidth - levelWidth - 5 - (cellWidth+1)*len(r.Cells)
			if room >= 20 {
				b.WriteString(" " + st.dim(visible(redact.Clip(r.Requirement.Sentence, room), false)))
			}
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
}

// asked leaves out, where a part of the suite was asked for, the rows that no
// scenario of the run speaks of.
func asked(run *Run, rows []Row) []Row {
	if run.Options.Selection == "" {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		return !slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Total() > 0 })
	})
}

// narrowCell is the width of a cell that has room for the sign and the counts alone.
const narrowCell = 10

// cell is a verdict with the number of scenarios that passed, of all.
func (st Style) cell(c *Cell, width int) string {
	if c.Verdict == "" {
		return pad("·", width)
	}
	if c.Total() == 0 && width > narrowCell {
		return st.verdict(c.Verdict, width)
	}
	n := fmt.Sprintf("%d/%d", c.Passed(), c.Total())
	if width <= narrowCell {
		sign := st.paint(verdictColor[c.Verdict], c.Verdict.glyph())
		return sign + " " + st.dim(pad(n, width-2))
	}
	return st.verdict(c.Verdict, width-len(n)-1) + " " + st.dim(n)
}

func terminalMutants(b *strings.Builder, m *Mutants, st Style) {
	if m == nil {
		return
	}
	for _, r := range m.Rows {
		if r.Caught {
			continue
		}
		fmt.Fprintf(b, "%s %s: %s; must fail: %s; failed: %s\n", st.paint(verdictColor[Fail], r.result()),
			visible(r.Name, false), visible(r.Defect, false), visible(strings.Join(r.Expected, " "), false),
			visible(orDash(strings.Join(r.Failed, " ")), false))
	}
	fmt.Fprintf(b, "%s; without a difference: %s\n\n", m.Counts(), st.verdict(m.Unmutated, 0))
}

func terminalConclusion(b *strings.Builder, run *Run, rows []Row, st Style) {
	sum := summarize(run, rows)
	var parts []string
	for _, v := range Verdicts {
		if n := sum.Scenarios[v]; n > 0 {
			parts = append(parts, st.paint(verdictColor[v], fmt.Sprintf("%d %s", n, v)))
		}
	}
	fmt.Fprintf(b, "%d scenarios in %s: %s\n", len(run.Scenarios), shortDuration(run.Ended.Sub(run.Started)),
		strings.Join(parts, ", "))
	if run.Interrupted {
		b.WriteString("the run was interrupted\n")
	}
	color := map[Conclusion]Verdict{Conformant: Pass, NotConformant: Fail, Partial: Warn, RunError: Error}
	head := sum.heading(run)
	fmt.Fprintf(b, "%s: %s\n", st.paint(verdictColor[color[head.As]], visible(strings.ToUpper(head.Words), false)),
		visible(head.Sentence, false))
	if run.Headline != "" {
		b.WriteString(st.bold(visible(run.Headline, false)) + "\n")
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
