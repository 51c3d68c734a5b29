package endpoint

import (
	"net/http"
	"strings"
	"time"
)

// Answer is what a request is answered with. The zero Answer is a 200 with an
// empty body, which every profile takes for a refusal: use [Accept] for the
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
	Gate  <-chan struct{} // held until it is closed
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

// Status answers with that status code and body.
func Status(code int, body string) Answer { return Answer{Status: code, Body: body} }

// Padded answers an accepting object of size bytes in all, at least 21.
func Padded(size int) Answer {
	const head, tail = `{"code":0,"data":"`, `"}`
	pad := max(size-len(head)-len(tail), 1)
	return Answer{Status: http.StatusOK, Body: head + strings.Repeat("x", pad) + tail}
}

// Nested is an accepting answer with an array nested so deep beside its code.
func Nested(depth int) Answer {
	return Answer{Status: http.StatusOK,
		Body: `{"code":0,"data":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}"}
}

func (a *Answer) status() int {
	if a.Status == 0 {
		return http.StatusOK
	}
	return a.Status
}
