package books

import (
	"hookproof/hook"
)

// match says which record belongs to which call, by index: of[i] is the record
// of call i, -1 for none. spare are the records that belong to none.
//
// The record of an answered call arrived and was answered within it. Of a call
// that failed it may arrive at any time after its beginning: the link may have
// held it. So the later of these calls have fewer records to choose from, and
// choose first: every record that can have a call has one then.
func match(c *Client) (of []int, spare []int) {
	of = make([]int, len(c.Calls))
	taken := make([]bool, len(c.Records))
	find := func(i int, fits func(*Record) bool) {
		of[i] = -1
		for j := range c.Records {
			if r := &c.Records[j]; !taken[j] && r.Event == c.Calls[i].Event && fits(r) {
				of[i], taken[j] = j, true
				return
			}
		}
	}
	for i := range c.Calls {
		call := &c.Calls[i]
		of[i] = -1
		if answered(call) {
			find(i, func(r *Record) bool {
				return during(call, r.Arrived) && during(call, r.Answered) && r.Accepted == call.Decision.Accept
			})
		}
	}
	for i := len(c.Calls) - 1; i >= 0; i-- {
		if call := &c.Calls[i]; !answered(call) {
			find(i, func(r *Record) bool { return !r.Arrived.Before(call.Start) })
		}
	}
	for j := range taken {
		if !taken[j] {
			spare = append(spare, j)
		}
	}
	return of, spare
}

// turn is one event of a client as the server sees it: one call, or the attempts
// at one closing event.
type turn struct {
	event       hook.Event
	first, last *hook.Call
}

// turns joins the attempts at one event.
func turns(calls []hook.Call) (all []turn) {
	for i := range calls {
		c := &calls[i]
		if n := len(all); n > 0 && c.Attempt > 1 && all[n-1].event == c.Event {
			all[n-1].last = c
			continue
		}
		all = append(all, turn{event: c.Event, first: c, last: c})
	}
	return all
}
