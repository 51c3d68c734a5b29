package hookcheck

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/reports"
)

// Versions says in one sentence which servers a hook server works with, of a run in several profiles: "works with SRS 4
// to 7; SRS 3 sends an integer client_id: refused". It works with a server whose clients it accepts and refuses as it
// should; what else it breaks is the matter of the matrix. "" of a run that has no two profiles to compare.
func Versions(run *reports.Run) string {
	rows := reports.Matrix(run)
	var works, fails []*hook.Profile
	var preview []string
	for i, name := range run.Profiles {
		p, err := hook.ProfileByName(name)
		if err != nil {
			continue
		}
		switch broken, seen := verdicts(rows, i); {
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
	for len(fails) > 0 {
		why := misfit(fails[0], works, rows, run.Profiles)
		n := 1 // those that follow with the same reason
		for n < len(fails) && misfit(fails[n], works, rows, run.Profiles) == why {
			n++
		}
		if n > 1 || fails[0].First != fails[0].Last {
			why = strings.Replace(why, " sends ", " send ", 1)
		}
		parts = append(parts, spans(fails[:n])+why)
		fails = fails[n:]
	}
	return strings.Join(append(parts, preview...), "; ")
}

// foretell says what is to come of a version that was not seen yet, by its column.
func foretell(p *hook.Profile, rows []reports.Row, column int) string {
	var missed []string
	for _, r := range rows {
		if slices.Contains(decides, r.ID) && r.Cells[column].Verdict == reports.Warn {
			missed = append(missed, r.ID)
		}
	}
	what := "nothing amiss"
	if len(missed) > 0 {
		what = strings.Join(missed, ", ") + " missed"
	}
	return spans([]*hook.Profile{p}) + " (a preview, not seen and not scored): " + what
}

// decides lists the requirements that say whether a hook server works with a profile's servers.
var decides = []string{"H-RSP-01", "H-RSP-02", "H-RSP-03", "H-RSP-04", "H-RSP-05", "H-RSP-06", "H-REJ-01", "H-REJ-02",
	"H-REJ-03"}

// verdicts lists those of them that are broken in a profile, by its column, and says whether clients were seen to be
// accepted.
func verdicts(rows []reports.Row, column int) (broken []string, seen bool) {
	for _, r := range rows {
		if !slices.Contains(decides, r.ID) {
			continue
		}
		switch r.Cells[column].Verdict {
		case reports.Fail, reports.Unstable, reports.KnownFailing:
			broken = append(broken, r.ID)
		case reports.Pass:
			_, opens := admits[r.ID]
			seen = seen || opens
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

// misfit says what a profile sends otherwise than those that the hook server works with, and what came of it.
func misfit(p *hook.Profile, works []*hook.Profile, rows []reports.Row, profiles []string) string {
	broken, _ := verdicts(rows, slices.Index(profiles, p.Name))
	i := slices.IndexFunc(broken, func(id string) bool { _, ok := admits[id]; return ok })
	if i < 0 {
		return ": " + strings.Join(broken, ", ") + " broken"
	}
	if what := sends(p, works, admits[broken[i]]); what != "" {
		return " sends " + what + ": refused"
	}
	return ": refused"
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
			return "no " + k.Name + " at " + ev.String()
		}
	}
	return ""
}
