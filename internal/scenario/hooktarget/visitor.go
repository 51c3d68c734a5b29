package hooktarget

import (
	"cmp"
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/identity"
)

// callerIP is the address that raw requests speak of. It is of TEST-NET-1 (RFC 5737): some hook servers accept
// loopback and private addresses unasked.
const callerIP = "192.0.2.10"

// visitor is one made-up client of a raw caller: its events have one client_id.
type visitor struct {
	n      int64
	turn   int              // which of the accepted samples it presents itself as
	own    *identity.Sample // presents it at own.Event; nil: the sample whose turn it is
	ids    *identity.Set
	place  identity.Place // of credentials
	p      *hook.Profile
	stream string // where its sample names none
	other  bool   // its client_id is of the type that the profile's callers do not send
	// open are the payloads of what it opened and did not close yet, by opening event.
	open map[hook.Event]*hook.Payload
	// publisher publishes the stream that this visitor plays; nil where nobody does.
	publisher *visitor
}

// visitor makes up a client that no event has spoken of yet.
func (t *Target) visitor() *visitor {
	n := t.visitors.Add(1)
	return &visitor{n: n, turn: int(n), ids: &t.o.Identities, place: t.place(), p: t.o.Profile,
		stream: fmt.Sprintf("hookproof-%d", n),
		open:   map[hook.Event]*hook.Payload{}}
}

// place is where clients present their credentials.
func (t *Target) place() identity.Place {
	return identity.Place(cmp.Or(string(t.o.TokenAt), string(identity.Both))).In(t.o.Profile)
}

// sample says how the visitor presents itself at an event.
func (v *visitor) sample(ev hook.Event) identity.Sample {
	if v.own != nil && v.own.Event == ev.Opening() {
		s := *v.own
		s.Event = ev
		return s
	}
	return v.ids.Accepted(ev, v.turn)
}

// payload makes the payload of an event of the visitor.
func (v *visitor) payload(ev hook.Event) *hook.Payload {
	return v.as(v.sample(ev))
}

// as makes the payload of a sample, with its token where visitors present theirs.
func (v *visitor) as(s identity.Sample) *hook.Payload {
	tcQuery, param := v.place.Of(query(string(s.Token)))
	return v.present(s, tcQuery, or(s.Param, param))
}

// present makes a payload with given parameters, each with its "?" or empty. A
// profile without param has the stream's parameters after the stream's name,
// as servers of its time sent them.
func (v *visitor) present(s identity.Sample, tcQuery, param string) *hook.Payload {
	pl := &hook.Payload{
		Action: s.Event.String(), ClientID: v.id(), IP: or(s.IP, callerIP), VHost: or(s.VHost, "__defaultVhost__"),
		App: or(s.App, "live"), Stream: or(s.Stream, v.stream), Param: param, PageURL: "http://page.hookproof.test/",
		ServerID: "vid-hookprf", ServiceID: "hookprf1", StreamID: fmt.Sprintf("vid-%07d", v.n),
		SendBytes: 4351, RecvBytes: 3612,
	}
	pl.TCURL = or(s.TCURL, "rtmp://"+or(s.VHost, "192.0.2.1")+"/"+pl.App+tcQuery)
	pl.StreamURL = "/" + pl.App + "/" + pl.Stream
	if s.VHost != "" && s.VHost != "__defaultVhost__" {
		pl.StreamURL = s.VHost + pl.StreamURL
	}
	if !hasKey(v.p, s.Event, "param") {
		pl.Stream += param
	}
	return pl
}

// id is the visitor's client_id, of the profile's kind.
func (v *visitor) id() string {
	if v.p.ClientIDKind() == hook.NumberID {
		return fmt.Sprint(10_000 + v.n)
	}
	return fmt.Sprintf("h%07d", v.n)
}

// saw notes what an answer means for what the visitor has open.
func (v *visitor) saw(pl *hook.Payload, accepted bool) {
	ev, ok := pl.Event()
	switch {
	case !ok:
	case ev == hook.OnClose:
		clear(v.open)
	case ev.Closing():
		delete(v.open, ev.Opening())
	case accepted:
		v.open[ev] = pl
	}
}

// closing makes the payload of the event that closes what another one opened.
func closing(pl *hook.Payload, ev hook.Event) *hook.Payload {
	c := *pl
	c.Action = ev.String()
	return &c
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func hasKey(p *hook.Profile, ev hook.Event, name string) bool {
	for _, k := range p.Keys(ev) {
		if k.Name == name {
			return true
		}
	}
	return false
}

// query puts a "?" before what is not empty.
func query(q string) string {
	if q == "" || strings.HasPrefix(q, "?") {
		return q
	}
	return "?" + q
}
