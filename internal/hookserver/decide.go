package hookserver

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// The codes of the answers. 0, 100 and 200 are the document's; rules may give
// others.
const (
	CodeOK       = 0   // the event is accepted, or noted if it is a closing one
	CodeUnparsed = 100 // the body is no well-formed payload
	CodeAction   = 200 // the action is unknown, or not one of that path's
	CodeToken    = 401 // refused for its token
	CodeRule     = 403 // refused by a rule
)

// outcome is what becomes of a request.
type outcome string

const (
	accepted outcome = "accepted" // an opening event that was let on
	refused  outcome = "refused"  // an opening event that was not
	noted    outcome = "noted"    // a closing event
	rejected outcome = "rejected" // nothing that is an event of its path
)

// verdict is the decision on one request.
type verdict struct {
	outcome outcome
	code    int
	status  int    // HTTP; 0: 200
	reason  string // why it was refused or rejected; else empty
	rule    *rule  // that took it, or nil
	err     error  // what is wrong with the payload
}

// decide judges a POST of a hook path whose events these are.
func (s *Server) decide(r *endpoint.Request, events []hook.Event) verdict {
	pl := r.Payload
	if pl == nil {
		pl = &hook.Payload{}
	}
	has, err := check(pl, r.Body, r.DecodeErr)
	if e, known := pl.Event(); pl.Action != "" && (!known || !slices.Contains(events, e)) && readable(err) {
		return verdict{outcome: rejected, code: CodeAction, err: err, reason: "the action " + show(pl.Action) +
			" is none of " + r.Path()}
	}
	if err != nil {
		_, d := s.profileOf(r)
		return verdict{outcome: rejected, code: CodeUnparsed, err: err, reason: cmp.Or(foreign(d), err.Error())}
	}
	e, _ := pl.Event()
	p, _ := s.profileOf(r)
	v := verdict{outcome: accepted, rule: s.opts.Rules.find(e, pl)}
	switch {
	case e.Closing():
		v.outcome = noted
	case v.rule != nil && v.rule.refuse:
		v.outcome, v.code, v.status, v.reason = refused, v.rule.code, v.rule.status, v.rule.name
	case s.opts.Token != nil:
		if why := s.opts.Token.check(p, e, pl, has); why != "" {
			v.outcome, v.code, v.reason = refused, CodeToken, why
		}
	}
	return v
}

// foreign says that a request is one of another known protocol; empty: it is not.
func foreign(d hook.Detection) string {
	if d.Dialect == "" {
		return ""
	}
	return "the protocol of " + d.Dialect + ", which is not SRS's: " + d.Reason
}

// profileOf returns the profile by which a request is judged: the server's own,
// or else the one that the request was written by.
func (s *Server) profileOf(r *endpoint.Request) (*hook.Profile, hook.Detection) {
	d := hook.Detect(hook.Request{
		Target: r.Target, UserAgent: r.Header.Get("User-Agent"), Body: r.Body,
	})
	return cmp.Or(s.opts.Profile, d.Profile, hook.SRS7), d
}

// readable reports whether the body is one JSON object, whatever else is wrong
// with it.
func readable(err error) bool {
	var wrong *hook.PayloadError
	return !errors.As(err, &wrong) ||
		!slices.ContainsFunc(wrong.Problems, func(p hook.Problem) bool { return p.Key == "" })
}

// answer returns the answer of a verdict, with the rule's delay and fault.
func (s *Server) answer(v *verdict) endpoint.Answer {
	a := endpoint.Answer{Status: v.status, Body: strconv.Itoa(v.code), Header: plainText}
	if p := s.opts.Profile; p != nil && p.AcceptObject {
		a.Body, a.Header = `{"code":`+a.Body+`,"data":null}`, jsonText
	}
	if v.rule != nil {
		a.Delay, a.Fault = v.rule.delay, v.rule.fault
	}
	return a
}

// spoil notes an accepting verdict whose answer no caller can read as one.
func (s *Server) spoil(p *hook.Profile, v *verdict, a endpoint.Answer) {
	sent := endpoint.Request{Answered: time.Now(), Answer: a}
	if v.outcome == accepted && !sent.Verdict(p).Accept {
		v.outcome, v.reason = refused, v.rule.name+": fault "+v.rule.fault.String()
	}
}

var (
	plainText = http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Cache-Control": {"no-store"}}
	jsonText  = http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
)

// answerSafely is handle, but a mistake of ours costs one caller its answer and
// not all of them the server: 500 refuses in every profile.
func (s *Server) answerSafely(r *endpoint.Request) (a endpoint.Answer) {
	defer func() {
		if p := recover(); p != nil {
			s.opts.Logger.Error("panic while answering", "remote", r.Remote, "panic", fmt.Sprint(p), "stack",
				string(debug.Stack()))
			a = refusal(http.StatusInternalServerError, "internal error")
		}
	}()
	return s.handle(r)
}

// handle answers every request that is whole.
func (s *Server) handle(r *endpoint.Request) endpoint.Answer {
	path := r.Path()
	if page, ok := s.pages[path]; ok {
		return s.servePage(page, r)
	}
	events := hook.EventsAt(path)
	ok := events != nil
	switch {
	case ok && fromBrowser(r):
		s.note(r, &verdict{outcome: rejected, code: http.StatusForbidden, reason: "sent by a web browser"})
		return refusal(http.StatusForbidden, "hooks are for media servers, not for web pages")
	case !ok && r.Method == http.MethodPost:
		s.note(r, &verdict{outcome: rejected, code: http.StatusNotFound, reason: "no hook path: " + show(path)})
		fallthrough
	case !ok:
		return refusal(http.StatusNotFound, "no such page; the hooks are POST "+strings.Join(hook.DefaultPaths(), ", "))
	case r.Method != http.MethodPost:
		_, d := s.profileOf(r) // nginx-rtmp can send its events by GET
		s.note(r, &verdict{outcome: rejected, code: http.StatusMethodNotAllowed,
			reason: cmp.Or(foreign(d), show(r.Method)+" of a hook path")})
		a := refusal(http.StatusMethodNotAllowed, "a hook is a POST")
		a.Header.Set("Allow", http.MethodPost)
		return a
	}
	v := s.decide(r, events)
	a := s.answer(&v)
	p, _ := s.profileOf(r)
	s.spoil(p, &v, a)
	s.note(r, &v)
	return a
}

// fromBrowser tells by headers that no media server sends, and that no web page
// can keep a browser from sending with a POST. Else any page that somebody on
// this machine looks at could make up events.
func fromBrowser(r *endpoint.Request) bool {
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

// refusal is an answer for people; no profile takes it as accepting.
func refusal(status int, text string) endpoint.Answer {
	a := endpoint.Answer{Status: status, Body: text + "\n", Header: plainText.Clone()}
	a.Header.Set("X-Content-Type-Options", "nosniff")
	return a
}
