package faultlink

import (
	"math/rand/v2"
	"time"
)

// A Mix draws plans: which of them is decided by the seed and a number alone.
type Mix struct {
	Seed uint64
	// PerMille says how many of 1,000 connections suffer each kind; the rest
	// suffers nothing.
	PerMille map[Kind]int
	// UpBytes and DownBytes bound after how many bytes of a direction a stall,
	// reset or half-close strikes.
	UpBytes, DownBytes int64
	// Latency bounds a delay, and Jitter what is added to it.
	Latency, Jitter time.Duration
	// Rate is the lowest bandwidth, in bytes a second; the highest is 8 times that.
	Rate int
	// Size bounds the bytes of a slice; it has a tenth of that at least.
	Size int
	// Stall bounds a stall; it takes a tenth of that at least.
	Stall time.Duration
	// Late bounds how long after its bytes a half-close may come; every other
	// one comes at once.
	Late time.Duration
}

// slicePause is long enough for the receiver to read, and short enough for many.
const slicePause = time.Millisecond

// Plan draws the plan of that number.
func (m *Mix) Plan(number uint64) Plan {
	rnd := rand.New(rand.NewPCG(m.Seed, number))
	at := rnd.IntN(1000)
	for _, k := range Kinds {
		if at -= m.PerMille[k]; at < 0 {
			return m.plan(k, rnd)
		}
	}
	return Plan{}
}

// plan draws one of a kind. What shapes bytes does so both ways, what ends or
// stalls them one way.
func (m *Mix) plan(k Kind, rnd *rand.Rand) Plan {
	switch k {
	case Delay:
		return both(Delayed{Latency: upTo(rnd, m.Latency), Jitter: upTo(rnd, m.Jitter)})
	case Bandwidth:
		return both(Narrow{Rate: m.Rate + rnd.IntN(7*m.Rate+1)})
	case Slice:
		return both(Sliced{Size: max(m.Size/10, 1) + rnd.IntN(m.Size-m.Size/10+1), Pause: slicePause})
	}
	up := rnd.IntN(2) == 0
	most := m.DownBytes
	if up {
		most = m.UpBytes
	}
	f := m.once(k, rnd.Int64N(most+1), rnd)
	if up {
		return Plan{Up: f}
	}
	return Plan{Down: f}
}

// once draws a fault that strikes once.
func (m *Mix) once(k Kind, after int64, rnd *rand.Rand) Fault {
	switch k {
	case Stall:
		return Stalled{After: after, For: m.Stall/10 + upTo(rnd, m.Stall-m.Stall/10)}
	case Reset:
		return Broken{After: after}
	}
	f := HalfClosed{After: after}
	if rnd.IntN(2) == 0 {
		f.Wait = upTo(rnd, m.Late)
	}
	return f
}

func both(f Fault) Plan { return Plan{Up: f, Down: f} }

// upTo draws a time of whole milliseconds up to most.
func upTo(rnd *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(rnd.Int64N(most.Milliseconds()+1)) * time.Millisecond
}
