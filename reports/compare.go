package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"hookproof/internal/pagepolicy"
	"hookproof/internal/redact"
)

var (
	//go:embed html/compare.tmpl
	compareTemplate string
	//go:embed html/compare.css
	cssCompare string
)

var comparePage = template.Must(template.New("compare").Funcs(template.FuncMap{
	"glyph":      func(v Verdict) string { return v.glyph() },
	"class":      htmlClass,
	"sign":       Conclusion.glyph,
	"conclusion": func(c Conclusion) string { return "c-" + strings.ReplaceAll(string(c), " ", "-") },
	"upper":      func(l Level) string { return strings.ToUpper(string(l)) },
	"show":       func(s string) string { return visible(s, false) },
	"short":      func(s string) string { return redact.Clip(s, 160) },
	"rows": func(title string, rows []compareRow, columns []compareColumn) compareRows {
		return compareRows{title, rows, len(columns) + 1}
	},
}).Parse(compareTemplate))

// compareRows is a part of the table.
type compareRows struct {
	Title string
	Rows  []compareRow
	Span  int // columns
}

// The files of a comparison.
const (
	CompareHTMLFile     = "compare.html"
	CompareMarkdownFile = "compare.md"
)

// Compared is one run of a comparison.
type Compared struct {
	Run  *Run
	Name string // of the server; "" takes what the run says of its target
	Link string // of its report.html; "" if it has no page
}

// comparison is a table of requirements by servers.
type comparison struct {
	Servers int
	Columns []compareColumn
	Differ  []compareRow // first: what people look for
	Alike   []compareRow
	CSS     template.CSS
	Policy  string
}

// compareColumn is a server in one profile.
type compareColumn struct {
	Name, Version, Profile, Link string
	Conclusion                   Conclusion
	Sentence                     string
	cells                        map[string]compareCell // by requirement
}

// compareRow is a requirement with a cell for each column.
type compareRow struct {
	Requirement
	Cells []compareCell
}

// compareCell is what a requirement came to at one server.
type compareCell struct {
	Verdict Verdict // "" where it does not hold, or was not known to the run
	Passed  int
	Total   int
	Saw     string // of the first scenario that did not pass
	Link    string
}

// compare makes the table; runs of different roles have no requirement in common.
func compare(all []Compared) (*comparison, error) {
	c := &comparison{Servers: len(all)}
	var rows []Requirement
	role := ""
	for _, one := range all {
		columns := columnsOf(one)
		c.Columns = append(c.Columns, columns...)
		for _, q := range one.Run.Requirements {
			if role = cmp.Or(role, q.Role); q.Role != role {
				return nil, fmt.Errorf("want reports of one kind of server, got one of role %s and one of role %s",
					role, q.Role)
			}
			if !slices.ContainsFunc(rows, func(r Requirement) bool { return r.ID == q.ID }) {
				rows = append(rows, q)
			}
		}
	}
	for _, q := range rows {
		row := compareRow{Requirement: q}
		for _, col := range c.Columns {
			row.Cells = append(row.Cells, col.cells[q.ID])
		}
		if row.differs() {
			c.Differ = append(c.Differ, row)
		} else {
			c.Alike = append(c.Alike, row)
		}
	}
	return c, nil
}

// columnsOf makes a column for each profile of a run.
func columnsOf(one Compared) []compareColumn {
	rows := Matrix(one.Run)
	sum := summarize(one.Run, rows)
	t := &one.Run.Target
	var columns []compareColumn
	for i, profile := range one.Run.Profiles {
		col := compareColumn{Name: cmp.Or(one.Name, t.Description, t.URL, string(t.Kind)), Profile: profile,
			Link:       one.Link,
			Conclusion: sum.Conclusion, Sentence: sum.Sentence(), cells: map[string]compareCell{}}
		if one.Name != "" {
			col.Version = t.Description
		}
		for _, r := range rows {
			col.cells[r.ID] = cellOf(one, &r, &r.Cells[i])
		}
		columns = append(columns, col)
	}
	return columns
}

func cellOf(one Compared, r *Row, c *Cell) compareCell {
	cell := compareCell{Verdict: c.Verdict, Passed: c.Passed(), Total: c.Total(), Saw: c.Reason}
	if one.Link != "" && c.Verdict != "" {
		cell.Link = one.Link + "#r-" + r.ID
	}
	for _, i := range c.indexes {
		s := &one.Run.Scenarios[i]
		if s.VerdictFor(r.ID, c.Level) == c.Verdict && s.wants() {
			cell.Saw = s.saw()
			if cell.Link != "" {
				cell.Link = one.Link + "#" + s.Anchor()
			}
			break
		}
	}
	return cell
}

// differs reports whether the servers that the requirement holds for came to
// different verdicts.
func (r *compareRow) differs() bool {
	first := Verdict("")
	for _, c := range r.Cells {
		if c.Verdict == "" {
			continue
		}
		if first = cmp.Or(first, c.Verdict); c.Verdict != first {
			return true
		}
	}
	return false
}

// WriteCompareMarkdown writes a comparison for a page of documentation.
func WriteCompareMarkdown(w io.Writer, all []Compared) error {
	c, err := compare(all)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("| server | profile | conclusion | |\n|---|---|---|---|\n")
	for _, col := range c.Columns {
		fmt.Fprintf(&b, "| %s | %s | %s %s | %s |\n", mdLink(strings.TrimSpace(col.Name+" "+col.Version), col.Link),
			md(col.Profile),
			col.Conclusion.glyph(), col.Conclusion, md(col.Sentence))
	}
	c.markdownRows(&b, "Where they differ", c.Differ)
	c.markdownRows(&b, "Where they are alike", c.Alike)
	_, err = io.WriteString(w, b.String())
	return err
}

func (c *comparison) markdownRows(b *strings.Builder, title string, rows []compareRow) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n| id | level |", title)
	for _, col := range c.Columns {
		fmt.Fprintf(b, " %s %s |", md(col.Name), md(col.Profile))
	}
	b.WriteString(" requirement |\n|---|---|" + strings.Repeat("---|", len(c.Columns)+1) + "\n")
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s |", md(r.ID), strings.ToUpper(string(r.Level)))
		for _, cell := range r.Cells {
			fmt.Fprintf(b, " %s |", mdLink(strings.TrimSpace(cell.Verdict.glyph()+" "+string(cell.Verdict)), cell.Link))
		}
		fmt.Fprintf(b, " %s |\n", md(r.Sentence))
	}
}

// mdLink is a link of Markdown, or its text alone.
func mdLink(text, link string) string {
	if link == "" || text == "" {
		return md(text)
	}
	return "[" + md(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "%0A", "|", "%7C").Replace(link) +
		">)"
}

// WriteCompareHTML writes a comparison as one page that loads nothing.
func WriteCompareHTML(w io.Writer, all []Compared) error {
	c, err := compare(all)
	if err != nil {
		return err
	}
	css := cssPage + cssCompare
	c.CSS, c.Policy = template.CSS(css), pagepolicy.Inline(css, "")
	return comparePage.Execute(w, c)
}
