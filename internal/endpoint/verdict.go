package endpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

// Verdict says what a caller that follows the profile must make of the answer
// that r got. A caller that closed before the answer was given has not got it.
func (r *Request) Verdict(p *hook.Profile) hook.Decision {
	return p.Judge(r.received())
}

// received is the answer as a caller that follows HTTP gets it.
func (r *Request) received() hook.Answer {
	fault := r.Answer.Fault.info()
	switch {
	case r.WriteErr != nil:
		return hook.Answer{Err: fmt.Errorf("the answer could not be written: %w", r.WriteErr)}
	case r.Answered.IsZero() || fault.never:
		return hook.Answer{Err: errors.New("no answer")}
	case !r.GaveUp.IsZero() && r.GaveUp.Before(r.Answered):
		return hook.Answer{Err: errors.New("the caller closed before the answer")}
	case r.Answer.Raw != "":
		return readRaw(r.Answer.Raw)
	case !r.Answer.Fault.Readable():
		return hook.Answer{Err: fmt.Errorf("an answer with the fault %s", r.Answer.Fault)}
	}
	return hook.Answer{Status: r.Answer.status(), Body: []byte(r.Answer.Body)}
}

func readRaw(raw string) hook.Answer {
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), nil)
	if err != nil {
		return hook.Answer{Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return hook.Answer{Status: resp.StatusCode, Body: body, Err: err}
}

// Watch gives an observer (see Options.Observe) that tells the checker of
// every event as it comes. Answers are judged by the profile p.
func Watch(k *order.Checker, p *hook.Profile) func(*Request, Phase) {
	return func(r *Request, phase Phase) {
		if !r.HasEvent {
			return
		}
		id := r.Payload.ClientID
		switch {
		case phase == PhaseArrived:
			k.Arrived(id, r.Event, r.Arrived)
		case phase == PhaseAnswered:
			tellAnswer(k, p, r)
		case r.Answered.IsZero():
			tellAnswer(k, p, r)
		}
	}
}

// Feed tells the checker of recorded requests, in order of their arrival.
func Feed(k *order.Checker, p *hook.Profile, requests []*Request) {
	byArrival := slices.Clone(requests)
	slices.SortStableFunc(byArrival, func(a, b *Request) int { return a.Arrived.Compare(b.Arrived) })
	for _, r := range byArrival {
		if r.HasEvent {
			k.Arrived(r.Payload.ClientID, r.Event, r.Arrived)
			tellAnswer(k, p, r)
		}
	}
}

func tellAnswer(k *order.Checker, p *hook.Profile, r *Request) {
	at := r.Answered
	if !r.GaveUp.IsZero() && r.GaveUp.Before(at) {
		at = time.Time{} // it did not wait: what it does next overlaps nothing
	}
	accepted := !r.Event.Closing() && r.Verdict(p).Accept
	k.Answered(r.Payload.ClientID, r.Event, at, accepted)
}
