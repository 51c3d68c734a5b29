package check

import (
	"fmt"

	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// RTMP status codes with which a server lets a client on.
const (
	ConnectSuccess = "NetConnection.Connect.Success"
	PublishStart   = "NetStream.Publish.Start"
	PlayStart      = "NetStream.Play.Start"
)

// Told returns the onStatus with that code that an actor received; nil without
// one. The same code in another command, such as onFCPublish, does not count.
func Told(obs []reports.Observation, actor, code string) *reports.Observation {
	for _, o := range timeline.Of(obs, actor, reports.KindStatus) {
		if o.Name == "onStatus" && o.Code == code {
			return o
		}
	}
	return nil
}

// Connected reports whether the server has accepted an actor's connect.
func Connected(obs []reports.Observation, actor string) bool {
	for _, o := range timeline.Of(obs, actor, reports.KindStatus) {
		if o.Name == "_result" && o.Code == ConnectSuccess {
			return true
		}
	}
	return false
}

// TimesOn counts how often an actor has been let on so far: told so by the
// server, and its on_publish or on_play answered, if there is a URL.
func TimesOn(obs []reports.Observation, actor string, e Entry) int {
	code, ev := PublishStart, hook.OnPublish
	if e.Plays {
		code, ev = PlayStart, hook.OnPlay
	}
	told, answered := 0, 0
	for _, o := range timeline.Of(obs, actor, reports.KindStatus) {
		if o.Name == "onStatus" && o.Code == code {
			told++
		}
	}
	if !e.Asked {
		return told
	}
	for _, h := range timeline.Events(obs, actor) {
		if h.Event == ev && h.Answer >= 0 {
			answered++
		}
	}
	return min(told, answered)
}

// NotTold checks that an actor never received an onStatus with that code.
func NotTold(obs []reports.Observation, actor, code string) *Finding {
	o := Told(obs, actor, code)
	if o == nil {
		return nil
	}
	return &Finding{Expected: fmt.Sprintf("%s not to be told %s", actor, code),
		Seen: fmt.Sprintf("onStatus %s at %.3f s", code, o.T), Evidence: []int{o.N}}
}

// Entry is what an actor wants, as far as checks need to know.
type Entry struct {
	Plays bool
	Asked bool // its vhost has a URL for on_publish or on_play, whichever it is
}

// On reports whether an actor is on: the server told it so, its on_publish or
// on_play was answered, if there is a URL (SRS tells a player before it asks),
// and it is not disconnected.
func On(obs []reports.Observation, actor string, e Entry) bool {
	code, ev := PublishStart, hook.OnPublish
	if e.Plays {
		code, ev = PlayStart, hook.OnPlay
	}
	if timeline.Disconnected(obs, actor) != nil || Told(obs, actor, code) == nil {
		return false
	}
	if !e.Asked {
		return true
	}
	h := lastOf(timeline.Hooks(obs, actor), ev)
	return h != nil && h.Answer >= 0
}

// LetOn checks that an actor was let on and still is.
func LetOn(obs []reports.Observation, actor string, e Entry) *Finding {
	if On(obs, actor, e) {
		return nil
	}
	f := &Finding{Expected: actor + " to be let on and stay"}
	f.Seen, f.Evidence = outcome(obs, actor)
	return f
}

// Off checks that an actor was disconnected by the server.
func Off(obs []reports.Observation, actor string) *Finding {
	d := timeline.Disconnected(obs, actor)
	if d != nil && d.Name != "local" {
		return nil
	}
	f := &Finding{Expected: "the server to disconnect " + actor}
	f.Seen, f.Evidence = outcome(obs, actor)
	return f
}

// RefusedAt checks that an actor was disconnected, and that no opening event
// came after the refused one.
func RefusedAt(obs []reports.Observation, actor string, ev hook.Event) *Finding {
	if f := Off(obs, actor); f != nil {
		return f
	}
	hooks := timeline.Hooks(obs, actor)
	for i, h := range hooks {
		if h.Event != ev {
			continue
		}
		for _, later := range hooks[i+1:] {
			if !later.Event.Closing() {
				return &Finding{Expected: fmt.Sprintf("nothing but closing events of %s after the refusal of its %s",
					actor, ev),
					Seen: describeEvents(hooks), Evidence: []int{h.N, later.N}}
			}
		}
		return nil
	}
	return missing(obs, actor, ev)
}

// OnOrRefusedAt checks that an actor was let on, or else refused at that event.
func OnOrRefusedAt(obs []reports.Observation, actor string, e Entry, ev hook.Event) *Finding {
	if On(obs, actor, e) {
		return nil
	}
	f := RefusedAt(obs, actor, ev)
	if f != nil {
		f.Expected = actor + " to be let on, or else " + f.Expected
	}
	return f
}

// OffWithin checks S-ANS-07: the actor was disconnected within limit seconds of
// the last answer to its events, including closing ones.
func OffWithin(obs []reports.Observation, actor string, limit float64) *Finding {
	if f := Off(obs, actor); f != nil {
		return f
	}
	d := timeline.Disconnected(obs, actor)
	hooks := timeline.Hooks(obs, actor)
	last := -1
	for i, h := range hooks {
		if h.Answer >= 0 && (last < 0 || h.Answered > hooks[last].Answered) {
			last = i
		}
	}
	if last < 0 {
		return &Finding{Expected: "an answered event of " + actor, Seen: describeEvents(hooks), Detail: strays(obs)}
	}
	if d.T-hooks[last].Answered <= limit {
		return nil
	}
	return &Finding{Undecided: d.T-hooks[last].Answered-starvedBetween(obs, hooks[last].Answered, d.T) <= limit,
		Expected: fmt.Sprintf("%s to be off within %g s of the answer to its %s", actor, limit, hooks[last].Event),
		Seen:     fmt.Sprintf("answered at %.3f s, off at %.3f s", hooks[last].Answered, d.T),
		Evidence: []int{hooks[last].Answer, d.N}}
}

// LastWithin checks S-ORD-05: the last event of an actor came within limit
// seconds after it was gone.
func LastWithin(obs []reports.Observation, actor string, limit float64) *Finding {
	var gone *reports.Observation
	for _, o := range timeline.Of(obs, actor, reports.KindDisconnect, reports.KindNote) {
		if o.Kind == reports.KindDisconnect || o.Name == "half-close" {
			gone = o
			break
		}
	}
	hooks := timeline.Hooks(obs, actor)
	if gone == nil || len(hooks) == 0 {
		return &Finding{Expected: actor + " to be gone, and its events", Seen: describeEvents(hooks)}
	}
	last := hooks[len(hooks)-1]
	if last.Arrived-gone.T <= limit {
		return nil
	}
	return &Finding{Undecided: last.Arrived-gone.T-starvedBetween(obs, gone.T, last.Arrived) <= limit,
		Expected: fmt.Sprintf("the last event of %s within %g s of its going", actor, limit),
		Seen:     fmt.Sprintf("gone at %.3f s, %s at %.3f s", gone.T, last.Event, last.Arrived),
		Evidence: []int{gone.N, last.N}}
}

// status names what a client was told: onFCPublish carries the code of an
// onStatus, and is not one.
func status(o *reports.Observation) string {
	if o.Name == "" || o.Name == "onStatus" {
		return o.Code
	}
	return fmt.Sprintf("%s (%s)", o.Name, o.Code)
}

// outcome describes what became of an actor.
func outcome(obs []reports.Observation, actor string) (string, []int) {
	hooks := timeline.Events(obs, actor)
	words := "its events are " + describeEvents(hooks)
	ns := numbers(hooks)
	for _, o := range timeline.Of(obs, actor, reports.KindStatus) {
		words += fmt.Sprintf("; told %s (%.3f s)", status(o), o.T)
		ns = append(ns, o.N)
	}
	if d := timeline.Disconnected(obs, actor); d != nil {
		words += fmt.Sprintf("; disconnected, %s (%.3f s)", d.Name, d.T)
		ns = append(ns, d.N)
	} else {
		words += "; still connected"
	}
	return words, ns
}
