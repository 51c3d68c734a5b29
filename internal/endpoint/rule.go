package endpoint

import (
	"regexp"
	"strings"

	"hookproof/hook"
)

// Rule gives the requests it matches their answer. Of several that match, the
// one added first answers.
type Rule struct {
	Name  string // for the record
	Match Match
	// Answer is given, unless Func is set, which then decides. Func is called
	// on the connection's goroutine: it may block its own caller only, and
	// must not keep the request.
	Answer Answer
	Func   func(*Request) Answer
}

// Match says which requests a rule is for: those that every set part agrees
// with. The zero Match takes every request, events or not.
//
// Client, Param, Stream, App (with [Is]) and Query are looked up by index:
// thousands of rules that each name one of them exactly cost what one does.
type Match struct {
	Events []hook.Event // any of them; empty: any, and also what is no event
	Method string       // exactly
	Path   string       // exactly, without the query
	Client Text         // client_id
	VHost  Text
	App    Text
	Stream Text
	Param  Text
	TCURL  Text
	// Query asks for a parameter "name=value", byte for byte, in param or in
	// the query of tcUrl. A parameter ends at "&", "?" or the end, so a token
	// that arrives doubled matches once.
	Query string
	Where func(*Request) bool // whatever else
	// Times is how many requests the rule answers before it steps aside; 0 is
	// without limit.
	Times int
}

// Text is a condition on a string. The zero Text agrees with every one.
type Text struct {
	exact bool
	want  string
	holds func(string) bool
}

// Is asks for exactly s, which may be empty.
func Is(s string) Text { return Text{exact: true, want: s} }

// Contains asks for s somewhere in it.
func Contains(s string) Text {
	return Text{holds: func(got string) bool { return strings.Contains(got, s) }}
}

// Like asks for a match of re.
func Like(re *regexp.Regexp) Text { return Text{holds: re.MatchString} }

// Holds asks f.
func Holds(f func(string) bool) Text { return Text{holds: f} }

func (t Text) agrees(got string) bool {
	switch {
	case t.exact:
		return got == t.want
	case t.holds != nil:
		return t.holds(got)
	}
	return true
}

// agrees reports whether m takes the request, Times aside.
func (m *Match) agrees(r *Request) bool {
	if len(m.Events) > 0 && !m.hasEvent(r) {
		return false
	}
	if m.Method != "" && m.Method != r.Method || m.Path != "" && m.Path != r.Path() {
		return false
	}
	pl := r.Payload
	if pl == nil {
		pl = &noPayload
	}
	return m.Client.agrees(pl.ClientID) && m.VHost.agrees(pl.VHost) && m.App.agrees(pl.App) &&
		m.Stream.agrees(pl.Stream) && m.Param.agrees(pl.Param) && m.TCURL.agrees(pl.TCURL) &&
		(m.Query == "" || hasParam(pl, m.Query)) &&
		(m.Where == nil || m.Where(r))
}

var noPayload hook.Payload

func (m *Match) hasEvent(r *Request) bool {
	if !r.HasEvent {
		return false
	}
	for _, e := range m.Events {
		if e == r.Event {
			return true
		}
	}
	return false
}

func hasParam(pl *hook.Payload, want string) bool {
	found := false
	eachParam(pl, func(p string) bool {
		found = p == want
		return !found
	})
	return found
}

// eachParam calls f with every parameter of param and of tcUrl's query, until
// it returns false.
func eachParam(pl *hook.Payload, f func(string) bool) {
	if !splitParams(pl.Param, f) {
		return
	}
	if _, query, ok := strings.Cut(pl.TCURL, "?"); ok {
		splitParams(query, f)
	}
}

func splitParams(s string, f func(string) bool) bool {
	for s != "" {
		end := strings.IndexAny(s, "?&")
		if end < 0 {
			return f(s)
		}
		if end > 0 && !f(s[:end]) {
			return false
		}
		s = s[end+1:]
	}
	return true
}
