package order

import "hookproof/hook"

// Fit says how a client's events so far compare with what is expected of it.
type Fit uint8

// The fits.
const (
	Wrong    Fit = iota // they can never become what is expected
	Begun               // more must come
	Complete            // they are what is expected
)

// String names the fit.
func (f Fit) String() string { return [...]string{"wrong", "begun", "complete"}[f] }

// Fit compares a client's events so far with what is expected.
func (x Expectation) Fit(events ...hook.Event) Fit {
	// The possible states of the client, by the number of items passed.
	at := make([]stateSet, len(x.Items)+1)
	at[0] = states(sNew)
	for _, e := range events {
		at = x.advance(at, e)
		if at == nil {
			return Wrong
		}
	}
	for n := len(x.Items); n >= 0; n-- {
		if x.done(at[n]) {
			return Complete
		}
		if n > 0 && !x.Items[n-1].Optional {
			break
		}
	}
	return Begun
}

// advance returns the possible states after a further event; nil if the event
// fits nowhere.
func (x Expectation) advance(at []stateSet, e hook.Event) []stateSet {
	next, fits := make([]stateSet, len(at)), false
	for from, here := range at {
		for i := from; here != 0 && i < len(x.Items); i++ {
			it := &x.Items[i]
			if it.Event == e {
				next[i+1] |= here.follow(x.table, e, it.answer, x.events)
				fits = fits || next[i+1] != 0
			}
			if !it.Optional {
				break
			}
		}
	}
	if !fits {
		return nil
	}
	return next
}

// done reports whether in one of the states nothing more is due.
func (x Expectation) done(at stateSet) (done bool) {
	at.each(func(one state) {
		owes := x.table[one].owes & x.events
		done = done || !x.left || owes == 0 || one == sNew && !x.sure
	})
	return done
}
