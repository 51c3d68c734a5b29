package reports

import (
	"fmt"
	"io"
	"strings"

	"hookproof/internal/redact"
)

// maxMarkdownFailures bounds the failures told in full: a CI job page takes no
// more than 1 MiB.
const maxMarkdownFailures = 50

// WriteMarkdown writes summary.md, for the page of a CI job.
func WriteMarkdown(w io.Writer, run *Run) error {
	rows := Matrix(run)
	sum := summarize(run, rows)
	var b strings.Builder
	head := sum.heading(run)
	fmt.Fprintf(&b, "## %s %s: %s\n\n", head.As.glyph(), md(run.Tool), md(head.Words))
	if run.Headline != "" {
		fmt.Fprintf(&b, "**%s**\n\n", md(run.Headline))
	}
	fmt.Fprintf(&b, "%s. Target: %s%s, profiles %s, %s.\n\n", md(upperFirst(head.Sentence)), run.Target.Kind,
		mdCode(run.Target.URL), md(strings.Join(run.Profiles, ", ")), shortDuration(run.Ended.Sub(run.Started)))
	if run.Interrupted {
		b.WriteString("**The run was interrupted.**\n\n")
	}
	if len(run.Scenarios) > 0 {
		b.WriteString("| scenarios | |\n|---|--:|\n")
		for _, v := range Verdicts {
			if n := sum.Scenarios[v]; n > 0 {
				fmt.Fprintf(&b, "| %s %s | %d |\n", v.glyph(), v, n)
			}
		}
		b.WriteString("\n")
	}
	markdownFailures(&b, run)
	markdownMatrix(&b, run, rows)
	markdownMutants(&b, run.Mutants)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownFailures(b *strings.Builder, run *Run) {
	groups := Groups(run)
	for i := range groups[:min(len(groups), maxMarkdownFailures)] {
		g := &groups[i]
		if i == 0 {
			b.WriteString("### What did not pass\n\n")
		}
		fmt.Fprintf(b, "- **%s %s** %s%s: %s\n", g.Verdict.glyph(), g.Verdict, md(g.broken()), mdCode(g.Profile),
			md(redact.Clip(g.Title(), 200)))
		fmt.Fprintf(b, "  - seen: %s\n", md(redact.Clip(g.saw(), 1000)))
		if f := g.Failure; f != nil {
			fmt.Fprintf(b, "  - expected: %s\n", md(redact.Clip(f.Expected, 1000)))
		}
		for _, e := range g.evidence()[:min(3, len(g.evidence()))] {
			fmt.Fprintf(b, "  - %s\n", strings.TrimSpace(mdCode(redact.Clip(e, 500))))
		}
		if alike := g.alike(run); alike != "" {
			fmt.Fprintf(b, "  - and %s\n", md(redact.Clip(alike, 1000)))
		}
	}
	if left := len(groups) - maxMarkdownFailures; left > 0 {
		fmt.Fprintf(b, "- and %s: see report.html\n", plural(left, "more cause"))
	}
	if len(groups) > 0 {
		b.WriteString("\n")
	}
	for _, k := range Skips(run) {
		fmt.Fprintf(b, "%s **%s** %s\n\n", k.Verdict.glyph(), k.Verdict, md(k.Words()))
	}
}

func markdownMatrix(b *strings.Builder, run *Run, rows []Row) {
	if len(run.Scenarios) == 0 {
		return
	}
	b.WriteString("<details><summary>Requirements</summary>\n\n")
	for _, sec := range Sections(rows) {
		fmt.Fprintf(b, "**%s**\n\n| id | level |", md(sec.Name))
		for _, p := range run.Profiles {
			fmt.Fprintf(b, " %s |", md(p))
		}
		b.WriteString(" requirement |\n|---|---|" + strings.Repeat("---|", len(run.Profiles)+1) + "\n")
		for _, r := range sec.Rows {
			fmt.Fprintf(b, "| %s | %s |", md(r.ID), strings.ToUpper(string(r.Requirement.Level)))
			for _, c := range r.Cells {
				if c.Verdict == "" {
					b.WriteString(" |")
					continue
				}
				fmt.Fprintf(b, " %s %s |", c.Verdict.glyph(), c.Verdict)
			}
			fmt.Fprintf(b, " %s |\n", md(r.Requirement.Sentence))
		}
		b.WriteString("\n")
	}
	b.WriteString("</details>\n")
}

func markdownMutants(b *strings.Builder, m *Mutants) {
	if m == nil {
		return
	}
	for _, r := range m.Rows {
		if !r.Caught {
			fmt.Fprintf(b, "\n- **%s** %s%s: %s\n  - must fail: %s; failed: %s\n", r.result(), md(r.Name),
				mdCode(r.Profile),
				md(r.Defect),
				md(strings.Join(r.Expected, " ")), md(orDash(strings.Join(r.Failed, " "))))
			if r.Detail != "" {
				fmt.Fprintf(b, "  - %s\n", md(redact.Clip(r.Detail, 1000)))
			}
		}
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", m)
	b.WriteString("| | mutant | profile | must fail | failed |\n|---|---|---|---|---|\n")
	for _, r := range m.Rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", r.result(), md(r.Name), md(r.Profile),
			md(strings.Join(r.Expected, " ")), md(strings.Join(r.Failed, " ")))
	}
	b.WriteString("\n</details>\n")
}

// result says in a word how the row came out.
func (m *Mutant) result() string {
	switch {
	case m.Variant && m.Caught:
		return "✓ not accused"
	case m.Variant:
		return "✗ accused"
	case m.Caught:
		return "✓ caught"
	}
	return "✗ lived"
}

// glyph is the sign of a conclusion.
func (c Conclusion) glyph() string {
	return map[Conclusion]string{Conformant: "✓", NotConformant: "✗", Partial: "–", RunError: "E"}[c]
}

var mdEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "@", "&#64;", "~", `\~`)

// md escapes text for a line or a table cell of Markdown.
func md(s string) string { return mdEscaper.Replace(visible(s, false)) }

// mdCode is a code span with a blank before it, nothing for nothing.
func mdCode(s string) string {
	if s = visible(s, false); s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return " " + fence + " " + s + " " + fence
	}
	return " `" + s + "`"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
