package books

import (
	"fmt"

	"hookproof/hook"
	"hookproof/hook/order"
)

// A Rule is something that must hold for every client.
type Rule struct {
	Name string
	Text string // what must hold

	// check returns what is wrong; "" if nothing is.
	check func(b *Book, c *Client) string
}

// Rules are the rules for single clients. Those for all of them together are in
// [Totals].
var Rules = []Rule{
	{"one-id", "all events of a client carry one client_id, which no other client has (S-ID-01, S-ID-02)", oneID},
	{"order", "the server's calls are a complete sequence: in order, each event once and after the answer to the " +
		"one before, " +
		"closing events for what was accepted and for nothing else (S-ORD-01 to S-ORD-06, S-ANS-03 to S-ANS-05)",
		inOrder},
	{"known", "an event that did not reach the hook server is one whose call failed, and an accepted call " +
		"is one that it accepted (S-ANS-02)", known},
	{"once", "the hook server gets an event at most as often as the server called it; only closing events are " +
		"called again, " +
		"and none that was accepted (S-ORD-01, S-ORD-02)", once},
	{"kept", "where closing events are sent again, each reaches the hook server", kept},
	{"let-in", "a client is told that it publishes or plays only after an accepting answer (S-ANS-04 to S-ANS-06)",
		letIn},
	{"frames", "a player gets frames only if it was accepted, and only of accepted publishers of its stream " +
		"(S-ANS-04, S-ANS-05)", frames},
	{"due", "the server calls the events that a client's deeds cause: none of a peer that did not send connect, one " +
		"on_close " +
		"of a client whose connect was accepted, and those of each stream that it was let in for (S-ORD-01, " +
		"S-ORD-02, " +
		"S-ORD-05, S-ORD-12)", due},
	{"unhurt", "a client that met no fault and no refusal does all it came for, unless this process got no processor " +
		"for long", unhurt},
}

func oneID(b *Book, c *Client) string {
	id := ""
	check := func(next string) string {
		switch {
		case next == "":
			return "an event without client_id"
		case id == "":
			id = next
		case id != next:
			return fmt.Sprintf("two ids: %q and %q", id, next)
		}
		return ""
	}
	for i := range c.Calls {
		if text := check(c.Calls[i].ClientID); text != "" {
			return text
		}
	}
	for i := range c.Records {
		if text := check(c.Records[i].ID); text != "" {
			return text
		}
	}
	if id == "" {
		return ""
	}
	if other, known := b.ids[id]; known && other != c.Number {
		return fmt.Sprintf("client %d has the id %q, too", other, id)
	}
	b.ids[id] = c.Number
	return ""
}

func inOrder(_ *Book, c *Client) string {
	k := order.New(order.Options{Profile: c.Profile, Uncertainty: -1, MaxProblems: 1})
	for _, t := range turns(c.Calls) {
		k.Feed(t.first.ClientID, t.event, t.first.Start, t.last.End, t.last.Decision.Accept)
	}
	k.Finish(false)
	for _, p := range k.Problems() {
		return p.String()
	}
	return ""
}

func known(_ *Book, c *Client) string {
	of, _ := match(c)
	for i := range c.Calls {
		call := &c.Calls[i]
		switch {
		case of[i] >= 0 || !call.Decision.Accept && !answered(call):
		case call.Decision.Accept:
			return fmt.Sprintf("the server says that its %s was accepted, and the hook server did not accept it",
				call.Event)
		default:
			return fmt.Sprintf("the server says that an answer refused its %s (%s), and the hook server sent no "+
				"such answer",
				call.Event, call.Decision.Reason)
		}
	}
	return ""
}

func once(_ *Book, c *Client) string {
	_, spare := match(c)
	for _, j := range spare {
		return fmt.Sprintf("the hook server got an %s that is none of the server's calls", c.Records[j].Event)
	}
	for i := range c.Calls {
		switch call := &c.Calls[i]; {
		case call.Attempt <= 1:
		case !call.Event.Closing():
			return fmt.Sprintf("its %s was called again", call.Event)
		case i > 0 && c.Calls[i-1].Event == call.Event && c.Calls[i-1].Decision.Accept:
			return fmt.Sprintf("its %s was called again although it had been accepted", call.Event)
		}
	}
	return ""
}

func kept(b *Book, c *Client) string {
	if !b.again {
		return ""
	}
	for _, e := range unseen(c) {
		return fmt.Sprintf("its %s never reached the hook server", e)
	}
	return ""
}

// unseen returns the closing events of which no attempt reached the hook server.
func unseen(c *Client) (all []hook.Event) {
	of, _ := match(c)
	reached := false
	for i := range c.Calls {
		call := &c.Calls[i]
		last := i == len(c.Calls)-1 || c.Calls[i+1].Attempt <= 1
		reached = reached || of[i] >= 0
		if !last {
			continue
		}
		if call.Event.Closing() && !reached {
			all = append(all, call.Event)
		}
		reached = false
	}
	return all
}

func letIn(_ *Book, c *Client) string {
	of, _ := match(c)
	answers := map[hook.Event][]*Record{}
	for i := range c.Calls {
		if call := &c.Calls[i]; call.Decision.Accept && of[i] >= 0 {
			answers[call.Event] = append(answers[call.Event], &c.Records[of[i]])
		}
	}
	for _, l := range c.Visit.Let {
		from := answers[l.Event]
		if len(from) == 0 {
			return fmt.Sprintf("it was told that it was let in, and no %s of it was accepted", l.Event)
		}
		if l.At.Before(from[0].Answered) {
			return fmt.Sprintf("it was let in %v before its %s was answered", from[0].Answered.Sub(l.At), l.Event)
		}
		answers[l.Event] = from[1:]
	}
	if c.Profile.ConnectFirst && !c.Visit.Connected.IsZero() && len(answers[hook.OnConnect]) == 0 {
		return "its connect was accepted, and no on_connect of it was"
	}
	return ""
}

func frames(b *Book, c *Client) string {
	for _, s := range c.Visit.Seen {
		p := b.clients[s.Publisher]
		switch {
		case len(c.accepted(hook.OnPlay)) == 0:
			return fmt.Sprintf("it got %d frames, and no on_play of it was accepted", s.Frames)
		case p == nil:
			return fmt.Sprintf("it got %d frames of client %d, which is not there", s.Frames, s.Publisher)
		case p.Stream != c.Stream:
			return fmt.Sprintf("it plays %q, and got %d frames of client %d, which publishes %q",
				c.Stream, s.Frames, s.Publisher, p.Stream)
		case len(p.accepted(hook.OnPublish)) == 0:
			return fmt.Sprintf("it got %d frames of client %d, no on_publish of which was accepted", s.Frames,
				s.Publisher)
		}
	}
	return ""
}

func due(_ *Book, c *Client) string {
	x := order.Expect(c.Profile, c.deeds()...)
	if len(x.Items) == 0 && len(c.Calls)+len(c.Records) > 0 {
		return "it never sent connect, and caused events"
	}
	called := map[hook.Event]int{}
	for _, t := range turns(c.Calls) {
		called[t.event]++
	}
	for _, e := range hook.Events {
		if least, most := x.Count(e); called[e] < least || called[e] > most {
			return fmt.Sprintf("the server called its %s %d times, want %d to %d, since its deeds cause %s",
				e, called[e], least, most, x)
		}
	}
	return ""
}

func unhurt(b *Book, c *Client) string {
	if c.Hurt || c.Visit.Done || c.Refused || c.refusedByServer() || b.heldUp(c) {
		return ""
	}
	return "it did not get through: " + c.Visit.Err
}
