package loadgen

import (
	"net/url"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/media"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// Config says what a test is to be. Plan and Profile are needed.
type Config struct {
	Plan    plan.Spec
	Shard   plan.Shard // zero: the whole plan
	StartAt time.Time  // of the first client; zero: at once
	Profile *hook.Profile
	// Run names the run in stream names and keys: lower-case letters and digits.
	// Shards of one test have the same; otherwise it should be new.
	Run string

	// RTMP is the server under test, rtmp://host[:port]/app; empty: the
	// built-in one is started.
	RTMP string
	// Listen is where our endpoint takes the hooks of a server that RTMP names;
	// empty: its hooks are not accounted.
	Listen string
	// PID is the server under test, where it is a process of this machine that
	// is to be measured; 0: it is not. The built-in one always is.
	PID int
	// Hooks is the base URL of somebody's hook server, asked through our endpoint.
	Hooks *url.URL
	// HooksOnly sends hook traffic straight to Hooks, without RTMP.
	HooksOnly bool
	// Accept and Refuse are credentials, "token=good", that clients carry in
	// tcUrl or in their stream's parameters. Without Refuse a foreign hook
	// server is expected to accept everybody.
	Accept, Refuse string
	// Between, when set, is told our endpoint's URL once it listens, and says
	// which one the built-in server is given instead: a test puts a bad network
	// between.
	Between func(hooks string) string

	Media     media.Source
	NoMedia   bool          // Media is next to nothing: nobody misses frames
	Burst     time.Duration // publishers send so much media at once; 0: a picture at a time
	Timeout   time.Duration // of each step of a client; 0: 10 s
	Stall     time.Duration // a gap in media that counts; 0: 1 s
	Warmup    time.Duration // clients due before are not in the latencies
	Settle    time.Duration // how long closing events may take at the end; 0: 10 s
	LateAfter time.Duration // how long an answer of Hooks may take; 0: DefaultLate
	Sources   []string      // local addresses to connect from

	Thresholds []result.Threshold // besides the presets
	Command    []string           // for the report
	// Live, when set, is told the state of things every second, and once at
	// the end, from one goroutine.
	Live func(State)
}

// Defaults of Config.
const (
	DefaultTimeout = 10 * time.Second
	DefaultStall   = time.Second
	DefaultSettle  = 10 * time.Second
	DefaultLate    = 2 * time.Second // the bar of H-RSP-08
)

func (c *Config) setDefaults() {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Stall <= 0 {
		c.Stall = DefaultStall
	}
	switch {
	case c.Hooks == nil:
		c.LateAfter = 0
	case c.LateAfter <= 0:
		c.LateAfter = DefaultLate
	}
	if c.Settle <= 0 {
		c.Settle = DefaultSettle
	}
}

// accounted tells whether our endpoint sees the hooks.
func (c *Config) accounted() bool { return c.RTMP == "" || c.Listen != "" }

// refusing tells whether anybody will refuse those that are to be refused: our
// endpoint, that of another shard, or a server that was named credentials.
func (c *Config) refusing() bool {
	if c.Shard.Of > 1 && c.RTMP != "" && c.Hooks == nil {
		return true
	}
	if c.Hooks != nil || !c.accounted() {
		return c.Refuse != ""
	}
	return true
}

// State is what a live view shows.
type State struct {
	result.Sample
	Planned, Peak int
	Length        time.Duration // planned
	Phase         string        // "ramp", "hold", "down", "settling", "done"
	Enter, E2E    time.Duration // p99 so far; 0: none yet
}
