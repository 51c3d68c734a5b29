package mutant

import (
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/internal/scenario/rtmptarget"
)

// Tags of cases that cost much: those that wait long, those of a server of the
// scenario's own, crowds and hostile requests. Only rows whose difference may
// show there face them.
const (
	slow    = "slow"
	last    = "last" // looks back at what the others brought about
	own     = string(rtmptarget.CanRestart)
	size    = string(rtmptarget.ShowsMemory)
	load    = "load"
	hostile = "hostile"
	viewers = string(rtmptarget.ServesHTTP)
)

// choose returns the ids of the cases that a trial runs: of the requirements
// that must fail all of them, since any may be the one that shows the defect;
// of others those that cost little: all of a variant and of a hook server, of
// an RTMP server's mutant one of each requirement, another one for each mutant.
// Without a difference it is all of them.
func (t *Trial) choose(cases []features.Case, every bool) map[string]bool {
	chosen, others := map[string]bool{}, map[string][]string{}
	for i := range cases {
		c := &cases[i]
		mine := slices.ContainsFunc(c.Requirements, t.must)
		switch {
		case c.Profile != t.Profile.Name || c.Role != t.Row.Peer.Role():
		case every || t.Row.sound():
			chosen[c.ID] = true
		case c.Has(size) && !t.Row.Memory || c.Has(slow) && !t.Row.Slow:
		case mine:
			chosen[c.ID] = true
		case !t.costly(c):
			others[c.Requirements[0]] = append(others[c.Requirements[0]], c.ID)
		}
	}
	for id, of := range others {
		if t.Row.Variant || t.Row.Peer.Role() == features.RoleHookServer {
			for _, each := range of {
				chosen[each] = true
			}
			continue
		}
		h := fnv.New32a()
		io.WriteString(h, t.Row.Name+id)
		chosen[of[h.Sum32()%uint32(len(of))]] = true
	}
	return chosen
}

// costly reports whether a case is left to the rows that must fail it.
func (t *Trial) costly(c *features.Case) bool {
	if t.Row.Peer.Role() == features.RoleHookServer {
		return c.Has(load) || c.Has(hostile)
	}
	return c.Has(own) || c.Has(size) || c.Has(slow) || c.Has(viewers) && !t.Row.Variant && !t.Row.ofViewers()
}

// ofViewers reports whether the defect shows in viewers over HTTP.
func (r *Row) ofViewers() bool {
	return slices.ContainsFunc(r.Expected, func(id string) bool {
		return strings.HasPrefix(id, "S-FLV-") || strings.HasPrefix(id, "S-HLS-")
	})
}

// crowd is the size of crowds for the trial: what is not about load only has
// to see that load still works.
func (t *Trial) crowd(o *Options) int {
	if t.Row.sound() || slices.ContainsFunc(t.Row.Expected, func(id string) bool {
		return strings.Contains(id, "-CON-")
	}) {
		return max(o.Clients, t.Row.Crowd)
	}
	return min(o.Clients, smallCrowd)
}

// smallCrowd is more than one client, and few enough to cost nothing.
const smallCrowd = 8

// doubtful returns the ids of the cases that came out wrong: those of a
// requirement that must fail and did not, and those of others that did not pass.
// One that looks back at the others cannot be looked at without them.
func (t *Trial) doubtful(cases []features.Case) map[string]bool {
	all, everything := map[string]bool{}, false
	for i := range cases {
		c := &cases[i]
		s, ran := t.results[c.ID]
		if !ran || c.Profile != t.Profile.Name || c.Role != t.Row.Peer.Role() {
			continue
		}
		id := about(&s)
		if t.must(id) && !slices.Contains(t.Failed, id) || t.wrong(&s) || t.headless() {
			all[c.ID] = true
			everything = everything || c.Has(last)
		}
	}
	if everything {
		for _, id := range t.order {
			all[id] = true
		}
	}
	return all
}
