package endpoint

import (
	"net/http"
	"strings"
	"time"

	"hookproof/hook"
)

// Phase is a point in a request's life at which observers are called.
type Phase uint8

// The phases, in order. Every request has the first and the last.
const (
	// PhaseArrived: the request was read, whole or as far as it came.
	PhaseArrived Phase = iota
	// PhaseAnswered: the answer's last bytes are about to be written, so
	// nothing that the caller does because of the answer can come before it.
	// Left out where no answer is given (hang, reset, close).
	PhaseAnswered
	// PhaseDone: the answer was handed to the kernel, or could not be, or
	// there will be none.
	PhaseDone
)

// String names the phase.
func (p Phase) String() string {
	switch p {
	case PhaseArrived:
		return "arrived"
	case PhaseAnswered:
		return "answered"
	case PhaseDone:
		return "done"
	}
	return "unknown phase"
}

// Request is one request. A Request that was handed out never
// changes: a later phase makes a new one with the same Seq.
type Request struct {
	Seq         int64  // order of arrival over all connections, from 1
	Conn        int64  // connection, from 1
	ConnRequest int    // place on that connection, from 1
	Remote      string // the caller's address and port
	TLS         bool

	Accepted time.Time // when the connection was accepted
	Arrived  time.Time // when its first byte was read
	Read     time.Time // when the last was
	Answered time.Time // just before the last write of the answer; zero: never answered
	Done     time.Time // when that write returned, or the end without an answer
	GaveUp   time.Time // when the caller closed or reset while the answer was held; zero: it did not

	Method string
	Target string // as sent: path and query
	Proto  string // "HTTP/1.1"
	Header Header // in the order sent
	Head   string // request line and header, byte for byte
	// HeadErr says why Head is no HTTP request; such a request is answered
	// 400 (431 where it is too long) whatever Options.Default says.
	HeadErr error

	Body     []byte // without chunk framing; nil when bodies are not kept
	BodySize int64
	// BodyErr says why the body is not whole (a Content-Length longer than
	// what came, a broken chunk, too large); answered 400 or 413.
	BodyErr error
	// Trailing counts bytes after the body that start no request: a
	// Content-Length shorter than what was sent.
	Trailing int
	Chunked  bool // the body came chunked
	Expect   bool // Expect: 100-continue was asked, and answered

	Event     hook.Event // valid if HasEvent
	HasEvent  bool
	Payload   *hook.Payload // what could be read; nil if nothing could
	DecodeErr error         // every problem of the payload

	Answer   Answer // valid from PhaseAnswered on (PhaseDone if there was none)
	WriteErr error  // why the answer could not be written whole
}

// Path returns the target's path, without the query.
func (r *Request) Path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// Query returns what follows the first "?" of the target.
func (r *Request) Query() string {
	_, query, _ := strings.Cut(r.Target, "?")
	return query
}

// ClientID returns the payload's client_id, "" if there is none.
func (r *Request) ClientID() string {
	if r.Payload == nil {
		return ""
	}
	return r.Payload.ClientID
}

// Field is one line of a header.
type Field struct{ Name, Value string }

// Header is a header as it was sent: every field in its place, names in the
// sender's spelling.
type Header []Field

// Get returns the first value of that name, "" if there is none. Case does not
// matter.
func (h Header) Get(name string) string {
	for i := range h {
		if len(h[i].Name) == len(name) && strings.EqualFold(h[i].Name, name) {
			return h[i].Value
		}
	}
	return ""
}

// Values returns all values of that name, in order.
func (h Header) Values(name string) []string {
	var vals []string
	for i := range h {
		if strings.EqualFold(h[i].Name, name) {
			vals = append(vals, h[i].Value)
		}
	}
	return vals
}

// HTTP returns the header as net/http holds it; the order is lost.
func (h Header) HTTP() http.Header {
	out := make(http.Header, len(h))
	for _, f := range h {
		out.Add(f.Name, f.Value)
	}
	return out
}
