package identity

import (
	"strings"

	"hookproof/hook"
)

// Token is a query parameter that a hook server goes by.
type Token struct{ Key, Value string }

// String returns the token as written in a query.
func (t Token) String() string { return t.Key + "=" + t.Value }

// Sample is a client that a hook server accepts or refuses at an event. The
// harness fills in the fields that are empty.
type Sample struct {
	Event hook.Event
	App   string
	// Stream is the bare name of the stream.
	Stream string
	// Param is what follows the stream's name, with its "?".
	Param string
	TCURL string
	VHost string
	IP    string
	// Token, when its key is not empty, is the query parameter that the client presents.
	Token Token
	// From is where the sample was given, such as "-accept token=good".
	From string
}

// Spoken describes the sample in words.
func (s *Sample) Spoken() string {
	var parts []string
	for _, p := range [][2]string{
		{"app", s.App}, {"stream", s.Stream}, {"param", s.Param}, {"tcUrl", s.TCURL}, {"vhost", s.VHost}, {"ip", s.IP}, {"token", s.token()},
	} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	if len(parts) == 0 {
		return "nothing special"
	}
	return strings.Join(parts, ", ")
}

func (s *Sample) token() string {
	if s.Token.Key == "" {
		return ""
	}
	return s.Token.String()
}

// Set holds the clients that a hook server accepts and those that it refuses, as its vendor says.
// The zero value says nothing.
type Set struct {
	Accept, Refuse []Sample
}

// Accepted returns a client that the event accepts: the first sample given for
// it, or one without any field of its own.
func (id *Set) Accepted(ev hook.Event) Sample {
	want := ev
	if ev.Closing() {
		want = ev.Opening()
	}
	for _, s := range id.Accept {
		if s.Event == want {
			s.Event = ev
			return s
		}
	}
	return Sample{Event: ev}
}

// Accepts returns the clients that the event accepts, as given.
func (id *Set) Accepts(ev hook.Event) []Sample { return of(id.Accept, ev) }

// Refuses returns the clients that the event refuses, as given.
func (id *Set) Refuses(ev hook.Event) []Sample { return of(id.Refuse, ev) }

func of(all []Sample, ev hook.Event) []Sample {
	var some []Sample
	for _, s := range all {
		if s.Event == ev {
			some = append(some, s)
		}
	}
	return some
}

// Secret returns the token that the event accepts; false where none is known.
func (id *Set) Secret(ev hook.Event) (Token, bool) {
	for _, s := range id.Accept {
		if s.Event == ev && s.Token.Key != "" && s.Token.Value != "" {
			return s.Token, true
		}
	}
	return Token{}, false
}

// Wrong returns a token of the same key that is not the right one: one that the
// vendor says is refused, or else a changed one.
func (id *Set) Wrong(good Token) Token {
	for _, s := range id.Refuse {
		if s.Token.Key == good.Key && s.Token.Value != good.Value {
			return s.Token
		}
	}
	return Token{good.Key, "not-" + good.Value}
}
