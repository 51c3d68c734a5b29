package endpoint

import (
	"slices"
	"sync"
)

// indexKey is the part of a match that a rule is filed under: the most telling
// one it gives exactly.
type indexKey struct {
	by    uint8
	value string
}

const (
	byNothing uint8 = iota
	byClient
	byQuery
	byParam
	byStream
	byApp

	indexKinds = iota
)

// rule is a Rule in the set.
type rule struct {
	Rule
	order uint64 // of being added
	key   indexKey
	left  int // how often it may still answer, if Times is set
}

// ruleSet holds rules and finds the first that matches.
type ruleSet struct {
	mu    sync.Mutex
	next  uint64
	files map[indexKey][]*rule // each in order
	count [indexKinds]int
}

func keyOf(m *Match) indexKey {
	switch {
	case m.Client.exact:
		return indexKey{byClient, m.Client.want}
	case m.Query != "":
		return indexKey{byQuery, m.Query}
	case m.Param.exact:
		return indexKey{byParam, m.Param.want}
	case m.Stream.exact:
		return indexKey{byStream, m.Stream.want}
	case m.App.exact:
		return indexKey{byApp, m.App.want}
	}
	return indexKey{by: byNothing}
}

func (s *ruleSet) add(r Rule) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	in := &rule{Rule: r, order: s.next, key: keyOf(&r.Match), left: r.Match.Times}
	if s.files == nil {
		s.files = make(map[indexKey][]*rule)
	}
	s.files[in.key] = append(s.files[in.key], in)
	s.count[in.key.by]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.remove(in)
	}
}

// remove takes a rule out; twice is as good as once.
func (s *ruleSet) remove(in *rule) {
	file := s.files[in.key]
	i, found := slices.BinarySearchFunc(file, in.order, func(r *rule, order uint64) int {
		switch {
		case r.order < order:
			return -1
		case r.order > order:
			return 1
		}
		return 0
	})
	if !found {
		return
	}
	s.count[in.key.by]--
	if len(file) == 1 {
		delete(s.files, in.key)
		return
	}
	s.files[in.key] = slices.Delete(file, i, i+1)
}

// find gives the answer's source of the first rule that matches, and counts
// it as used. Where functions of matches run under the set's lock: they must
// not change rules.
func (s *ruleSet) find(r *Request) (Rule, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.files) == 0 {
		return Rule{}, false
	}
	best := s.first(nil, indexKey{by: byNothing}, r)
	if pl := r.Payload; pl != nil {
		best = s.first(best, indexKey{byClient, pl.ClientID}, r)
		best = s.first(best, indexKey{byParam, pl.Param}, r)
		best = s.first(best, indexKey{byStream, pl.Stream}, r)
		best = s.first(best, indexKey{byApp, pl.App}, r)
		if s.count[byQuery] > 0 {
			eachParam(pl, func(p string) bool {
				best = s.first(best, indexKey{byQuery, p}, r)
				return true
			})
		}
	} else {
		for by := byClient; by < indexKinds; by++ {
			best = s.first(best, indexKey{by: by}, r)
		}
	}
	if best == nil {
		return Rule{}, false
	}
	s.use(best)
	return best.Rule, true
}

// first gives the earlier of best and the first rule in a file that matches.
func (s *ruleSet) first(best *rule, key indexKey, r *Request) *rule {
	if s.count[key.by] == 0 {
		return best
	}
	for _, in := range s.files[key] {
		if best != nil && in.order > best.order {
			return best
		}
		if in.Match.agrees(r) {
			return in
		}
	}
	return best
}

func (s *ruleSet) use(in *rule) {
	if in.Match.Times <= 0 {
		return
	}
	if in.left--; in.left == 0 {
		s.remove(in)
	}
}
