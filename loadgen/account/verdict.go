package account

import (
	"fmt"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// falseAccept judges whether a client that was to be refused was let in: by
// the hook server's answer, or by the RTMP server in spite of it.
func (j *judge) falseAccept(s *plan.Session, o *Outcome, entries []*Entry) bool {
	if !s.Refused || o.End == Cut {
		return false
	}
	text := ""
	for _, e := range entries {
		if e.Known && e.Event == s.RefuseAt && e.Accepted {
			text = fmt.Sprintf("the hook server accepted its %s", e.Event)
		}
	}
	switch {
	case text != "":
	case s.RefuseAt == hook.OnConnect && j.Profile.ConnectFirst && o.Connected:
		text = "refused at on_connect, and the server accepted its connect"
	case s.Role == plan.Publish && o.Let:
		text = "refused" + at(s) + ", and the server sent NetStream.Publish.Start"
	case o.End == Stayed:
		text = "refused" + at(s) + ", and the server did not disconnect it"
	default:
		return false
	}
	id := "S-ANS-02"
	if s.Over != plan.RTMP {
		id = requirement(s, o, hook.OnPlay)
	}
	j.find(o.Client, Finding{Kind: FalseAccept, Event: s.RefuseAt.String(), Requirement: id, Text: text})
	return true
}

// falseRefusal judges whether a client that was to be let in was refused. A
// connection that merely ended is a refusal only if all hooks had accepted
// the client by then; else it is an error of its own kind.
func (j *judge) falseRefusal(s *plan.Session, o *Outcome, entries []*Entry) bool {
	if s.Refused || o.End == Cut {
		return false
	}
	for _, e := range entries {
		if e.Known && !e.Event.Closing() && !e.Accepted && e.Answered > 0 {
			j.find(o.Client, Finding{Kind: FalseRefusal, Event: e.Event.String(), Requirement: "H-CON-01",
				Text: strings.TrimSuffix(fmt.Sprintf("the hook server refused its %s: %s", e.Event, e.Reason), ": ")})
			return true
		}
	}
	if o.End != Failed || !o.Told && !(o.Ended && j.allAccepted(s, entries)) {
		return false
	}
	j.find(o.Client, Finding{Kind: FalseRefusal, Requirement: "S-ANS-01",
		Text: "no hook refused it, and the server did: " + o.Error})
	return true
}

// allAccepted reports whether the hooks of a client's opening events had all
// been asked and had accepted.
func (j *judge) allAccepted(s *plan.Session, entries []*Entry) bool {
	for _, e := range entries {
		if e.Known && e.Event == s.Role.Event() && e.Accepted {
			return true
		}
	}
	return false
}

// frames looks for media that should not have reached a player.
func (j *judge) frames(s *plan.Session, o *Outcome) {
	switch {
	case s.Refused && o.Frames > 0:
		j.find(o.Client, Finding{Kind: FrameToRefused, Requirement: "S-ANS-05",
			Text: fmt.Sprintf("refused%s, and got %d frames", at(s), o.Frames)})
	case o.Foreign > 0:
		j.find(o.Client, Finding{Kind: FrameToRefused, Requirement: "S-ANS-04",
			Text: fmt.Sprintf("got %d frames of a publisher that is refused, or not its stream's", o.Foreign)})
	}
}

// measureRefusal records how long after the answer that refused it the client
// was off.
func (j *judge) measureRefusal(s *plan.Session, o *Outcome, entries []*Entry) {
	if j.Measure == nil || o.EndedAt == 0 || s.Arrive < j.Warmup {
		return
	}
	for _, e := range entries {
		if e.Known && e.Event == s.RefuseAt && e.Answered > 0 && !e.Accepted {
			j.Measure.Record(measure.Disconnect, o.Client, time.Duration(o.EndedAt-e.Answered))
			return
		}
	}
}

// requirement names what a missing or surplus event of a client breaks.
func requirement(s *plan.Session, o *Outcome, e hook.Event) string {
	switch {
	case s.Over == plan.FLV && s.Refused:
		return "S-FLV-03"
	case s.Over == plan.FLV:
		return "S-FLV-01"
	case s.Over == plan.HLS && s.Refused:
		return "S-HLS-04"
	case s.Over == plan.HLS && e == hook.OnPlay:
		return "S-HLS-01"
	case s.Over == plan.HLS:
		return "S-HLS-02"
	case s.Refused && e != hook.OnConnect && e != s.RefuseAt:
		return map[hook.Event]string{hook.OnConnect: "S-ANS-03", hook.OnPublish: "S-ANS-04",
			hook.OnPlay: "S-ANS-05"}[s.RefuseAt]
	case o.End == Vanished && e.Closing():
		return "S-ORD-05"
	case s.Role == plan.Publish:
		return "S-ORD-01"
	}
	return "S-ORD-02"
}

// how is the way of leaving, as the order checker knows it.
func (o *Outcome) how() order.How {
	if o.End == Vanished {
		return order.Vanishes
	}
	return order.Leaves
}

// words completes "a publisher that …".
func (e End) words() string {
	switch e {
	case Failed:
		return "was not let in"
	case Refused:
		return "was refused"
	case Stayed:
		return "was not disconnected"
	case Dropped:
		return "the server dropped"
	case Left:
		return "left"
	case Vanished:
		return "vanished"
	case Cut:
		return "was cut off"
	}
	return "did not start"
}

// at says where a client was to be refused: " at on_play".
func at(s *plan.Session) string {
	if !s.Refused {
		return ""
	}
	return " at " + strings.ToLower(s.RefuseAt.String())
}
