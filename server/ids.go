package server

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"sync/atomic"

	"hookproof/hook"
)

// ids makes the ids of one run of a server. They begin at a random place, so that a hook server that
// remembers the run before does not take new clients for old ones.
type ids struct {
	client *atomic.Uint64
	salt   uint64
}

const (
	digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	// idSpace is how many texts of idLength digits there are; spread has no factor in common with it, so
	// that multiplying by it takes different numbers to different texts.
	idLength = 8
	idSpace  = 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36
	spread   = 1_000_003
)

func newIDs() ids {
	const firstMost = 1 << 30 // leaves as many for the clients of this run in a 32-bit integer
	g := ids{client: new(atomic.Uint64), salt: random() % idSpace}
	g.client.Store(random() % firstMost)
	return g
}

func random() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails, says its documentation
	return binary.LittleEndian.Uint64(b[:])
}

// next returns a client's number: 1 or more, never the same twice (S-ID-02).
func (g *ids) next() uint64 { return g.client.Add(1) }

// clientID writes a client's number as the profile has it: an integer, or 8 digits and letters as SRS makes them.
func (g *ids) clientID(number uint64, p *hook.Profile) string {
	if p.ClientIDKind() == hook.NumberID {
		return strconv.FormatUint(number, 10)
	}
	return text((number%idSpace)*spread + g.salt)
}

// means reports whether an id given by hand is that of a client's number, in whatever profile.
func (g *ids) means(number uint64, id string) bool {
	for _, p := range hook.Profiles() {
		if g.clientID(number, p) == id {
			return true
		}
	}
	return false
}

func (g *ids) streamID() string { return "vid-" + text(random())[1:] }

// text writes a number in 36 digits, modulo idSpace.
func text(n uint64) string {
	var b [idLength]byte
	for i := range b {
		b[i] = digits[n%36]
		n /= 36
	}
	return string(b[:])
}
