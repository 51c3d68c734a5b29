package soak

import (
	"io"
	"time"
)

// Config says what churn there is. Zero values mean the defaults.
type Config struct {
	For    time.Duration // of churn in all, the warm-up not counted; default 5 s
	Round  time.Duration // of churn before each settling of the books; default 30 s, at most For
	Warmup time.Duration // of the round before the first, which sets the baseline; default 2 s
	Rate   float64       // clients a second; default 50
	Seed   uint64        // decides what each client does and what its link does to it
	Retry  time.Duration // for how long the server sends closing events again; 0: not at all
	Every  time.Duration // between lines of progress; default 10 s
	Out    io.Writer     // for progress; nil: none

	// settle bounds the wait for what a round leaves to go; default 2 min.
	settle time.Duration
	// between is put between the server and the links to its hook server until
	// takeDown, and leak called after each round's churn; by tests that plant
	// defects.
	between  func(upstream string) (addr string)
	takeDown func()
	leak     func(*rig)
}

// Times of all that waits. A fault takes a client a few seconds at most; what
// tells a client that gets nowhere from one on a busy machine lies far above.
const (
	hookTimeout  = time.Second      // of a hook call: some stalls take longer
	quietTimeout = 30 * time.Second // of a client that the server hears nothing of
	stepTimeout  = 60 * time.Second // of a client's step
)

// atOnce bounds the clients that are in at the same time: a machine that cannot
// keep up serves fewer a second, not all of them late.
func (c *Config) atOnce() int { return max(int(c.Rate*5), 50) }

func (c *Config) setDefaults() {
	def(&c.For, 5*time.Second)
	def(&c.Round, 30*time.Second)
	c.Round = min(c.Round, c.For)
	def(&c.Warmup, 2*time.Second)
	def(&c.Every, 10*time.Second)
	def(&c.Rate, 50)
	def(&c.settle, 2*time.Minute)
	if c.Out == nil {
		c.Out = io.Discard
	}
}

func def[T time.Duration | float64](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}
