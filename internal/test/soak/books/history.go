package books

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// History is all that the three parties say of a client, in order of time.
func (c *Client) History() string {
	type line struct {
		at   time.Time
		text string
	}
	var all []line
	add := func(at time.Time, format string, args ...any) {
		if !at.IsZero() {
			all = append(all, line{at, fmt.Sprintf(format, args...)})
		}
	}
	v := &c.Visit
	add(v.Began, "client: begins")
	add(v.Connected, "client: its connect is accepted")
	for _, l := range v.Let {
		add(l.At, "client: let in (%s)", l.Event)
	}
	how := "done"
	if !v.Done {
		how = "not done: " + v.Err
	}
	add(v.Ended, "client: over, %s; end: %s; hurt: %v; frames: %v", how, v.End, c.Hurt, v.Seen)
	for i := range c.Calls {
		call := &c.Calls[i]
		add(call.Start, "server: calls %s of %s, attempt %d (until %s: %s)", call.Event, call.ClientID, call.Attempt,
			offset(v.Began, call.End), outcome(call.Status, call.Decision.Accept, call.Decision.Reason))
	}
	for i := range c.Records {
		r := &c.Records[i]
		add(r.Arrived, "hook server: gets %s of %s, accepts: %v (answered %s)", r.Event, r.ID, r.Accepted,
			offset(v.Began, r.Answered))
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	var out strings.Builder
	fmt.Fprintf(&out, "  client %d, %s, %s", c.Number, c.Profile, c.About)
	for _, l := range all {
		fmt.Fprintf(&out, "\n  %s  %s", offset(v.Began, l.at), l.text)
	}
	return out.String()
}

// offset writes a time as seconds since the client began.
func offset(began, at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	if began.IsZero() {
		return at.Format("15:04:05.000000")
	}
	return fmt.Sprintf("%+.6f s", at.Sub(began).Seconds())
}

func outcome(status int, accepted bool, reason string) string {
	switch {
	case accepted:
		return "accepted"
	case status != 0:
		return fmt.Sprintf("status %d, %s", status, reason)
	}
	return reason
}
