package account

import (
	"hookproof/hook"
	"hookproof/loadgen/plan"
)

// End is how a client's connection came to its end.
type End uint8

// The ends.
const (
	NotStarted End = iota
	Failed         // a step towards publishing or playing failed, or the server ended it there
	Refused        // the same, at a client that was to be refused, in the way that refusals look
	Stayed         // it was to be refused and was still connected when its time was over
	Dropped        // the server ended the connection of a client that was in
	Left           // the client left in order
	Vanished       // the client reset the connection
	Cut            // the run was interrupted before the client was in
)

// Outcome is what a client saw of its own life.
type Outcome struct {
	Client    int   `json:"client"`
	End       End   `json:"end"`
	Dialed    bool  `json:"dialed"`    // the RTMP handshake was done
	Connected bool  `json:"connected"` // connect was accepted
	Asked     bool  `json:"asked"`     // publish or play was sent
	Let       bool  `json:"let"`       // Publish.Start or Play.Start came
	Told      bool  `json:"told"`      // the server said no, in words
	Ended     bool  `json:"ended"`     // a step failed because the server ended the connection
	Frames    int64 `json:"frames"`    // received by a player
	Foreign   int64 `json:"foreign"`   // of them, of publishers that are not its stream's
	// LeftAt is when the client left, EndedAt when its connection was over;
	// nanoseconds of the Unix epoch, 0: never.
	LeftAt  int64  `json:"left_at"`
	EndedAt int64  `json:"ended_at"`
	Error   string `json:"error,omitempty"` // of the step that failed
}

// span is how often an event may come.
type span struct{ least, most int }

var once, perhaps = span{1, 1}, span{0, 1}

// expect says how often each event of a client should have come, from what the
// client saw. Where that does not decide (an answer that never came), the
// event may have come or not, and the order checker alone judges.
func expect(p *hook.Profile, s *plan.Session, o *Outcome) (want [len(hook.Events)]span) {
	if !o.Dialed {
		return want
	}
	opens, closes := s.Role.Event(), s.Role.Event()+1
	answered := o.Let || o.End == Refused || o.Told // to the last step
	want[hook.OnConnect], want[hook.OnClose] = perhaps, perhaps
	switch {
	case p.ConnectFirst && (o.Connected || answered), o.Asked && answered:
		want[hook.OnConnect] = once
	}
	switch {
	case o.Connected && (o.Asked || p.ConnectAlone == hook.Must), o.Let:
		want[hook.OnClose] = once
	}
	if s.Refused && s.RefuseAt == hook.OnConnect && o.End != Stayed {
		if p.CloseAfterRefusal == hook.Must && answered {
			want[hook.OnClose] = once
		}
		if p.CloseAfterRefusal == hook.May {
			want[hook.OnClose] = perhaps
		}
		return want
	}
	switch {
	case s.Refused:
		want[opens] = perhaps
		if answered {
			want[opens] = once
		}
	case o.Let && (o.End != Dropped || s.Role == plan.Publish):
		want[opens], want[closes] = once, once
	case o.Let: // a player is told it may play before its hook is asked (SRS)
		want[opens], want[closes] = once, perhaps
	case o.Asked || o.Connected:
		want[opens], want[closes] = perhaps, perhaps
	}
	return want
}

// Due says how often each event of a client has to come at least.
func Due(p *hook.Profile, s *plan.Session, o *Outcome) (least [len(hook.Events)]int) {
	for e, w := range expect(p, s, o) {
		least[e] = w.least
	}
	return least
}
