package hookserver

import (
	"net/netip"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// Rules is a list of rules, see [ParseRules]. Of those that match an event the
// first says what happens to it.
type Rules struct{ list []*rule }

// Len is the number of rules.
func (rs *Rules) Len() int {
	if rs == nil {
		return 0
	}
	return len(rs.list)
}

// rule refuses events, or spoils their answers, or both. No rule ever accepts
// what would be refused without it.
type rule struct {
	name   string
	events []hook.Event
	vhost  text
	app    text
	stream text
	param  text
	ip     []netip.Prefix // any of them; empty: every address

	refuse bool
	code   int // of the refusal
	status int // of the refusal; 0: 200
	delay  time.Duration
	fault  endpoint.Fault

	limited bool // only the first times events, counted by left
	left    atomic.Int64
}

// text is a condition on a string: equal to is, or a match of like. The zero
// text takes every string.
type text struct {
	set  bool
	is   string
	like *regexp.Regexp
}

func (t text) takes(s string) bool {
	switch {
	case !t.set:
		return true
	case t.like != nil:
		return t.like.MatchString(s)
	}
	return s == t.is
}

// find returns the rule for an event, nil if there is none, and counts it as
// used.
func (rs *Rules) find(e hook.Event, pl *hook.Payload) *rule {
	if rs == nil {
		return nil
	}
	for _, r := range rs.list {
		if r.takes(e, pl) && r.use() {
			return r
		}
	}
	return nil
}

func (r *rule) takes(e hook.Event, pl *hook.Payload) bool {
	return slices.Contains(r.events, e) &&
		r.vhost.takes(pl.VHost) && r.app.takes(pl.App) && r.stream.takes(pl.Stream) && r.param.takes(pl.Param) &&
		(len(r.ip) == 0 || r.takesIP(pl.IP))
}

// takesIP compares addresses, not texts: 10.0.0.1 and ::ffff:10.0.0.1 are one.
func (r *rule) takesIP(s string) bool {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(r.ip, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// use reports whether a rule with times set may still be used.
func (r *rule) use() bool {
	return !r.limited || r.left.Add(-1) >= 0
}
