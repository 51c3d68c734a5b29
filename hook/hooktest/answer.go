package hooktest

import (
	"net/http"
	"time"

	"hookproof/internal/endpoint"
)

// Answer is what a [Recorder] answers. The zero Answer is a 200 with an empty
// body, which every profile takes for a refusal.
type Answer struct {
	Status int // HTTP status; 0: 200
	Body   string
	Header http.Header // added; Content-Length and Connection replace the usual ones

	Delay time.Duration   // from the request's arrival
	Hold  <-chan struct{} // the answer is held until it is closed; nil: not held
	Fault Fault           // how the answer is spoilt; empty: not
}

// Accept returns the answer that lets the client on in every profile.
func Accept() Answer { return Answer{Status: http.StatusOK, Body: "0"} }

// Refuse returns the plain refusal: 200 and 1.
func Refuse() Answer { return Answer{Status: http.StatusOK, Body: "1"} }

// Fault is a way to spoil an answer on the wire.
type Fault string

// The faults that hook servers are seen to have most. Faults lists all.
const (
	Hang      Fault = "hang"      // no answer; the connection stays until the caller goes
	Reset     Fault = "reset"     // a TCP reset instead of an answer
	Close     Fault = "close"     // the connection is closed without an answer
	Truncated Fault = "truncated" // Content-Length promises more than is sent
	Chunked   Fault = "chunked"   // Transfer-Encoding: chunked, which is no fault of HTTP's
	NotHTTP   Fault = "not-http"  // bytes that are not HTTP
)

// Faults lists all faults.
func Faults() []Fault {
	var all []Fault
	for _, f := range endpoint.Faults() {
		all = append(all, Fault(f.String()))
	}
	return all
}

// internal returns the endpoint's form of a.
func (a Answer) internal() (endpoint.Answer, error) {
	out := endpoint.Answer{Status: a.Status, Body: a.Body, Header: a.Header, Delay: a.Delay, Gate: a.Hold}
	if a.Fault == "" {
		return out, nil
	}
	var err error
	out.Fault, err = endpoint.ParseFault(string(a.Fault))
	return out, err
}

func public(a *endpoint.Answer) Answer {
	out := Answer{Status: a.Status, Body: a.Body, Header: a.Header, Delay: a.Delay, Hold: a.Gate}
	if a.Fault != endpoint.None {
		out.Fault = Fault(a.Fault.String())
	}
	return out
}
