package reports

import (
	"html/template"
	"strings"
	"unicode/utf8"
)

// Bounds of what report.html carries of the evidence; the rest is in
// events.ndjson, and the page says so.
const (
	htmlActors   = 12       // clients shown of one scenario
	htmlEvents   = 400      // observations of one client
	htmlBody     = 16 << 10 // bytes of one body
	htmlEvidence = 24 << 20 // bytes of all details before passing scenarios lose theirs
)

// htmlIndexEntry is what search and filters look at.
type htmlIndexEntry struct {
	Verdict Verdict `json:"v"`
	Profile string  `json:"p"`
	Text    string  `json:"t"` // lower case
}

func htmlIndex(run *Run) (template.JS, error) {
	index := make([]htmlIndexEntry, len(run.Scenarios))
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		text := []string{s.ID, strings.Join(s.Requirements, " "), s.Title(), s.Feature, s.Rule, s.Reason,
			strings.Join(s.Tags, " ")}
		if s.Failure != nil {
			text = append(text, s.Failure.Expected, s.Failure.Seen)
		}
		index[i] = htmlIndexEntry{s.Verdict, s.Profile, strings.ToLower(strings.Join(text, "\n"))}
	}
	return htmlJSON(index)
}

// htmlDetail is what an opened scenario shows beyond the static page.
type htmlDetail struct {
	Feature      string            `json:"feature,omitempty"`
	Rule         string            `json:"rule,omitempty"`
	Name         string            `json:"name"`
	Location     string            `json:"location,omitempty"`
	Tags         []string          `json:"tags,omitempty"`
	Steps        []Step            `json:"steps,omitempty"`
	Evidence     []int             `json:"evidence,omitempty"`
	Actors       []Actor           `json:"actors,omitempty"`
	Observations []htmlObservation `json:"obs,omitempty"`
	Left         int               `json:"left,omitempty"` // observations left out
}

// htmlObservation is an Observation for display: without what the scenario
// says already, and with a body that is text.
type htmlObservation struct {
	plainObservation
	Scenario string `json:"scenario,omitempty"` // hides the plain one's
	Profile  string `json:"profile,omitempty"`
	Cut      int    `json:"cut,omitempty"` // bytes cut off the body
}

func htmlDetails(run *Run) ([]htmlBlob, error) {
	out := make([]htmlBlob, len(run.Scenarios))
	used := 0
	// Those that did not pass come first, so that the budget is theirs.
	for _, passing := range []bool{false, true} {
		for i := range run.Scenarios {
			s := &run.Scenarios[i]
			if (s.Verdict == Pass) != passing {
				continue
			}
			js, err := htmlJSON(s.htmlDetail(used < htmlEvidence))
			if err != nil {
				return nil, err
			}
			used += len(js)
			out[i] = htmlBlob{i, js}
		}
	}
	return out, nil
}

func (s *Scenario) htmlDetail(observations bool) htmlDetail {
	d := htmlDetail{Feature: s.Feature, Rule: s.Rule, Name: s.Title(), Location: s.Location, Tags: s.Tags,
		Steps: s.Steps}
	if s.Failure != nil {
		d.Evidence = s.Failure.Evidence
	}
	if !observations {
		d.Left = len(s.Observations)
		return d
	}
	evidence := map[int]bool{}
	for _, n := range d.Evidence {
		evidence[n] = true
	}
	shown := s.shownActors(evidence)
	for _, a := range s.Actors {
		if shown[a.Name] {
			d.Actors = append(d.Actors, a)
		}
	}
	count := map[string]int{}
	for _, o := range s.Observations {
		full := count[o.Actor] >= htmlEvents
		if !evidence[o.N] && (!shown[o.Actor] || full) {
			d.Left++
			continue
		}
		count[o.Actor]++
		d.Observations = append(d.Observations, forHTML(o))
	}
	return d
}

// shownActors picks the clients to show: those of the evidence, then the
// scenario's actors, then whoever else is there (markers, say).
func (s *Scenario) shownActors(evidence map[int]bool) map[string]bool {
	shown := map[string]bool{"": true}
	show := func(name string) {
		if len(shown) <= htmlActors {
			shown[name] = true
		}
	}
	for _, o := range s.Observations {
		if evidence[o.N] {
			show(o.Actor)
		}
	}
	for _, a := range s.Actors {
		show(a.Name)
	}
	for _, o := range s.Observations {
		show(o.Actor)
	}
	return shown
}

func forHTML(o Observation) htmlObservation {
	h := htmlObservation{plainObservation: plainObservation(o)}
	if len(h.Body) > htmlBody {
		h.Cut = len(h.Body) - htmlBody
		h.Body = h.Body[:htmlBody]
		for h.Cut < len(o.Body) && !utf8.ValidString(h.Body) && utf8.ValidString(o.Body) {
			h.Body = h.Body[:len(h.Body)-1]
			h.Cut++
		}
	}
	if !utf8.ValidString(h.Body) {
		h.Body = visible(h.Body, true)
	}
	return h
}
