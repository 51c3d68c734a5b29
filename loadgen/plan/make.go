package plan

import (
	"cmp"
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
	m.sort()
	m.vanish()
	m.refuse()
	m.sort()
	for i := range m.sessions {
		m.sessions[i].Index = i
	}
	m.spec.Players.spread(m.sessions)
	streams := m.assign()
	return &Plan{Sessions: m.sessions, Streams: streams, Length: at, HoldFrom: m.holdFrom, HoldUntil: m.holdUntil}
}

func (m *maker) sort() {
	slices.SortStableFunc(m.sessions, func(a, b Session) int { return cmp.Compare(a.Arrive, b.Arrive) })
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
	m.add(at, roleOf(n, publishers, peak))
}

// roleOf returns the role of the k-th of so many sessions, of whom the publishers are spread evenly.
func roleOf(k, publishers, of int) Role {
	if k*publishers%of < publishers {
		return Publish
	}
	return Play
}

func count(all []Session, r Role) (n int) {
	for i := range all {
		if all[i].Role == r {
			n++
		}
	}
	return n
}

func (m *maker) add(at time.Duration, role Role) {
	m.live = append(m.live, len(m.sessions))
	m.sessions = append(m.sessions, Session{Role: role, Arrive: at})
}

// depart ends a session drawn from the live ones and returns its role.
func (m *maker) depart(at time.Duration) Role {
	k := m.rand.IntN(len(m.live))
	s := &m.sessions[m.live[k]]
	s.Depart = at
	m.live[k] = m.live[len(m.live)-1]
	m.live = m.live[:len(m.live)-1]
	return s.Role
}

func (m *maker) replace(at time.Duration) { m.add(at, m.depart(at)) }

// refuse adds those who are to be refused: they come among the others, and on top of them. Each event at which they
// may be refused takes its turn.
func (m *maker) refuse() {
	held := m.sessions
	n := m.spec.Refused.Of(len(held))
	publishers := n * count(held, Publish) / max(len(held), 1)
	turn := [2]int{}
	for k := range n {
		i := k * len(held) / n
		s := Session{Role: m.refusedRole(roleOf(k, publishers, n)), Refused: true, Arrive: held[i].Arrive,
			Depart: held[i].Depart}
		if i+1 < len(held) {
			part := 0.5
			if !m.spec.Even {
				part = m.rand.Float64()
			}
			s.Arrive += time.Duration(part * float64(held[i+1].Arrive-s.Arrive))
		}
		at := m.refusals(s.Role)
		s.RefuseAt = at[turn[s.Role]%len(at)]
		turn[s.Role]++
		s.Depart = max(s.Depart, s.Arrive)
		m.sessions = append(m.sessions, s)
	}
}

// refusedRole returns a role in which a client can be refused, r if possible.
func (m *maker) refusedRole(r Role) Role {
	if len(m.refusals(r)) == 0 {
		return 1 - r
	}
	return r
}

// refusals returns the events at which a client of that role can be refused.
func (m *maker) refusals(r Role) (at []hook.Event) {
	for _, e := range [...]hook.Event{hook.OnConnect, r.Event()} {
		if m.spec.refusesAt(e) {
			at = append(at, e)
		}
	}
	return at
}

// vanish draws those who leave without a word. It runs before those who are refused are added.
func (m *maker) vanish() {
	n := m.spec.Vanish.Of(len(m.sessions))
	for _, i := range m.rand.Perm(len(m.sessions))[:n] {
		m.sessions[i].Vanish = true
	}
}
