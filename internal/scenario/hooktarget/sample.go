package hooktarget

import (
	"strings"

	"hookproof/hook"
)

// Token is a query parameter that a hook server goes by.
type Token struct{ Key, Value string }

// String gives the token as it stands in a query.
func (t Token) String() string { return t.Key + "=" + t.Value }

// Sample is a client that a hook server accepts or refuses at an event. Empty
// fields are the harness's to fill.
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
	// Token, when its key is not empty, stands in tcUrl's query and in param.
	Token Token
	// From says where the sample was given, as "-accept token=good".
	From string
}

// Spoken tells the sample in words.
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

// Identities are what a hook server accepts and refuses, as its vendor says.
// The zero value says nothing.
type Identities struct {
	Accept, Refuse []Sample
}

// Accepted gives a client that the event accepts: the first sample given for
// it, or one that nothing is said of.
func (id *Identities) Accepted(ev hook.Event) Sample {
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

// Accepts lists the clients that the event accepts, as given.
func (id *Identities) Accepts(ev hook.Event) []Sample { return of(id.Accept, ev) }

// Refuses lists the clients that the event refuses, as given.
func (id *Identities) Refuses(ev hook.Event) []Sample { return of(id.Refuse, ev) }

func of(all []Sample, ev hook.Event) []Sample {
	var some []Sample
	for _, s := range all {
		if s.Event == ev {
			some = append(some, s)
		}
	}
	return some
}

// secret gives the token that the event accepts; false where none is known.
func (id *Identities) secret(ev hook.Event) (Token, bool) {
	for _, s := range id.Accept {
		if s.Event == ev && s.Token.Key != "" && s.Token.Value != "" {
			return s.Token, true
		}
	}
	return Token{}, false
}
