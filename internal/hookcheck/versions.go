package hookcheck

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/reports"
)

// Versions says in one sentence which servers a hook server works with, of a run in several profiles: "works with SRS 4
// to 7; SRS 3 sends an integer client_id: refused". "" of any other run.
func Versions(run *reports.Run) string {
	rows := reports.Matrix(run)
	var works, fails []*hook.Profile
	var preview []string
	for i, name := range run.Profiles {
		p, err := hook.ProfileByName(name)
		if err != nil {
			continue
		}
		switch broken, seen := musts(rows, i); {
		case p.Preview:
			preview = append(preview, foretell(p, rows, i))
		case len(broken) > 0:
			fails = append(fails, p)
		case seen:
			works = append(works, p)
		}
	}
	if len(works)+len(fails) < 2 {
		return strings.Join(preview, "; ")
	}
	var parts []string
	if len(works) > 0 {
		parts = append(parts, "works with "+spans(works))
	}
	for _, p := range fails {
		broken, _ := musts(rows, slices.Index(run.Profiles, p.Name))
		parts = append(parts, misfit(p, works, broken))
	}
	return strings.Join(append(parts, preview...), "; ")
}

// foretell says what is to come of a version that was not seen yet, by its column.
func foretell(p *hook.Profile, rows []reports.Row, column int) string {
	var missed []string
	for _, r := range rows {
		if r.Requirement.Level == reports.Must && r.Cells[column].Verdict == reports.Warn {
			missed = append(missed, r.ID)
		}
	}
	what := "nothing amiss"
	if len(missed) > 0 {
		what = strings.Join(missed, ", ") + " missed"
	}
	return spans([]*hook.Profile{p}) + " (a preview, not seen and not scored): " + what
}

// musts lists the MUSTs that are broken in a profile, by its column, and says whether clients were seen to be accepted.
func musts(rows []reports.Row, column int) (broken []string, seen bool) {
	for _, r := range rows {
		c := r.Cells[column]
		if _, opens := admits[r.ID]; opens && c.Verdict == reports.Pass {
			seen = true
		}
		broke := c.Verdict == reports.Fail || c.Verdict == reports.Unstable || c.Verdict == reports.KnownFailing
		if c.Level == reports.Must && broke {
			broken = append(broken, r.ID)
		}
	}
	return broken, seen
}

// spans names the versions of profiles; those that follow each other are named by the first and the last.
func spans(some []*hook.Profile) string {
	all := hook.Profiles()
	var parts []string
	for i := 0; i < len(some); {
		j := i
		for j+1 < len(some) && slices.Index(all, some[j+1]) == slices.Index(all, some[j])+1 {
			j++
		}
		text := "SRS " + some[i].First
		if some[i].First != some[j].Last {
			text += " to " + some[j].Last
		}
		parts = append(parts, text)
		i = j + 1
	}
	return strings.Join(parts, " and ")
}

// admits are the requirements that ask for an opening event to be accepted.
var admits = map[string]hook.Event{"H-RSP-01": hook.OnConnect, "H-RSP-03": hook.OnPublish, "H-RSP-05": hook.OnPlay}

// misfit says what a profile sends otherwise than one that the hook server works with, and what came of it.
func misfit(p *hook.Profile, works []*hook.Profile, broken []string) string {
	text := spans([]*hook.Profile{p})
	i := slices.IndexFunc(broken, func(id string) bool { _, ok := admits[id]; return ok })
	if i < 0 {
		return text + ": " + strings.Join(broken, ", ") + " broken"
	}
	if what := sends(p, works, admits[broken[i]]); what != "" {
		text += " sends " + what
	}
	return text + ": refused"
}

// sends names the first thing that a profile sends otherwise at an event than all those that work; "" for nothing.
func sends(p *hook.Profile, works []*hook.Profile, ev hook.Event) string {
	if len(works) == 0 {
		return ""
	}
	if !slices.ContainsFunc(works, func(q *hook.Profile) bool { return q.ClientIDKind() == p.ClientIDKind() }) {
		if p.ClientIDKind() == hook.NumberID {
			return "an integer client_id"
		}
		return "a string for client_id"
	}
	for _, k := range works[0].Keys(ev) {
		lacks := func(q *hook.Profile) bool {
			return !slices.ContainsFunc(q.Keys(ev), func(own hook.Key) bool { return own.Name == k.Name })
		}
		if lacks(p) && !slices.ContainsFunc(works, lacks) {
			return "no " + k.Name + " with " + ev.String()
		}
	}
	return ""
}
