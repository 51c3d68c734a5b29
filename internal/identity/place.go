package identity

import (
	"fmt"
	"slices"

	"hookproof/hook"
)

// Place is where clients present their tokens over RTMP.
type Place string

// The places. A token is in one of them unless Both is asked for: servers that append tcUrl's parameters to those of
// the stream would deliver it doubled.
const (
	Auto  Place = "auto"  // Param where every opening event of the profile carries it, otherwise TCURL
	TCURL Place = "tcUrl" // the query of tcUrl
	Param Place = "param" // after the stream's name
	Both  Place = "both"
)

// ParsePlace reads the name of a place; an empty one is Auto.
func ParsePlace(name string) (Place, error) {
	p := Place(name)
	if name == "" {
		p = Auto
	}
	if !slices.Contains([]Place{Auto, TCURL, Param, Both}, p) {
		return "", fmt.Errorf("want auto, tcUrl, param or both, got %.40q", name)
	}
	return p, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Place) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePlace(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (p Place) MarshalText() ([]byte, error) { return []byte(p), nil }

// In resolves Auto for a profile.
func (p Place) In(profile *hook.Profile) Place {
	if p != Auto && p != "" {
		return p
	}
	for _, ev := range Openings {
		if !slices.ContainsFunc(profile.Keys(ev), func(k hook.Key) bool { return k.Name == "param" }) {
			return TCURL
		}
	}
	return Param
}

// Of returns what is presented in tcUrl and in param of a text, for a place that is not Auto.
func (p Place) Of(text string) (tcURL, param string) {
	if p != Param {
		tcURL = text
	}
	if p != TCURL {
		param = text
	}
	return tcURL, param
}

// Client is how a client presents itself over RTMP. Empty fields are the caller's to fill in.
type Client struct {
	VHost, App string
	TCURL      string // whole; empty: made of the other fields
	Query      string // of tcUrl, without "?"
	Param      string // what follows the stream's name, without "?"
}

// Who is a client that is to present itself.
type Who struct {
	Opens   hook.Event // on_publish or on_play
	Refused bool
	At      hook.Event // the opening event that refuses it; valid if Refused
	Turn    int        // of several samples, clients take turns
}

// Client returns how such a client presents itself. One that is to be refused never carries a token that the event
// which is to refuse it accepts.
func (id *Set) Client(who Who, place Place) Client {
	connect, opens := turn(id.Accepts(hook.OnConnect), who.Turn), turn(id.Accepts(who.Opens), who.Turn)
	if who.Refused {
		bad := turn(id.Refuses(who.At), who.Turn)
		if who.At == hook.OnConnect {
			connect, opens = bad, id.without(opens, hook.OnConnect)
		} else {
			connect, opens = id.without(connect, who.At), bad
		}
	}
	c := Client{VHost: first(connect.VHost, opens.VHost), App: first(connect.App, opens.App),
		TCURL: first(connect.TCURL, opens.TCURL)}
	c.Query, c.Param = Credentials(connect.Token, opens.Token, place)
	if param := first(opens.Param, connect.Param); param != "" {
		c.Param = param[1:]
	}
	return c
}

// Credentials places the tokens of on_connect and of the event that opens a stream, which may be the same one; the
// query of tcUrl and the parameters of the stream are without their "?". Two values of one key never share a place.
func Credentials(connect, opens Token, place Place) (query, param string) {
	all := string(connect)
	switch {
	case opens == "" || opens == connect:
	case connect == "":
		all = string(opens)
	case shareKey(connect, opens):
		return string(connect), string(opens)
	default:
		all += "&" + string(opens)
	}
	return place.Of(all)
}

// shareKey reports whether two tokens have a key in common.
func shareKey(a, b Token) bool {
	return slices.ContainsFunc(a.Pairs(), func(p Pair) bool {
		return slices.ContainsFunc(b.Pairs(), func(q Pair) bool { return p.Key == q.Key })
	})
}

// without returns the sample without its token if the event accepts that.
func (id *Set) without(s Sample, ev hook.Event) Sample {
	for _, good := range id.Accepts(ev) {
		if good.Token == s.Token {
			s.Token = ""
		}
	}
	return s
}

// turn returns the n-th sample, beginning anew after the last one.
func turn(all []Sample, n int) Sample {
	if len(all) == 0 {
		return Sample{}
	}
	return all[n%len(all)]
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// OverRTMP says which sample cannot be presented by many clients of an RTMP server, which choose neither their
// address nor, since each needs its own, the name of their stream.
func (id *Set) OverRTMP() error {
	for _, s := range slices.Concat(id.Accept, id.Refuse) {
		switch {
		case s.IP != "":
			return fmt.Errorf("%s: ip %s: want credentials, since clients cannot choose their address", s.From, s.IP)
		case s.Stream != "":
			return fmt.Errorf("%s: stream %s: want credentials, since clients name streams of their own", s.From,
				s.Stream)
		}
	}
	return nil
}

// RefuseAt returns the events at which clients are refused. What on_connect refuses already, later events never see.
func (id *Set) RefuseAt() (at []hook.Event) {
	early := id.Refuses(hook.OnConnect)
	for _, ev := range Openings {
		later := slices.ContainsFunc(id.Refuses(ev), func(s Sample) bool {
			return ev == hook.OnConnect || !slices.ContainsFunc(early, func(e Sample) bool { return e.same(s) })
		})
		if later {
			at = append(at, ev)
		}
	}
	return at
}

// same reports whether two samples present themselves alike.
func (s Sample) same(other Sample) bool {
	s.Event, s.From, other.Event, other.From = 0, "", 0, ""
	return s == other
}
