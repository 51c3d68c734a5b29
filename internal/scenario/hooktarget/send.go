package hooktarget

import (
	"fmt"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
	"hookproof/reports"
)

// request makes a request with what every request of ours has.
func (t *Target) request(ev hook.Event, url string, body []byte, what string, want hookcheck.Want) Request {
	return Request{Event: ev.String(), URL: url, Header: t.o.Header, Body: Body{Before: body}, What: what, Want: want}
}

// sendPayload sends an event of a visitor to each of its URLs.
func (s *Scene) sendPayload(v *visitor, pl *hook.Payload, what string, want hookcheck.Want) error {
	requests, err := s.requests(v, pl, what, want)
	if err != nil {
		return err
	}
	return s.Send(requests...)
}

// sendBody sends an event whose body is not the plain one.
func (s *Scene) sendBody(v *visitor, pl *hook.Payload, body []byte, what string, want hookcheck.Want) error {
	requests, err := s.requests(v, pl, what, want)
	if err != nil {
		return err
	}
	for i := range requests {
		requests[i].Body = Body{Before: body}
	}
	return s.Send(requests...)
}

// requests makes the requests of an event: one for each of its URLs.
func (s *Scene) requests(v *visitor, pl *hook.Payload, what string, want hookcheck.Want) ([]Request, error) {
	ev, err := hook.ParseEvent(pl.Action)
	if err != nil {
		return nil, err
	}
	if err := s.Applies(ev); err != nil {
		return nil, err
	}
	body, err := v.body(pl)
	if err != nil {
		return nil, err
	}
	urls := s.Target.o.URLs[ev]
	all := make([]Request, len(urls))
	for i, u := range urls {
		all[i] = s.Target.request(ev, u, body, what, want)
		all[i].by, all[i].payload = v, pl
	}
	return all, nil
}

// Send sends requests one after the other, each on a connection of its own,
// and waits for their answers.
func (s *Scene) Send(requests ...Request) error {
	for i := range requests {
		q := &requests[i]
		n := s.asked(q, q.curl())
		r := s.Target.exchange(s.Ctx, q, s.Facts.Limit)
		s.Trouble(r.err)
		s.answered(n, q, &r)
	}
	return s.Ctx.Err()
}

// asked records that a request is sent.
func (s *Scene) asked(q *Request, repro string) int {
	sent := reports.Request{Method: q.method(), Want: string(q.Want), Repro: repro, Tried: q.Tried}
	if q.by != nil {
		sent.Visitor = q.by.n
	}
	return s.Log.Add(reports.Observation{Kind: reports.KindHook, Actor: or(q.Actor, caller), Event: q.Event, URL: q.URL,
		Body: q.Body.brief(), Text: q.What, Data: &reports.Details{Request: sent}})
}

// answered records what came of it.
func (s *Scene) answered(n int, q *Request, r *result) int {
	o := reports.Observation{T: s.Log.At(r.got), Kind: reports.KindAnswer, Actor: or(q.Actor, caller), Event: q.Event,
		Code: "none", Text: r.text(), Refs: []int{n}, Data: &reports.Details{Answer: reports.Answer{
			TookMS: float64(
				r.got.Sub(r.sent).Microseconds(),
			) / 1000, How: string(r.how), Accept: s.accepts(r), Encoding: r.encoding}}}
	if r.status != 0 {
		o.Code, o.Body = fmt.Sprint(r.status), s.keep(r.body)
	}
	if q.by != nil {
		q.by.saw(q.payload, s.accepts(r))
	}
	return s.Log.Add(o)
}

// Bounds of the answers that one scene keeps as evidence, in bytes.
const (
	maxKept  = 16 << 20 // of all answers together
	briefest = 1 << 10  // of each answer after that
)

// keep returns an answer's body as evidence: in full, until the scene has enough.
func (s *Scene) keep(body []byte) string {
	if len(body) > briefest && s.kept.Add(int64(len(body))) > maxKept {
		body = body[:briefest]
	}
	return string(body)
}

func (s *Scene) accepts(r *result) bool {
	return r.err == nil && s.Target.o.Profile.Judge(hook.Answer{Status: r.status, Body: r.body}).Accept
}
