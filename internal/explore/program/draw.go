package program

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Limits of what is drawn.
type Limits struct {
	Clients int  // at most, 1 to 8
	Kick    bool // clients can be kicked off over the server's HTTP API
}

// Draw returns the program of a seed. The same seed and limits give the same program.
func Draw(seed uint64, l Limits) Program {
	return rapid.Custom(func(t *rapid.T) Program { return draw(t, l) }).Example(int(seed))
}

// clientState is what a program knows of a client while it is drawn, if the hook
// server's answers alone decide; whoever turns out to be gone then does nothing.
type clientState uint8

const (
	absent clientState = iota
	connected
	busy  // publishes or plays
	idle  // has ended its stream, and is connected
	ended // so, perhaps, by deleteStream, which need not end it: all that it can do is go
	gone
)

// drawn is a program in the making.
type drawn struct {
	t       *rapid.T
	limits  Limits
	names   []string
	state   map[string]clientState
	plays   map[string]bool
	flash   map[string]bool
	holds   map[string]bool // an answer to it is held back, perhaps
	program Program
}

// mostSteps bounds a program: longer ones find nothing that two short ones do not.
const mostSteps = 24

func draw(t *rapid.T, l Limits) Program {
	n := rapid.IntRange(1, max(1, min(l.Clients, len(Names)))).Draw(t, "clients")
	d := &drawn{t: t, limits: l, names: Names[:n], state: map[string]clientState{}, plays: map[string]bool{},
		flash: map[string]bool{}, holds: map[string]bool{}}
	for _, name := range d.names {
		d.plays[name] = d.one(3, "plays") == 0
		d.flash[name] = d.one(4, "flash") == 0
	}
	for range d.one(n+2, "rules") {
		d.rule()
	}
	steps := rapid.IntRange(n, min(mostSteps, 4*n+3)).Draw(t, "steps")
	for range steps {
		d.step()
	}
	return d.program
}

// one draws a number below n.
func (d *drawn) one(n int, label string) int { return rapid.IntRange(0, n-1).Draw(d.t, label) }

func (d *drawn) pick(from []string, label string) string {
	return rapid.SampledFrom(from).Draw(d.t, label)
}

func (d *drawn) add(s Step) { d.program = append(d.program, s) }

// in lists the clients in one of these states.
func (d *drawn) in(states ...clientState) (all []string) {
	for _, name := range d.names {
		if slices.Contains(states, d.state[name]) {
			all = append(all, name)
		}
	}
	return all
}

// step adds a step of a kind that makes sense now.
func (d *drawn) step() {
	switch n := d.one(20, "what"); {
	case n < 7 && len(d.in(absent)) > 0:
		d.comes()
	case n < 9 && len(d.in(connected, idle)) > 0:
		d.again()
	case n < 12 && len(d.in(busy)) > 0:
		d.does()
	case n < 15 && len(d.in(busy, idle, ended, connected)) > 0:
		d.goes()
	case n < 17:
		d.rule()
	case n < 18 && len(d.holds) > 0:
		d.releases()
	case n < 19:
		d.add(Step{Kind: Fence})
	case len(d.in(absent)) > 0:
		d.comes()
	default:
		d.add(Step{Kind: Peer, How: d.pick(peers, "peer")})
	}
}

var peers = []string{"opens a TCP connection", "completes the handshake", "sends half a handshake", "sends garbage",
	"sends garbage after the handshake"}

func (d *drawn) act(name string) string {
	if d.plays[name] {
		return "play"
	}
	return "publish"
}

// stream draws a name: half of the time the same.
func (d *drawn) stream() string {
	if d.one(2, "collides") == 0 {
		return Streams[0]
	}
	return d.pick(Streams, "stream")
}

// comes has a client come: alone, or together with a rival.
func (d *drawn) comes() {
	name := d.pick(d.in(absent), "who")
	if d.one(8, "connects") == 0 {
		d.add(Step{Kind: Connect, Client: name})
		d.state[name] = connected
		return
	}
	var rivals []string
	for _, other := range d.in(absent) {
		if !d.plays[other] && len(rivals) < 3 {
			rivals = append(rivals, other)
		}
	}
	if len(rivals) > 1 && d.one(4, "rivals") == 0 {
		d.add(Step{Kind: AtOnce, Client: list(rivals), Stream: d.stream()})
		for _, r := range rivals {
			d.state[r], d.flash[r] = busy, false
		}
		return
	}
	s := Step{Kind: Enter, Client: name, Act: d.act(name), Stream: d.stream()}
	if !d.plays[name] {
		s.Flash, s.Eager = d.flash[name], d.one(4, "eager") == 0
	}
	d.add(s)
	d.state[name] = busy
}

// list writes names as sentences have them.
func list(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// again has a client publish or play on the connection that it has.
func (d *drawn) again() {
	name := d.pick(d.in(connected, idle), "who")
	d.flash[name] = d.flash[name] && d.state[name] != connected // who connects is an encoder
	d.add(Step{Kind: Again, Client: name, Act: d.act(name), Stream: d.stream()})
	d.state[name] = busy
}

// does has a client do something with its stream.
func (d *drawn) does() {
	name := d.pick(d.in(busy), "who")
	if d.plays[name] && d.one(2, "pauses") == 0 {
		kind := Pause
		if d.one(3, "seeks") == 0 || d.holds[name] {
			kind = Seek
		}
		d.add(Step{Kind: kind, Client: name})
		return
	}
	if d.holds[name] {
		return
	}
	s := Step{Kind: End, Client: name, Command: "FCUnpublish"}
	d.state[name] = idle
	if d.plays[name] || d.flash[name] {
		s.Command = "closeStream"
	}
	if d.one(5, "deletes") == 0 {
		s.Command, d.state[name] = "deleteStream", ended
	}
	d.add(s)
}

var ways = []string{Leaves, Leaves, "vanishes", "vanishes", "closes their connection",
	"closes the sending half of their connection", "falls silent"}

// goes ends a client's connection, one way or another.
func (d *drawn) goes() {
	name := d.pick(d.in(busy, idle, ended, connected), "who")
	if d.limits.Kick && d.one(6, "kicked") == 0 {
		d.add(Step{Kind: Kick, Client: name})
	} else {
		d.add(Step{Kind: Go, Client: name, How: d.pick(ways, "how")})
	}
	d.state[name] = gone
}

var closings = []string{"on_unpublish", "on_stop", "on_close"}

// rule has the hook server answer an event of a client in another way than plainly, or
// later. on_connect may come more than once: who it refuses it must refuse at first.
func (d *drawn) rule() {
	name := d.pick(d.names, "whose")
	opens := "on_publish"
	if d.plays[name] {
		opens = "on_play"
	}
	event := opens
	switch n := d.one(6, "event"); {
	case n == 0 && d.state[name] == absent:
		event = "on_connect"
	case n == 1 || n == 2:
		event = d.pick(closings, "closing")
	}
	if d.state[name] == gone && event != "on_close" {
		return
	}
	if d.one(3, "holds") == 0 {
		d.add(Step{Kind: Hold, Client: name, Event: event})
		d.holds[name] = true
		return
	}
	d.add(Step{Kind: Answer, Client: name, Event: event, Answer: d.answer()})
}

func (d *drawn) answer() string {
	switch n := d.one(10, "answer"); {
	case n < 3:
		return PlainRefuse
	case n < 6:
		return d.pick(refusals, "refusal")
	case n < 8:
		return d.pick(acceptances, "acceptance")
	}
	return d.pick(delays, "delay")
}

func (d *drawn) releases() {
	s := Step{Kind: Release}
	if d.one(3, "refuses") == 0 {
		s = Step{Kind: ReleaseAs, Answer: d.pick(refusals, "refusal")}
	}
	d.add(s)
	clear(d.holds)
}

// Answers. Which of them accept is the profile's to say.
var (
	acceptances = []string{"200 and `0`, chunked", "200 and `0`, as HTTP/1.0 without length",
		"200 and `0`, without length", "200 and `0`, with Connection: close", "201 and `0`", "200 and `{\"code\":0}`",
		"201 and `{\"code\":0}`", "200 and `{\"code\":0,\"msg\":\"ok\"}`", "200 and `{\"code\": 0, \"data\": null}\\n`",
		"200 and `\\n{\"code\":0}`", "200 and `{\"code\":0}`, chunked", "200 and an object of 200 KB whose code is 0"}
	refusals = []string{PlainRefuse, "200 and `{\"code\":1}`", "200 and `{\"code\":\"0\"}`", "200 and `{\"code\":0.0}`",
		"200 and `{}`", "200 and `[]`", "200 and `null`", "200 and `true`", "200 and `\"0\"`", "200 and `ok`",
		"200 and ``",
		"200 and `0\\n`", "200 and ` 0`", "200 and `00`", "200 and `-0`", "200 and `0.0`", "202 and `0`",
		"302 and `0`", "404 and `0`", "500 and `0`", "500 and `{\"code\":0}`", "a reset connection",
		"a closed connection", "what is not HTTP", "a truncated answer", "200 and `0`, gzipped"}
	delays = []string{"200 and `0`, after 20 ms", "200 and `0`, after 80 ms", "200 and `1`, after 40 ms"}
)
