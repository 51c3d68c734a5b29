// Package recordings holds the hooks that real servers were recorded to send,
// and tests that the protocol's tables, its answers and its order are those.
package recordings

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

// request is one recorded hook. Times count from the recorder's start; answered
// and gaveUp are zero where that did not happen.
type request struct {
	profile               *hook.Profile // of the server
	method, target, agent string
	body                  string
	payload               *hook.Payload
	event                 hook.Event
	isEvent               bool
	problems              error // by its profile

	arrived, answered, gaveUp time.Time
	answer                    string // raw bytes, or words for what is not bytes
	name                      string // of the case, where answers were tried
}

// recording is one file.
type recording struct {
	profile  *hook.Profile
	requests []*request
	accepted map[string]bool // by case: what the server made of the answer
}

// line is a line of a file, as the recorder wrote it: times are seconds.
type line struct {
	Kind        string      `json:"kind"`
	T           float64     `json:"t"`
	RequestLine string      `json:"request_line"`
	Headers     [][2]string `json:"headers"`
	Body        string      `json:"body"`
	Case        string      `json:"case"`
	Answer      string      `json:"answer"`
	AnsweredT   *float64    `json:"answered_t"`
	GaveUpAfter *float64    `json:"peer_gave_up_after_s"`
	Accepted    bool        `json:"accepted"`
}

// read reads a recording of a server that speaks the profile.
func read(t *testing.T, text []byte, p *hook.Profile) *recording {
	t.Helper()
	rec := &recording{profile: p, accepted: map[string]bool{}}
	for raw := range bytes.Lines(text) {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatal(err)
		}
		switch l.Kind {
		case "hook":
			rec.requests = append(rec.requests, l.request(t, p))
		case "result":
			rec.accepted[l.Case] = l.Accepted
		}
	}
	slices.SortStableFunc(rec.requests, func(a, b *request) int { return a.arrived.Compare(b.arrived) })
	return rec
}

func (l *line) request(t *testing.T, p *hook.Profile) *request {
	t.Helper()
	r := &request{profile: p, body: l.Body, answer: l.Answer, name: l.Case, arrived: at(l.T)}
	words := strings.SplitN(l.RequestLine, " ", 3)
	if len(words) != 3 {
		t.Fatalf("request line %q: want three words", l.RequestLine)
	}
	r.method, r.target = words[0], words[1]
	for _, h := range l.Headers {
		if h[0] == "User-Agent" {
			r.agent = h[1]
		}
	}
	if l.AnsweredT != nil {
		r.answered = at(*l.AnsweredT)
	}
	if l.GaveUpAfter != nil {
		r.gaveUp = at(l.T + *l.GaveUpAfter)
	}
	if r.payload, r.problems = p.Decode([]byte(l.Body)); r.problems != nil {
		r.payload, _ = hook.DecodeAny([]byte(l.Body)) // what could not be read shows as no event
	}
	r.event, r.isEvent = r.payload.Event()
	return r
}

func at(seconds float64) time.Time {
	return time.Unix(0, 0).Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond)
}

// verdict is what a caller makes of the recorded answer.
func (r *request) verdict() hook.Decision {
	switch {
	case r.answered.IsZero() || !r.gaveUp.IsZero() && r.gaveUp.Before(r.answered):
		return r.profile.Judge(hook.Answer{Err: io.ErrUnexpectedEOF})
	case strings.HasPrefix(r.answer, "headers, then spaces"):
		return r.profile.Judge(hook.Answer{Status: 200, Body: []byte(`{"code":0}`)})
	}
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(r.answer)), nil)
	if err != nil {
		return r.profile.Judge(hook.Answer{Err: err})
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return r.profile.Judge(hook.Answer{Status: resp.StatusCode, Body: body, Err: err})
}
