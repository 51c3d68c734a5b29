package features

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v42"
	messages "github.com/cucumber/messages/go/v34"

	"hookproof/reports"
)

// Case is one scenario, or one row of an outline, in one profile.
type Case struct {
	Key          string // of its pickle
	ID           string // stable: "order/S-ORD-01/an-encoder-publishes-and-leaves"
	Role         string // RoleServer or RoleHookServer
	Profile      string
	Requirements []string
	Level        reports.Level
	Unscored     bool // by the set of requirements of a run; see [Case.Later]
	Feature      string
	Rule         string
	Name         string // of the scenario, placeholders filled
	Row          string // the outline's case column
	Tags         []string
	URI          string // "rtmpserver/order.feature"
	Line         int64
	Steps        []reports.Step
}

// Key is what tells a pickle from the others of its file: its name, and its
// tags, in which rules of the same sentence differ by profile.
func Key(p *messages.Pickle) string {
	key := p.Uri + "\x00" + p.Name
	for _, t := range p.Tags {
		key += " " + t.Name
	}
	return key
}

// sinceTag begins the tag of a scenario that a later set of requirements brought to a requirement of an earlier one:
// @since-2026-12.
const sinceTag = "since-"

// Later reports whether the case is no part of a set of requirements: it came with a later one, or all that it tests
// did, or its profile is of a version to come. It is played all the same, and not scored.
func (c *Case) Later(version string) bool {
	if slices.Contains(previews, c.Profile) {
		return true
	}
	for _, t := range c.Tags {
		if since, ok := strings.CutPrefix(t, sinceTag); ok && since > version {
			return true
		}
	}
	return !slices.ContainsFunc(c.Requirements, func(id string) bool { return Requirement(id).Since <= version })
}

// Has reports whether the case carries a tag (without its @).
func (c *Case) Has(tag string) bool { return slices.Contains(c.Tags, tag) }

// Cases lists the test cases of a role in every profile, in the order of the
// files. An error names a scenario that has no id, level, profile or name of
// its own.
func Cases(role string) ([]Case, error) {
	dir := map[string]string{RoleServer: "rtmpserver", RoleHookServer: "hookserver"}[role]
	names, err := fs.Glob(files, dir+"/*.feature")
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		cases, err := CasesOf(name, text, role)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

// CasesOf lists the test cases of a feature file, which need not be one of ours: its
// scenarios carry the same tags.
func CasesOf(uri string, text []byte, role string) ([]Case, error) {
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), (&messages.Incrementing{}).NewId)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", uri, err)
	}
	if doc.Feature == nil {
		return nil, fmt.Errorf("%s: no feature", uri)
	}
	index := indexOf(doc)
	var cases []Case
	seen := map[string]bool{}
	for _, p := range gherkin.Pickles(*doc, uri, (&messages.Incrementing{}).NewId) {
		c := index.describe(uri, p)
		c.Feature, c.Role = doc.Feature.Name, role
		profiles, err := c.classify()
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", uri, c.Line, err)
		}
		for _, profile := range profiles {
			d := c
			d.Profile = profile
			k := d.ID + "/" + profile
			if seen[k] {
				return nil, fmt.Errorf("%s:%d: a second scenario %s", uri, c.Line, k)
			}
			seen[k] = true
			cases = append(cases, d)
		}
	}
	return cases, nil
}

// place is where a scenario or an example row is.
type place struct {
	line int64
	rule string
	row  string
	kind map[string]string // keyword of each step, by the id of its AST node
}

type index map[string]place

func indexOf(doc *messages.GherkinDocument) index {
	x := index{}
	for _, c := range doc.Feature.Children {
		if c.Scenario != nil {
			x.scenario("", c.Scenario)
		}
		if c.Rule != nil {
			for _, rc := range c.Rule.Children {
				if rc.Scenario != nil {
					x.scenario(c.Rule.Name, rc.Scenario)
				}
			}
		}
	}
	return x
}

func (x index) scenario(rule string, s *messages.Scenario) {
	kinds := map[string]string{}
	for _, st := range s.Steps {
		kinds[st.Id] = strings.TrimSpace(st.Keyword)
	}
	x[s.Id] = place{line: s.Location.Line, rule: rule, kind: kinds}
	for _, e := range s.Examples {
		for _, row := range e.TableBody {
			p := place{line: row.Location.Line, rule: rule}
			for i, h := range e.TableHeader.Cells {
				if h.Value == "case" {
					p.row = row.Cells[i].Value
				}
			}
			x[row.Id] = p
		}
	}
}

// describe collects what Gherkin says of a pickle.
func (x index) describe(uri string, p *messages.Pickle) Case {
	at, first := x[p.AstNodeIds[len(p.AstNodeIds)-1]], x[p.AstNodeIds[0]]
	c := Case{Key: Key(p), URI: uri, Name: p.Name, Rule: at.rule, Row: at.row, Line: at.line}
	for _, t := range p.Tags {
		c.Tags = append(c.Tags, strings.TrimPrefix(t.Name, "@"))
	}
	for _, st := range p.Steps {
		c.Steps = append(c.Steps, reports.Step{Keyword: first.kind[st.AstNodeIds[0]], Text: st.Text,
			Status: reports.StepSkipped, Table: tableOf(st), DocString: docOf(st)})
	}
	return c
}

func tableOf(st *messages.PickleStep) [][]string {
	if st.Argument == nil || st.Argument.DataTable == nil {
		return nil
	}
	var rows [][]string
	for _, r := range st.Argument.DataTable.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, c.Value)
		}
		rows = append(rows, cells)
	}
	return rows
}

func docOf(st *messages.PickleStep) string {
	if st.Argument == nil || st.Argument.DocString == nil {
		return ""
	}
	return st.Argument.DocString.Content
}

// classify reads ids, level and profiles from the tags. A profile tag of a row
// or scenario narrows those of its rule.
func (c *Case) classify() (profiles []string, err error) {
	counts := map[string]int{}
	for _, t := range c.Tags {
		counts[t]++
		switch {
		case Requirement(t) != nil:
			c.Requirements = append(c.Requirements, t)
		case t == "must" || t == "should" || t == "may":
			c.Level = reports.Level(t)
		}
	}
	most := 1
	for _, p := range Profiles {
		most = max(most, counts[p])
	}
	for _, p := range Profiles {
		if counts[p] == most {
			profiles = append(profiles, p)
		}
	}
	switch {
	case len(c.Requirements) == 0:
		return nil, fmt.Errorf("scenario %q carries no requirement's id", c.Name)
	case c.Level == "":
		return nil, fmt.Errorf("scenario %q carries no level (@must, @should, @may)", c.Name)
	case len(profiles) == 0:
		return nil, fmt.Errorf("scenario %q carries no profile", c.Name)
	}
	c.Tags = slices.Compact(c.Tags)
	base := strings.TrimSuffix(path.Base(c.URI), ".feature")
	c.ID = base + "/" + c.Requirements[0] + "/" + slug(c.Name)
	if c.Row != "" && !strings.Contains(c.Name, c.Row) {
		c.ID += "/" + slug(c.Row)
	}
	return profiles, nil
}

// slug makes a name fit for an id: lower case, words joined by hyphens.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r > 127 {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
			continue
		}
		if r == '"' || r == '\'' {
			continue
		}
		if strings.ContainsRune("{}[]<>:=+", r) {
			fmt.Fprintf(&b, "-%x", r)
		}
		gap = true
	}
	return b.String()
}
