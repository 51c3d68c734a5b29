package rtmptarget

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hookproof/hook"
)

// Where a vhost's hook URLs point.
type where uint8

const (
	atMain      where = iota // the recording endpoint
	atStoppable              // a second one, which a scenario takes down and up
	atTLS                    // a third one, which speaks https
	atNobody                 // an address at which nobody listens
)

// VHost is one of the virtual hosts that the scenarios need at the server
// under test.
type VHost struct {
	Key    string // as URLs and evidence name it
	Name   string // as the server knows it
	Spoken string // as scenarios speak of it
	Off    bool   // http_hooks { enabled off; }
	Unset  bool   // no http_hooks at all
	URLs   int    // for each event
	Events []hook.Event
	Quick  bool // the shortest time-out that the server can be given
	where  where
}

// Names of the vhosts. The last one is a vhost in a stanza for a server that
// has a time-out to configure; elsewhere it is like the default one.
const (
	Default   = "default"
	Other     = "other"
	several   = "several"
	off       = "off"
	unset     = "unset"
	partial   = "partial"
	stoppable = "stoppable"
	down      = "down"
	secure    = "tls"
	quick     = "quick"
)

// VHosts lists them all, the default one first.
var VHosts = []VHost{
	{Key: Default, Name: "__defaultVhost__", Spoken: "default"},
	{Key: Other, Name: "other.hookproof.test", Spoken: "other"},
	{Key: several, Name: "several.hookproof.test", Spoken: "with three URLs an event", URLs: 3},
	{Key: off, Name: "off.hookproof.test", Spoken: "whose hooks are off", Off: true},
	{Key: unset, Name: "unset.hookproof.test", Spoken: "whose hooks are not configured", Unset: true},
	{Key: partial, Name: "partial.hookproof.test", Spoken: "with URLs for on_publish, on_stop and on_close only",
		Events: []hook.Event{hook.OnPublish, hook.OnStop, hook.OnClose}},
	{Key: stoppable, Name: "stoppable.hookproof.test", Spoken: "whose hook server can be stopped", where: atStoppable},
	{Key: down, Name: "down.hookproof.test", Spoken: "whose hook server is down", where: atNobody},
	{Key: secure, Name: "tls.hookproof.test", Spoken: "whose URLs are https", where: atTLS},
	{Key: quick, Name: "quick.hookproof.test", Spoken: "with the shortest time-out", Quick: true},
}

// VHostSpoken finds the vhost that a scenario speaks of.
func VHostSpoken(words string) (VHost, error) {
	for _, v := range VHosts {
		if v.Spoken == words {
			return v, nil
		}
	}
	return VHost{}, fmt.Errorf("no vhost %q; there are: %s", words, spokenVHosts())
}

func spokenVHosts() string {
	var all []string
	for _, v := range VHosts {
		all = append(all, strconv.Quote(v.Spoken))
	}
	return strings.Join(all, ", ")
}

// Called lists the events for which the vhost has a URL.
func (v *VHost) Called() []hook.Event {
	switch {
	case v.Off || v.Unset:
		return nil
	case len(v.Events) == 0:
		return hook.Events[:]
	}
	return v.Events
}

// calls reports whether the vhost has a URL for an event.
func (v *VHost) calls(ev hook.Event) bool { return slices.Contains(v.Called(), ev) }

// urls is how many URLs each event has.
func (v *VHost) urls() int { return max(v.URLs, 1) }

// HookURLs returns the URLs that the vhost is configured with, those of a vhost
// whose hooks are off among them.
func (v *VHost) HookURLs(a Addresses) map[hook.Event][]string {
	urls := map[hook.Event][]string{}
	for _, ev := range hook.Events {
		for n := 1; n <= v.urls() && (v.calls(ev) || v.Off); n++ {
			urls[ev] = append(urls[ev], a.base(v.where)+v.target(ev, n))
		}
	}
	return urls
}

// target is path and query of the n-th URL (from 1) of an event.
func (v *VHost) target(ev hook.Event, n int) string {
	return fmt.Sprintf("/hooks/%s/%d/%s?vhost=%s&n=%d", v.Key, n, ev, v.Key, n)
}

// parseTarget reads a target back; the default vhost's first URL for one that
// is none of ours.
func parseTarget(target string) (vhost *VHost, n int) {
	parts := strings.Split(target, "/")
	if len(parts) >= 4 && parts[1] == "hooks" {
		for i := range VHosts {
			if n, err := strconv.Atoi(parts[3]); err == nil && VHosts[i].Key == parts[2] {
				return &VHosts[i], n
			}
		}
	}
	return &VHosts[0], 1
}

// Addresses are where the server under test finds our endpoints, as host:port.
type Addresses struct{ Main, Stoppable, TLS string }

// nobody is an address of the server's own machine at which nobody listens.
const nobody = "127.0.0.1:1"

func (a Addresses) base(w where) string {
	switch w {
	case atStoppable:
		return "http://" + a.Stoppable
	case atTLS:
		return "https://" + a.TLS
	case atNobody:
		return "http://" + nobody
	}
	return "http://" + a.Main
}

// StanzaOptions shape a configuration.
type StanzaOptions struct {
	Profile *hook.Profile
	// Own adds the directives that only the built-in server has: the profile
	// and the time-out of the hooks, in seconds.
	Own     bool
	Timeout int
}

// viewers is what viewers over HTTP are served by. The times of HLS, in seconds, are short, so that scenarios need not
// wait long for a segment, or for a viewer that has left to be missed.
const (
	viewers = "    http_remux {\n        enabled on;\n    }\n    hls {\n        enabled on;\n" +
		"        hls_fragment %d;\n        hls_window %d;\n    }\n"
	fragment = 1
	window   = 2
)

// Stanza writes the vhosts as SRS configuration, to be pasted into the
// configuration of a server under test, or loaded by the built-in one.
func Stanza(a Addresses, o StanzaOptions) string {
	var b strings.Builder
	for i := range VHosts {
		v := &VHosts[i]
		fmt.Fprintf(&b, "vhost %s {\n", v.Name)
		if !v.Unset {
			b.WriteString("    http_hooks {\n")
			fmt.Fprintf(&b, "        enabled %s;\n", map[bool]string{true: "off", false: "on"}[v.Off])
			if o.Own {
				fmt.Fprintf(&b, "        profile %s;\n", o.Profile)
				if v.Quick {
					fmt.Fprintf(&b, "        timeout %d;\n", o.Timeout)
				}
			}
			urls := v.HookURLs(a)
			for _, ev := range hook.Events {
				if all := urls[ev]; all != nil {
					fmt.Fprintf(&b, "        %s %s;\n", ev, strings.Join(all, " "))
				}
			}
			b.WriteString("    }\n")
		}
		if v.Key == Default || v.Unset {
			fmt.Fprintf(&b, viewers, fragment, window)
		}
		b.WriteString("}\n")
	}
	return b.String()
}
