package plan

import (
	"math/rand/v2"
	"slices"
	"time"

	"hookproof/hook"
)

// Make lays out the test. The Spec must have passed Check.
func Make(spec Spec) *Plan {
	m := maker{spec: spec, rand: rand.New(rand.NewPCG(spec.Seed, 0x6c6f616467656e))}
	at := time.Duration(0)
	for _, st := range spec.Stages {
		m.stage(at, st)
		at += st.For
	}
	for _, i := range m.live {
		m.sessions[i].Depart = at
	}
	slices.SortStableFunc(m.sessions, func(a, b Session) int { return int(a.Arrive - b.Arrive) })
	for i := range m.sessions {
		m.sessions[i].Index = i
	}
	m.refuse()
	m.vanish()
	streams := m.assign()
	return &Plan{Sessions: m.sessions, Streams: streams, Length: at, HoldFrom: m.holdFrom, HoldUntil: m.holdUntil}
}

// maker lays a plan out, stage by stage.
type maker struct {
	spec                Spec
	rand                *rand.Rand
	sessions            []Session
	live                []int // indices of those without a departure yet
	holdFrom, holdUntil time.Duration
}

// stage adds what happens in a stage that begins at from.
func (m *maker) stage(from time.Duration, st Stage) {
	switch delta := st.Target - len(m.live); {
	case delta > 0:
		for _, t := range m.times(from, st.For, delta) {
			m.arrive(t)
		}
	case delta < 0:
		for _, t := range m.times(from, st.For, -delta) {
			m.depart(t)
		}
	default:
		if st.For > m.holdUntil-m.holdFrom {
			m.holdFrom, m.holdUntil = from, from+st.For
		}
		for _, t := range m.times(from, st.For, int(m.spec.Churn*st.For.Seconds())) {
			if len(m.live) > 0 {
				m.replace(t)
			}
		}
	}
}

// times spreads n instants over d. A Poisson process of which the number of
// arrivals is known has them uniformly distributed.
func (m *maker) times(from, d time.Duration, n int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		if m.spec.Even {
			list[i] = from + time.Duration(int64(d)*int64(i)/int64(n))
		} else {
			list[i] = from + time.Duration(m.rand.Float64()*float64(d))
		}
	}
	slices.Sort(list)
	return list
}

// arrive adds a session. Publishers come at even distances among the others,
// and first of all, so that early players have something to play.
func (m *maker) arrive(at time.Duration) {
	n, peak := len(m.sessions), m.spec.Peak()
	publishers := m.spec.Publishers.Of(peak)
	role := Play
	if n*publishers%peak < publishers {
		role = Publish
	}
	m.add(at, role)
}

func (m *maker) add(at time.Duration, role Role) {
	m.live = append(m.live, len(m.sessions))
	m.sessions = append(m.sessions, Session{Role: role, Arrive: at})
}

// depart ends a session drawn from the live ones, and gives its role.
func (m *maker) depart(at time.Duration) Role {
	k := m.rand.IntN(len(m.live))
	s := &m.sessions[m.live[k]]
	s.Depart = at
	m.live[k] = m.live[len(m.live)-1]
	m.live = m.live[:len(m.live)-1]
	return s.Role
}

func (m *maker) replace(at time.Duration) { m.add(at, m.depart(at)) }

// refuse draws those who are to be refused, at each event in turn. The first
// publisher is not among them: a test needs something to play.
func (m *maker) refuse() {
	n := m.spec.Refused.Of(len(m.sessions))
	turn := [2]int{}
	kept := false
	for _, i := range m.rand.Perm(len(m.sessions)) {
		s := &m.sessions[i]
		at := m.refusals(s.Role)
		if n == 0 {
			return
		}
		if len(at) == 0 {
			continue
		}
		if s.Role == Publish && !kept && s.Index == m.firstPublisher() {
			kept = true
			continue
		}
		s.Refused, s.RefuseAt = true, at[turn[s.Role]%len(at)]
		turn[s.Role]++
		n--
	}
}

func (m *maker) firstPublisher() int {
	return slices.IndexFunc(m.sessions, func(s Session) bool { return s.Role == Publish })
}

// refusals lists where a client of that role can be refused.
func (m *maker) refusals(r Role) (at []hook.Event) {
	for _, e := range [...]hook.Event{hook.OnConnect, r.Event()} {
		if m.spec.refusesAt(e) {
			at = append(at, e)
		}
	}
	return at
}

// vanish draws those who leave without a word from those who get in.
func (m *maker) vanish() {
	n := m.spec.Vanish.Of(len(m.sessions))
	for _, i := range m.rand.Perm(len(m.sessions)) {
		if s := &m.sessions[i]; n > 0 && !s.Refused {
			s.Vanish = true
			n--
		}
	}
}
