package suite

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/reports"
)

// Known is a list of what is known to fail.
type Known struct{ entries []knownEntry }

// knownEntry is one line of the list.
type knownEntry struct {
	requirement string         // its id; "" where the entry is a pattern
	pattern     *regexp.Regexp // of ids of scenarios
	profile     string         // "" is every profile
	flaky       bool           // it may pass as well
	where       string         // file and line
}

// ReadKnown reads a list: an entry a line, which is the id of a requirement or
// that of a scenario with * for any text, optionally followed by a profile; a
// profile alone is everything in it. A requirement is listed as a whole: some
// of its scenarios may pass. After the word flaky all of them may. A # begins a
// comment.
func ReadKnown(name string, r io.Reader) (*Known, error) {
	known := &Known{}
	sc := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for n := 1; sc.Scan(); n++ {
		line, _, _ := strings.Cut(sc.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		e, err := parseKnown(words)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		e.where = fmt.Sprintf("%s:%d", name, n)
		known.entries = append(known.entries, e)
	}
	return known, sc.Err()
}

const flakyWord = "flaky"

func parseKnown(words []string) (e knownEntry, err error) {
	if e.flaky = words[0] == flakyWord; e.flaky {
		words = words[1:]
	}
	if len(words) == 1 && slices.Contains(features.Profiles, words[0]) {
		words = []string{"*", words[0]}
	}
	if len(words) == 2 {
		e.profile = words[1]
	}
	if len(words) < 1 || len(words) > 2 || e.profile != "" && !slices.Contains(features.Profiles, e.profile) {
		return e, fmt.Errorf("want an id, optionally after the word flaky and followed by a profile (%s), got %q",
			strings.Join(features.Profiles, ", "), strings.Join(words, " "))
	}
	if features.Requirement(words[0]) != nil {
		e.requirement = words[0]
		return e, nil
	}
	e.pattern = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(words[0]), `\*`, ".*") + "$")
	for _, role := range []string{features.RoleServer, features.RoleHookServer} {
		cases, err := features.Cases(role)
		if err != nil {
			return e, err
		}
		if slices.ContainsFunc(cases, func(c features.Case) bool { return e.pattern.MatchString(c.ID) }) {
			return e, nil
		}
	}
	return e, fmt.Errorf("no requirement and no scenario %q", words[0])
}

// names reports whether the entry speaks of a scenario.
func (e *knownEntry) names(s *reports.Scenario) bool {
	if e.profile != "" && e.profile != s.Profile {
		return false
	}
	if e.pattern != nil {
		return e.pattern.MatchString(s.ID)
	}
	return slices.Contains(s.Requirements, e.requirement)
}

// apply marks a scenario that failed, and is listed, as known to fail.
func (k *Known) apply(s *reports.Scenario) {
	if k == nil || !broken(s.Verdict) {
		return
	}
	for i := range k.entries {
		if e := &k.entries[i]; e.names(s) {
			markKnown(s, "listed as known to fail in "+e.where)
			return
		}
	}
}

func markKnown(s *reports.Scenario, reason string) {
	if s.Reason != "" {
		reason = s.Reason + "; " + reason
	}
	s.Verdict, s.Reason = reports.KnownFailing, reason
}

// broken reports whether a verdict says that the target did something wrong.
func broken(v reports.Verdict) bool {
	return v == reports.Fail || v == reports.Warn || v == reports.Unstable
}

// unexpected marks the scenarios of entries of which all passed. What was not
// selected may fail.
func (k *Known) unexpected(all []reports.Scenario, unselected []features.Case) {
	if k == nil {
		return
	}
	for i := range k.entries {
		e := &k.entries[i]
		var passed []*reports.Scenario
		failed := e.flaky || slices.ContainsFunc(unselected, func(c features.Case) bool {
			return e.names(&reports.Scenario{ID: c.ID, Profile: c.Profile, Requirements: c.Requirements})
		})
		for j := range all {
			switch s := &all[j]; {
			case !e.names(s):
			case s.Verdict == reports.Pass || s.Verdict == reports.UnexpectedPass:
				passed = append(passed, s)
			case s.Verdict != reports.NotApplicable:
				failed = true // or not decided: it may fail
			}
		}
		if failed {
			continue
		}
		for _, s := range passed {
			s.Verdict, s.Reason = reports.UnexpectedPass, "listed as known to fail in "+e.where
		}
	}
}

// WriteKnown writes the list of what failed in a run: a requirement of which
// nothing passed as a whole, otherwise the scenarios.
func WriteKnown(w io.Writer, run *reports.Run) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# What failed in a run of %s, for -known-failing.\n",
		run.Started.UTC().Format("2006-01-02 15:04 MST"))
	passed := map[string]bool{} // requirement and profile
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if s.Verdict == reports.Pass || unstable(s) {
			for _, id := range s.Requirements {
				passed[id+" "+s.Profile] = true
			}
		}
	}
	var written []string
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		line := s.ID + " " + s.Profile
		switch whole := s.Requirements[0] + " " + s.Profile; {
		case unstable(s):
			line = flakyWord + " " + line
		case s.Verdict != reports.Fail && s.Verdict != reports.KnownFailing:
			continue
		case !passed[whole] && len(s.Requirements) == 1:
			line = whole
		}
		if !slices.Contains(written, line) {
			written = append(written, line)
			fmt.Fprintln(&b, line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// unstable reports whether a scenario passed at some times and failed at others.
func unstable(s *reports.Scenario) bool { return slices.Contains(s.Attempts, reports.Pass) }
