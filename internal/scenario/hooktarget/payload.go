package hooktarget

import (
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/identity"
)

// callerIP is the address that raw requests speak of: not a loopback one,
// which some hook servers let in unasked. It is of TEST-NET-1 (RFC 5737).
const callerIP = "192.0.2.10"

// visitor is one made-up client of a raw caller: its events have one client_id.
type visitor struct {
	n      int64
	stream string
}

// payload makes the payload of an event of a visitor that presents itself as
// the sample says.
func (v *visitor) payload(p *hook.Profile, s identity.Sample) *hook.Payload {
	tcQuery, param := "", s.Param
	if s.Token.Key != "" {
		tcQuery = "?" + s.Token.String()
		if param == "" {
			param = tcQuery
		}
	}
	return v.present(p, s, tcQuery, param)
}

// present makes a payload with given parameters, each with its "?" or empty. A
// profile without param has the stream's parameters behind the stream's name,
// as servers of its time sent them.
func (v *visitor) present(p *hook.Profile, s identity.Sample, tcQuery, param string) *hook.Payload {
	pl := &hook.Payload{
		Action: s.Event.String(), ClientID: v.id(p), IP: or(s.IP, callerIP), VHost: or(s.VHost, "__defaultVhost__"),
		App: or(s.App, "live"), Stream: or(s.Stream, v.stream), Param: param, PageURL: "http://page.hookproof.test/",
		ServerID: "vid-hookprf", ServiceID: "hookprf1", StreamID: fmt.Sprintf("vid-%07d", v.n), SendBytes: 4351, RecvBytes: 3612,
	}
	host := "192.0.2.1"
	if s.VHost != "" {
		host = s.VHost
	}
	pl.TCURL = or(s.TCURL, "rtmp://"+host+"/"+pl.App+tcQuery)
	pl.StreamURL = "/" + pl.App + "/" + pl.Stream
	if s.VHost != "" && s.VHost != "__defaultVhost__" {
		pl.StreamURL = s.VHost + pl.StreamURL
	}
	if !hasKey(p, s.Event, "param") {
		pl.Stream += param
	}
	return pl
}

// id is the visitor's client_id, of the profile's kind.
func (v *visitor) id(p *hook.Profile) string {
	if p.ClientIDKind() == hook.NumberID {
		return fmt.Sprint(10_000 + v.n)
	}
	return fmt.Sprintf("h%07d", v.n)
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
