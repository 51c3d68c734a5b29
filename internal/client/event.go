package client

import (
	"fmt"
	"strconv"
	"time"

	"github.com/yutopp/go-rtmp/message"
)

// Kind says what an Event is about.
type Kind uint8

// The kinds of events, in about the order in which they happen.
const (
	Dialed          Kind = iota + 1 // TCP connection made
	HandshakeDone                   // RTMP handshake done
	Sent                            // Name was written: a command, a control or data message
	Received                        // a command other than onStatus; Name, Transaction, Args
	Status                          // onStatus; Code, Level, Description
	UserControl                     // user control message; Name is StreamBegin, PingRequest, …; Value
	Control                         // protocol control message (types 3, 5, 6), or one that is not known; Name, Value
	Data                            // data message (onMetaData, |RtmpSampleAccess); Name, Args
	Media                           // audio or video message; Name is "audio" or "video"
	Acknowledgement                 // an Acknowledgement of ours was sent
	Invalid                         // a command or data message that could not be parsed; Err
	Note                            // a local act: "half-close", "stall", "resume"
	Disconnected                    // the connection is over; How, Err. Always the last one
)

// How a connection ended, seen from the client.
type How string

// The ways in which a connection ends.
const (
	FIN      How = "fin"      // the server closed in an orderly way
	RST      How = "rst"      // the server reset the connection
	Timeout  How = "timeout"  // the network gave up, or a write did not go out in time
	Local    How = "local"    // we closed it
	Protocol How = "protocol" // the server sent what is no RTMP or exceeds a limit; we closed it
)

// Event is one entry of a client's timeline. At carries a monotonic reading, so
// events of all clients and hooks of one process can be compared.
type Event struct {
	Seq  int // position on this client's timeline, from 0; media that is only counted has one, too
	At   time.Time
	Kind Kind
	Name string

	Transaction              float64
	Stream                   uint32 // message stream id
	Code, Level, Description string // of onStatus, and of the information object in _result and _error

	Value     uint32 // of user control: the stream it names or the ping's time; of Control: its number
	Type      message.TypeID
	Timestamp uint32 // ms, as received
	Size      int    // bytes of the message's payload

	Frame, Keyframe bool   // a picture or sound; one that can be decoded by itself
	SequenceHeader  bool   // decoder configuration
	Marker          Marker // zero unless the frame carries one

	// Args are a command's or data message's values after the name (and
	// after the transaction). Shared: do not change.
	Args []any
	// Payload of media and data: valid during Observe only; kept in Events for
	// sequence headers.
	Payload []byte

	Err error
	How How
}

// fromServer tells whether the event is something the server sent.
func (e *Event) fromServer() bool {
	switch e.Kind {
	case Received, Status, UserControl, Control, Data, Media, Invalid:
		return true
	}
	return false
}

// describe says in a few words what came, for error messages; "" for nothing.
func (e *Event) describe() string {
	switch {
	case e.Kind == 0:
		return ""
	case e.Code != "":
		return fmt.Sprintf("%s %s (%s)", said(e.Name), said(e.Code), said(e.Level))
	case e.Kind == Media:
		return fmt.Sprintf("a frame of %s", e.Name)
	case e.Kind == Invalid:
		return fmt.Sprintf("an invalid %s: %v", e.Name, e.Err)
	}
	return said(e.Name)
}

// said is what a server said, fit to stand in a line of text: the beginning of it, without control characters.
func said(s string) string {
	q := strconv.Quote(s[:min(len(s), maxText)])
	return q[1 : len(q)-1]
}
