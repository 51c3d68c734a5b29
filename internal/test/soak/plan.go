package soak

import (
	"fmt"
	"math/rand/v2"
	"net"

	"hookproof/hook"
	"hookproof/internal/test/faultlink"
)

// act is what a client comes for.
type act uint8

const (
	publishes act = iota
	plays
	twice  // publishes or plays, stops, and does so again
	hasty  // publishes or plays, and leaves without waiting for the answer
	idles  // connects only
	mute   // never sends connect
	anchor // publishes as long as the round lasts, for others to play
)

// parting is how a client leaves.
type parting uint8

const (
	leaves   parting = iota // with a goodbye
	closes                  // FIN
	vanishes                // RST
	kicked                  // over the server's API
)

var (
	actNames = [...]string{"publishes", "plays", "publishes or plays twice", "is hasty", "idles", "is mute",
		"is an anchor"}
	partingNames = [...]string{"leaves", "closes", "vanishes", "is kicked"}
)

// plan is one client's life, as its number and the seed decide.
type plan struct {
	number  int
	profile *hook.Profile
	act     act
	parting parting
	player  bool // of those that do either
	fed     bool // plays an anchor, so that frames must come
	stream  string
	frames  int        // that a publisher sends, at once
	refused bool       // by the hook server, at
	at      hook.Event // this event
	link    faultlink.Plan
}

// tested are the profiles that clients come in, by turns: what those between the two do is in one of them.
var tested = [2]*hook.Profile{hook.SRS1, hook.SRS7}

// anchors are the streams that live throughout a round, half of them in the
// vhost of each profile.
const anchors = 4

// firstAnchor is the lowest number of a client that is an anchor: 4 million others fit below.
const firstAnchor = 1 << 22

// draw makes the plan of a client; one of nobody has none.
func draw(seed uint64, mix *faultlink.Mix, number int) plan {
	if number < 0 {
		return plan{number: number, profile: hook.SRS1}
	}
	rnd := rand.New(rand.NewPCG(seed, uint64(number)))
	p := plan{number: number, profile: tested[number%2]}
	if number >= firstAnchor {
		p.act, p.stream = anchor, anchorName((number-firstAnchor)%anchors)
		return p
	}
	p.act = pick(rnd, 34, 32, 10, 10, 6, 8)
	p.parting = parting(pick(rnd, 40, 20, 30, 10))
	p.player = p.act == plays || p.act != publishes && rnd.IntN(2) == 0
	p.frames = rnd.IntN(40)
	p.stream = fmt.Sprintf("s%d", number)
	if p.player {
		if p.fed = rnd.IntN(4) > 0; p.fed {
			p.stream = anchorName(2*rnd.IntN(anchors/2) + number%2) // those of its vhost
		} else {
			p.stream = fmt.Sprintf("s%d", number-2) // of somebody who may be there
		}
	}
	if p.refused = p.asks() && rnd.IntN(6) == 0; p.refused {
		events := [...]hook.Event{hook.OnConnect, p.event()}
		p.at = events[rnd.IntN(2)]
	}
	p.link = mix.Plan(uint64(number))
	return p
}

// pick draws an index by weights.
func pick(rnd *rand.Rand, weights ...int) act {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := rnd.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return act(i)
		}
	}
	return 0
}

func anchorName(i int) string { return fmt.Sprintf("anchor%d", i) }

// asks tells whether the client publishes or plays.
func (p *plan) asks() bool { return p.act != idles && p.act != mute }

// event is the event of what it asks for.
func (p *plan) event() hook.Event {
	if p.player {
		return hook.OnPlay
	}
	return hook.OnPublish
}

// String describes the plan as evidence shows it.
func (p *plan) String() string {
	s := fmt.Sprintf("%s (%s, %s), then %s", actNames[p.act], p.event(), p.stream, partingNames[p.parting])
	if p.refused {
		s += fmt.Sprintf("; refused at %s", p.at)
	}
	return s + "; its link: " + p.link.String()
}

// vhost is the virtual host whose hooks are of the client's profile.
func vhost(p *hook.Profile) string { return p.Name + ".soak" }

// address is where a client connects from: each has its own, so that every
// event of it, and every connection on the way, says whose it is.
func address(number int) net.IP {
	n := number + 1<<16 // leaves 127.0.0.0/16 to others
	return net.IPv4(127, byte(n>>16), byte(n>>8), byte(n))
}

// numberOf is the inverse of address; -1 for who is no client.
func numberOf(ip net.IP) int {
	v4 := ip.To4()
	if v4 == nil || v4[0] != 127 || v4[1] == 0 {
		return -1
	}
	return (int(v4[1])<<16 | int(v4[2])<<8 | int(v4[3])) - 1<<16
}
