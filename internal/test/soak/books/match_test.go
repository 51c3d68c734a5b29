package books

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hookproof/hook"
)

// TestMatch: a record goes to the call that it can be of, whatever the order in which the hook server was done.
func TestMatch(t *testing.T) {
	zero := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return zero.Add(time.Duration(ms) * time.Millisecond) }
	call := func(from, to, status int, err error) hook.Call {
		c := hook.Call{Event: hook.OnClose, Start: at(from), End: at(to), Status: status, Err: err}
		c.Decision.Accept = err == nil && status == 200
		return c
	}
	record := func(arrived, answered int) Record {
		return Record{Event: hook.OnClose, Arrived: at(arrived), Answered: at(answered), Accepted: true}
	}
	cut := errors.New("cut off")
	for _, c := range []struct {
		name    string
		calls   []hook.Call
		records []Record
		want    []int
		spare   int
	}{
		{"one each", []hook.Call{call(0, 10, 200, nil), call(20, 30, 200, nil)},
			[]Record{record(1, 9), record(21, 29)}, []int{0, 1}, 0},
		{"the first is answered after the second, and both failed",
			[]hook.Call{call(0, 1000, 0, cut), call(1060, 1062, 200, cut)},
			[]Record{record(1061, 1062), record(1, 1440)}, []int{1, 0}, 0},
		{"one came in part, the next was accepted, a later one was cut off",
			[]hook.Call{call(0, 1, 400, nil), call(54, 56, 200, nil), call(58, 60, 200, cut)},
			[]Record{record(55, 55), record(59, 59)}, []int{-1, 0, 1}, 0},
		{"held by the link", []hook.Call{call(0, 10, 0, cut)}, []Record{record(500, 501)}, []int{0}, 0},
		{"of no call", []hook.Call{call(100, 110, 0, cut)}, []Record{record(50, 51)}, []int{-1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			of, spare := match(&Client{Calls: c.calls, Records: c.records})
			if !slices.Equal(of, c.want) || len(spare) != c.spare {
				t.Errorf("got %v, spare %v, want %v and %d spare", of, spare, c.want, c.spare)
			}
		})
	}
}
