package reports

import "slices"

// Row is one requirement of the matrix with its cell for each profile of the
// run, in the order of Run.Profiles.
type Row struct {
	Requirement Requirement `json:"-"`
	ID          string      `json:"id"`
	Cells       []Cell      `json:"cells"`
}

// Cell is what a requirement came to in one profile.
type Cell struct {
	Profile   string          `json:"profile"`
	Level     Level           `json:"level,omitempty"`
	Verdict   Verdict         `json:"verdict,omitempty"` // "" where the requirement does not hold
	Counts    map[Verdict]int `json:"counts,omitempty"`  // scenarios by what they say of this requirement
	Reason    string          `json:"reason,omitempty"`
	Scenarios []string        `json:"scenarios,omitempty"` // Scenario.ID
	indexes   []int
}

// Total is the number of scenarios of a cell.
func (c *Cell) Total() int { return len(c.indexes) }

// Passed is the number of them that passed.
func (c *Cell) Passed() int { return c.Counts[Pass] }

// uncatalogued is the section of ids that scenarios carry and the catalogue lacks.
const uncatalogued = "Not in the catalogue"

// Matrix derives the verdict of each requirement in each profile of the run. A
// requirement for which nothing ran in a profile it holds in is "not run"; an
// id that the catalogue does not know gets a row of its own, as a MUST.
func Matrix(run *Run) []Row {
	rows := make([]Row, 0, len(run.Requirements))
	at := map[string]int{}
	add := func(q Requirement) {
		at[q.ID] = len(rows)
		row := Row{Requirement: q, ID: q.ID}
		for _, p := range run.Profiles {
			row.Cells = append(row.Cells, Cell{Profile: p})
		}
		rows = append(rows, row)
	}
	for _, q := range run.Requirements {
		add(q)
	}
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		col := slices.Index(run.Profiles, s.Profile)
		if col < 0 {
			continue
		}
		for _, id := range s.Requirements {
			if _, ok := at[id]; !ok {
				add(Requirement{ID: id, Section: uncatalogued, Level: Must})
			}
			c := &rows[at[id]].Cells[col]
			c.indexes = append(c.indexes, i)
			c.Scenarios = append(c.Scenarios, s.ID)
		}
	}
	for i := range rows {
		for j := range rows[i].Cells {
			rows[i].Cells[j].derive(run, &rows[i].Requirement)
		}
	}
	return rows
}

// derive fills in a cell from its scenarios.
func (c *Cell) derive(run *Run, q *Requirement) {
	holds := q.Holds(c.Profile)
	if !holds && len(c.indexes) == 0 {
		return
	}
	c.Level = q.LevelFor(c.Profile)
	if !holds {
		c.Level = May // tested where it is not required
	}
	if len(c.indexes) == 0 {
		c.Verdict, c.Reason = NotRun, "no scenario of it was run"
		return
	}
	c.Counts = map[Verdict]int{}
	scored := slices.ContainsFunc(c.indexes, func(i int) bool { return !run.Scenarios[i].Unscored })
	if !scored {
		c.Level = May
	}
	for _, i := range c.indexes {
		s := &run.Scenarios[i]
		if scored && s.Unscored {
			continue // it came after the requirement: it is shown, and decides nothing
		}
		v := s.VerdictFor(q.ID, c.Level)
		c.Counts[v]++
		if worse(c.Verdict, v) != c.Verdict {
			c.Verdict, c.Reason = v, s.Reason
		}
	}
}

// VerdictFor is what the scenario says of one of its requirements. A failure
// that names another of them leaves this one undecided if steps were skipped
// for it. A miss of what is no MUST is a warning. An unknown verdict is an error.
func (s *Scenario) VerdictFor(id string, level Level) Verdict {
	if !s.Verdict.Valid() {
		return Error
	}
	if s.Verdict != Fail && s.Verdict != Unstable && s.Verdict != Warn && s.Verdict != KnownFailing {
		return s.Verdict
	}
	if f := s.Failure; f != nil && f.Requirement != id && slices.Contains(s.Requirements, f.Requirement) {
		if s.cutShort() {
			return Inconclusive
		}
		return Pass
	}
	if s.Verdict == Fail && level != Must {
		return Warn
	}
	return s.Verdict
}

// cutShort reports whether steps were left out after a failure.
func (s *Scenario) cutShort() bool {
	return slices.ContainsFunc(s.Steps, func(st Step) bool {
		return st.Status == StepSkipped || st.Status == StepUndefined
	})
}

// Section is the rows of the matrix that belong to one section of the protocol.
type Section struct {
	Name string
	Rows []Row
}

// Sections groups rows by section, in the order of first appearance.
func Sections(rows []Row) []Section {
	var out []Section
	at := map[string]int{}
	for _, r := range rows {
		name := r.Requirement.Section
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, Section{Name: name})
		}
		out[i].Rows = append(out[i].Rows, r)
	}
	return out
}
