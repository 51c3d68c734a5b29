package hookcheck

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/reports"
)

// GateNote is the name of the note that says what the target does with an event, before the scenarios begin.
const GateNote = "gate"

// Diagnosis says what changes the answer to an event that was not accepted, or else what the answer itself says.
func Diagnosis(p *hook.Profile, obs []reports.Observation) string {
	var ways []string
	for _, x := range Exchanges(obs, Tried) {
		if x.Status == http.StatusOK && x.accepts(p) && !slices.Contains(ways, x.Tried) {
			ways = append(ways, x.Tried)
		}
	}
	if len(ways) > 0 {
		return "accepted " + strings.Join(ways, ", and ") + meaning(ways)
	}
	for _, x := range Exchanges(obs, Accept) {
		if !accepted(p, &x) {
			return statusMeans(p, &x)
		}
	}
	return ""
}

// meaning says what an event that is accepted in these ways only comes from.
func meaning(ways []string) string {
	for _, way := range ways {
		for _, p := range hook.Profiles() {
			if strings.HasSuffix(way, "profile "+p.Name) {
				return fmt.Sprintf(": this server reads profile %s (-profile %s)", p.Name, p.Name)
			}
		}
	}
	switch {
	case strings.Contains(ways[0], "an integer for client_id"):
		return ": was it written for SRS 3 or older?"
	case strings.Contains(ways[0], "a string for client_id"):
		return ": was it written for SRS 4 or later? (-profile srs6)"
	}
	return ""
}

// statusMeans says what an answer that does not accept points to.
func statusMeans(p *hook.Profile, x *Exchange) string {
	switch s := x.Status; {
	case !p.AcceptObject && hook.SRS7.Judge(x.answer()).Accept:
		return "an object is an answer of profile srs6: srs1 knows the single byte 0 only"
	case s == http.StatusUnauthorized || s == http.StatusProxyAuthRequired:
		return "callers send no Authorization: give it in the URL, as http://USER:PASSWORD@HOST, or by -header"
	case s == http.StatusNotFound || s == http.StatusMethodNotAllowed:
		return "is this the URL that takes the event? It got a POST"
	case s >= 300 && s < 400:
		return "callers do not follow redirects"
	case s == http.StatusUnsupportedMediaType:
		return "callers send JSON, with the Content-Type application/json"
	case s >= 500:
		return "the hook server failed: its log says why"
	case s != 0:
		return "if it accepts known clients only, name one: -accept KEY=VALUE or -identities FILE"
	}
	return ""
}

// Headline says in one sentence what the whole run shows of a hook server, which the counts of failures do not: it
// died, it refuses nobody, it accepts nobody, it works with some versions. "" where there is nothing of the kind.
func Headline(run *reports.Run) string {
	var parts []string
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		parts = append(parts, deaths(s.Observations)...)
		if f := check.Alive(s.Observations); f != nil && f.Fatal {
			parts = append(parts,
				fmt.Sprintf("the server died in %s %q", strings.Join(s.Requirements, ", "), s.Title()))
		}
	}
	var tested, accepted, named, refused int
	for i := range run.Observations {
		o := &run.Observations[i]
		if o.Kind != reports.KindNote || o.Name != GateNote {
			continue
		}
		if ev, err := hook.ParseEvent(o.Details().GateEvent); err != nil || ev.Closing() {
			continue
		}
		tested++
		if o.Details().Accepted {
			accepted++
		}
		if o.Details().Asked {
			named++
			if o.Details().Refused {
				refused++
			}
		}
	}
	switch {
	case tested > 0 && accepted == 0:
		parts = append(parts, "accepts nobody: each client that it should accept was refused")
	case named > 0 && refused == 0:
		parts = append(parts, "refuses nobody: each client that it should refuse was accepted")
	}
	if text := Versions(run); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(slices.Compact(parts), "; ")
}

// deaths says of what the server died in a scenario.
func deaths(obs []reports.Observation) (all []string) {
	f := Alive(obs)
	if f == nil {
		return nil
	}
	what := "a request"
	if last := Exchanges(obs); len(last) > 0 {
		what = killer(last).What
	}
	then := "and was not brought back"
	for i := range obs {
		if obs[i].Details().Back {
			then = "and was brought back"
		}
	}
	return []string{fmt.Sprintf("the server died of %s, %s", what, then)}
}

// killer is the request that a death is put down to: the first that was dropped, else the last.
func killer(all []Exchange) *Exchange {
	for i := range all {
		if all[i].Failure == Dropped || all[i].Failure == Truncated {
			return &all[i]
		}
	}
	return &all[len(all)-1]
}
