package srsconf

import (
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/suggest"
	"hookproof/server"
)

// maxTime bounds http_hooks' timeout and retry, maxCalls its max_calls.
const (
	maxTime  = time.Hour
	maxCalls = 100000
)

// maxMerge bounds play's mw_latency, in milliseconds.
const maxMerge = 10_000

// maxFrames bounds play's gop_cache_max_frames.
const maxFrames = 1_000_000

// maxQuiet bounds publish's normal_timeout and firstpkt_timeout, in milliseconds.
const maxQuiet = 3_600_000

// vhost reads one vhost block.
func (b *builder) vhost(n *node, seen map[string]*node) {
	name := n.args[0]
	if was := seen[name]; was != nil {
		b.twice(&node{file: n.file, line: n.line, name: "vhost " + brief(name)}, was, false)
		return
	}
	seen[name] = n
	if !b.plain(n) {
		return
	}
	v := server.DefaultVHostConfig(name)
	// The old place of gop_cache is the vhost, the new one its play block.
	gop := b.once(onOff(b, &v.GOPCache))
	rs := rules{
		"enabled":    onOff(b, &v.Enabled),
		"gop_cache":  gop,
		"chunk_size": b.vhostChunkSize(),
		"play": {block: true, wants: "a block without a name", apply: func(n *node) {
			inner := rules{
				"gop_cache": gop, "gop_cache_max_frames": number(b, &v.GOPFrames, 0, maxFrames),
				"gop_cache_max_time": {min: 1, max: 1, wants: "0 or seconds", apply: func(n *node) {
					b.seconds(n,
						"0 or seconds", 0, &v.GOPTime)
				}},
				"mw_latency": millis(b, &v.Merge, maxMerge),
			}
			b.walk("vhost.play", n.block, inner, b.unknown("vhost.play", inner))
		}},
		"publish": {block: true, wants: "a block without a name", apply: func(n *node) {
			inner := rules{
				"normal_timeout": millis(b, &v.Publish, maxQuiet), "firstpkt_timeout": millis(b, &v.FirstPacket,
					maxQuiet),
			}
			b.walk("vhost.publish", n.block, inner, b.unknown("vhost.publish", inner))
		}},
		"http_remux": {block: true, wants: "a block without a name", apply: func(n *node) { b.remux(n, &v) }},
		"hls":        {block: true, wants: "a block without a name", apply: func(n *node) { b.hls(n, &v.HLS) }},
		"http_hooks": {block: true, wants: "a block without a name", apply: func(n *node) { b.hooks(n, &v.Hooks) }},
	}
	b.walk("vhost", n.block, rs, b.unknown("vhost", rs))
	b.config.VHosts = append(b.config.VHosts, v)
}

// plain reports an argument that could not be written into a configuration
// again: SRS knows no escapes.
func (b *builder) plain(n *node) bool {
	bad := func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\uFFFD' || strings.ContainsRune("\"'\\", r) }
	if n.args[0] != "" && !strings.ContainsFunc(n.args[0], bad) {
		return true
	}
	b.errorf(n.file, n.line, "%s: expected a name without blanks, quotes, backslashes and control characters, got %s",
		n.name, quote(n.args[0]))
	return false
}

// vhostChunkSize checks a vhost's chunk_size, which is ignored: the size of
// the top level serves all vhosts.
func (b *builder) vhostChunkSize() rule {
	var size int
	r := number(b, &size, 128, 65536)
	apply := r.apply
	r.apply = func(n *node) {
		apply(n)
		b.ignore("vhost", n, "the chunk_size of the top level serves every vhost")
	}
	return r
}

// srsEvents are events of SRS that are not part of the protocol of six.
var srsEvents = map[string]bool{"on_dvr": true, "on_hls": true, "on_hls_notify": true, "on_forward": true}

// hooks reads a http_hooks block. Unlike everywhere else nothing is ignored
// here but SRS's further events: a lost hook lets everybody in.
func (b *builder) hooks(n *node, h *server.Hooks) {
	enabled := false
	set := onOff(b, &h.Enabled)
	setEnabled := set.apply
	set.apply = func(n *node) { enabled = true; setEnabled(n) }
	rs := rules{
		"enabled": set,
		"profile": {min: 1, max: 1, wants: profileNames(), apply: func(n *node) { b.profile(n, h) }},
		"timeout": {min: 1, max: 1, wants: "seconds", apply: func(n *node) {
			b.seconds(n, "seconds, from 0.001", 0.001, &h.Timeout)
		}},
		"retry": {min: 1, max: 1, wants: "seconds", apply: func(n *node) { b.seconds(n, "0 or seconds", 0, &h.Retry) }},

		"max_calls":    number(b, &h.MaxCalls, 1, maxCalls),
		"insecure_tls": onOff(b, &h.InsecureTLS),

		"hook_keepalive": onOff(b, &h.KeepAlive),
	}
	for _, event := range hook.Events {
		rs[event.String()] = rule{min: 1, max: -1, wants: "one or more URLs",
			apply: func(n *node) { b.urls(n, h, event) }}
	}
	b.walk("http_hooks", n.block, rs, func(n *node) { b.unknownHook(n, rs) })
	if h.Enabled || len(h.URLs) == 0 {
		return
	}
	if enabled {
		b.warnf(n.file, n.line, "http_hooks has URLs but says \"enabled off\": no hook is called, everybody is let in")
		return
	}
	b.warnf(n.file, n.line, "http_hooks has URLs but lacks \"enabled on;\": no hook is called, everybody is let in")
}

// unknownHook reports a directive of http_hooks that we do not have.
func (b *builder) unknownHook(n *node, rs rules) {
	if srsEvents[n.name] {
		b.ignore("http_hooks", n, "this server has no such event")
		return
	}
	if near := suggest.Nearest(n.name, rs.names()); near != "" {
		b.errorf(n.file, n.line, "%s: no such directive inside of http_hooks; %s was meant?", brief(n.name), near)
		return
	}
	b.errorf(n.file, n.line,
		"%s: expected enabled, profile, timeout, retry, max_calls, insecure_tls, hook_keepalive or one of %s inside "+
			"of http_hooks", brief(n.name), eventNames())
}

// profile reads the profile directive.
func (b *builder) profile(n *node, h *server.Hooks) {
	p, err := hook.ProfileByName(n.args[0])
	if err != nil {
		b.errorf(n.file, n.line, "profile: expected %s, got %s", profileNames(), brief(n.args[0]))
		return
	}
	h.Profile = p.Name
}

// seconds reads a time: seconds, with decimals if need be.
func (b *builder) seconds(n *node, wants string, low float64, to *time.Duration) {
	b.secondsTo(n, wants, low, maxTime.Seconds(), to)
}

// secondsTo is seconds with a bound of its own.
func (b *builder) secondsTo(n *node, wants string, low, most float64, to *time.Duration) {
	seconds, err := strconv.ParseFloat(n.args[0], 64)
	if err != nil || !(seconds >= low && seconds <= most) {
		b.errorf(n.file, n.line, "%s: expected %s to %v, got %s", n.name, wants, most, brief(n.args[0]))
		return
	}
	*to = time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}

// urls reads the URLs of one event.
func (b *builder) urls(n *node, h *server.Hooks, event hook.Event) {
	for _, raw := range n.args {
		warning, err := checkURL(raw)
		if err != nil {
			b.errorf(n.file, n.line, "%s: %v", n.name, err)
			continue
		}
		if warning != "" {
			b.warnf(n.file, n.line, "%s: %s: %s", n.name, shown(raw), warning)
		}
		h.URLs[event] = append(h.URLs[event], raw)
	}
}

func eventNames() string {
	names := make([]string, 0, len(hook.Events))
	for _, event := range hook.Events {
		names = append(names, event.String())
	}
	return strings.Join(names, ", ")
}

func profileNames() string {
	var names []string
	for _, p := range hook.Profiles() {
		names = append(names, p.Name)
	}
	return strings.Join(names, " or ")
}
