package order

import "hookproof/hook"

// stateSet is a set of states, a bit each.
type stateSet uint16

func states(all ...state) (s stateSet) {
	for _, one := range all {
		s |= 1 << one
	}
	return s
}

func (s stateSet) has(one state) bool { return s&(1<<one) != 0 }

// each calls f with every state of the set.
func (s stateSet) each(f func(state)) {
	for one := range state(stateCount) {
		if s.has(one) {
			f(one)
		}
	}
}

// may reports whether an event is allowed in some of the states, and whether it
// is due in all of them.
func (s stateSet) may(t *table, e hook.Event) (some, due bool) {
	due = s != 0
	s.each(func(one state) {
		some = some || t[one].events[e].kind == 0
		due = due && t[one].owes.has(e)
	})
	return some, due
}

// passed returns the states after a closing event that need not have come: a
// state that allows it leads on, and one that does not owe it remains as well.
func (s stateSet) passed(t *table, e hook.Event) (next stateSet) {
	s.each(func(one state) {
		if c := &t[one].events[e]; c.kind == 0 {
			next |= states(c.accepted)
		}
		if !t[one].owes.has(e) {
			next |= states(one)
		}
	})
	return next
}

// follow returns the states after an event, by what is known of its answer. An
// event that is not configured is not missing.
func (s stateSet) follow(t *table, e hook.Event, a Answer, configured eventSet) (next stateSet) {
	s.each(func(one state) {
		c := &t[one].events[e]
		if c.kind != 0 && (c.kind != Missing || c.missing&configured != 0) {
			return
		}
		switch a {
		case Accepted:
			next |= states(c.accepted)
		case Refused:
			next |= states(c.refused)
		case Lost:
			next |= states(sLost)
		default:
			next |= states(c.accepted, c.refused)
		}
	})
	return next
}
