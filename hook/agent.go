package hook

import (
	"slices"
	"strconv"
	"strings"
)

// Agent describes the User-Agent fields of some servers: what they begin with, and, where a version follows ("7.0.18"),
// which versions are meant.
type Agent struct {
	Begin string
	From  string // the first version; "" is any
	Until string // the first version that is not meant any more; "" is none
}

// Speaks reports whether a server that calls itself so speaks the profile.
func (p *Profile) Speaks(agent string) bool {
	return slices.ContainsFunc(p.Agents, func(a Agent) bool { return a.fit(agent) > 0 })
}

// fit is how much of a User-Agent the description tells: 0 is nothing; a version that is in its bounds counts more than
// a beginning.
func (a Agent) fit(agent string) int {
	rest, ok := strings.CutPrefix(agent, a.Begin)
	if !ok {
		return 0
	}
	if a.From == "" && a.Until == "" {
		return len(a.Begin)
	}
	v, from, until := versionOf(rest), versionOf(a.From), versionOf(a.Until)
	if v.before(from) || a.Until != "" && !v.before(until) {
		return 0
	}
	return len(agent)
}

// version is the first three numbers of "7.0.18(Hang)"; what is missing is 0.
type version [3]int

func versionOf(text string) (v version) {
	for i := range v {
		end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(text)
		}
		n, err := strconv.Atoi(text[:end])
		if err != nil {
			return v // the end, or no version at all
		}
		v[i] = n
		if end == len(text) || text[end] != '.' {
			return v
		}
		text = text[end+1:]
	}
	return v
}

func (v version) before(w version) bool {
	for i := range v {
		if v[i] != w[i] {
			return v[i] < w[i]
		}
	}
	return false
}
