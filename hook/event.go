package hook

import (
	"fmt"
	"strings"

	"hookproof/internal/redact"
)

// Event is one of the six callbacks of PROTOCOL.md section 1.
type Event uint8

// The events, in the order in which a client's life can bring them.
const (
	OnConnect Event = iota
	OnClose
	OnPublish
	OnUnpublish
	OnPlay
	OnStop

	eventCount = iota
)

// Events lists all six events.
var Events = [...]Event{OnConnect, OnClose, OnPublish, OnUnpublish, OnPlay, OnStop}

var eventNames = [eventCount]string{
	OnConnect: "on_connect", OnClose: "on_close",
	OnPublish: "on_publish", OnUnpublish: "on_unpublish",
	OnPlay: "on_play", OnStop: "on_stop",
}

// String returns the name that is in the payload's action key.
func (e Event) String() string {
	if int(e) < len(eventNames) {
		return eventNames[e]
	}
	return fmt.Sprintf("event(%d)", uint8(e))
}

// Closing reports whether e only tells that something ended. The answer to a
// closing event changes nothing (S-ANS-09), and all its URLs are called
// whatever each of them answers (S-URL-03).
func (e Event) Closing() bool {
	return e == OnClose || e == OnUnpublish || e == OnStop
}

// Opening returns the event that a closing one ends: on_connect for on_close,
// on_publish for on_unpublish, on_play for on_stop. An opening event gives
// itself.
func (e Event) Opening() Event {
	if e.Closing() {
		return e - 1
	}
	return e
}

// ParseEvent returns the event with that name, as it is in an action key or
// in a configuration. Names are case-sensitive.
func ParseEvent(name string) (Event, error) {
	if e, ok := eventOf(name); ok {
		return e, nil
	}
	return 0, fmt.Errorf("hook event %q: want one of %s", redact.Clip(name, mostQuoted), strings.Join(eventNames[:],
		", "))
}

func eventOf(name string) (Event, bool) {
	switch name {
	case "on_connect":
		return OnConnect, true
	case "on_close":
		return OnClose, true
	case "on_publish":
		return OnPublish, true
	case "on_unpublish":
		return OnUnpublish, true
	case "on_play":
		return OnPlay, true
	case "on_stop":
		return OnStop, true
	}
	return 0, false
}

// mostQuoted is how many characters of a peer's words an error quotes.
const mostQuoted = 60
