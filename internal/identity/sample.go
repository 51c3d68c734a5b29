package identity

import (
	"slices"
	"strings"

	"hookproof/hook"
)

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
	// Token is what the client presents in tcUrl's query and in param, where these are empty.
	Token Token
	// From is where the sample was given, such as "-accept token=good".
	From string
}

// Spoken describes the sample in words.
func (s *Sample) Spoken() string {
	var parts []string
	for _, p := range [][2]string{
		{"app", s.App}, {"stream", s.Stream}, {"param", s.Param}, {"tcUrl", s.TCURL}, {"vhost", s.VHost}, {"ip", s.IP},
		{"token", string(s.Token)},
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

// Credential returns what the client presents: its token, or else what its param or tcUrl carries.
func (s *Sample) Credential() Token {
	_, query, _ := strings.Cut(s.TCURL, "?")
	for _, t := range []Token{s.Token, Token(strings.TrimPrefix(s.Param, "?")), Token(query)} {
		if t != "" {
			return t
		}
	}
	return ""
}

// With returns the same client with another credential; "" takes it away.
func (s *Sample) With(other Token) Sample {
	was, c := string(s.Credential()), *s
	if was == "" {
		c.Token = other
		return c
	}
	replaced := func(text string) string {
		return strings.TrimSuffix(strings.Replace(text, was, string(other), 1), "?")
	}
	c.Token, c.Param, c.TCURL = Token(replaced(string(s.Token))), replaced(s.Param), replaced(s.TCURL)
	return c
}

// Set holds the clients that a hook server accepts and those that it refuses, as its vendor says.
// The zero value says nothing.
type Set struct {
	Accept, Refuse []Sample
}

// Accepted returns a client that the event accepts: one of the samples given for it, each in its turn, or one
// without any field of its own.
func (id *Set) Accepted(ev hook.Event, turn int) Sample {
	opening := ev
	if ev.Closing() {
		opening = ev.Opening()
	}
	if all := of(id.Accept, opening); len(all) > 0 {
		s := all[turn%len(all)]
		s.Event = ev
		return s
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

// Credentialed returns the first client that the event accepts for a credential; false where none is given.
func (id *Set) Credentialed(ev hook.Event) (Sample, bool) {
	for _, s := range of(id.Accept, ev) {
		if s.Credential() != "" {
			return s, true
		}
	}
	return Sample{}, false
}

// Wrong returns a credential of the same keys that is not accepted: one that the vendor says is refused, or
// else a changed one.
func (id *Set) Wrong(good Token) Token {
	for i := range id.Refuse {
		if bad := id.Refuse[i].Credential(); bad != good && sameKeys(good, bad) {
			return bad
		}
	}
	pairs := good.Pairs()
	for i := range pairs {
		pairs[i].Value = "not-" + pairs[i].Value
	}
	return join(pairs)
}

func sameKeys(a, b Token) bool {
	return slices.EqualFunc(a.Pairs(), b.Pairs(), func(p, q Pair) bool { return p.Key == q.Key })
}
