package endpoint

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Answer is what a request is answered with. The zero Answer is a 200 with an
// empty body, which both profiles take for a refusal: use [Accept] for the
// accepting one.
type Answer struct {
	Status int // 0 is 200
	Body   string
	// Header adds fields. Content-Length and Connection replace what would be
	// written by itself; a Connection of "close" closes after the answer.
	Header http.Header
	// Raw, if set, is written instead of all of the above, byte for byte, and
	// the connection is closed.
	Raw string

	Delay time.Duration   // held so long after arrival
	Gate  <-chan struct{} // held until it is closed; see [Gate]
	Fault Fault           // how it is written; see [Faults]
	// Pace and Piece are for the fault Drip: bytes per piece (0: 1) and the
	// time between pieces (0: 20 ms).
	Pace  time.Duration
	Piece int
}

// Accept is the answer that lets the client on in every profile: 200 and "0".
func Accept() Answer { return Answer{Status: http.StatusOK, Body: "0"} }

// Refuse is the plain refusal: 200 and "1".
func Refuse() Answer { return Answer{Status: http.StatusOK, Body: "1"} }

// Object answers 200 and {"code":CODE} as application/json.
func Object(code int) Answer {
	return Answer{
		Status: http.StatusOK,
		Body:   fmt.Sprintf(`{"code":%d}`, code),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

// Status answers with that status code and body.
func Status(code int, body string) Answer { return Answer{Status: code, Body: body} }

// Padded answers an accepting object of size bytes in all, at least 21.
func Padded(size int) Answer {
	const head, tail = `{"code":0,"data":"`, `"}`
	pad := max(size-len(head)-len(tail), 1)
	return Answer{Status: http.StatusOK, Body: head + strings.Repeat("x", pad) + tail}
}

// Gate holds answers back until it is opened.
type Gate struct{ open chan struct{} }

// NewGate makes a closed gate.
func NewGate() *Gate { return &Gate{open: make(chan struct{})} }

// Open lets everything through, now and later. Only the first call counts; it
// must not run beside another.
func (g *Gate) Open() {
	select {
	case <-g.open:
	default:
		close(g.open)
	}
}

// Hold gives the answer, held at this gate.
func (g *Gate) Hold(a Answer) Answer {
	a.Gate = g.open
	return a
}

func (a *Answer) status() int {
	if a.Status == 0 {
		return http.StatusOK
	}
	return a.Status
}
