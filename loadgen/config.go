package loadgen

import (
	"cmp"
	"time"

	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// Config describes a test. Plan and Run are needed; Validate says what else is missing or contradicts.
type Config struct {
	Plan plan.Spec
	// Run names the run in stream names and keys: 1 to 20 lower-case letters and digits, but no x. Shards of one
	// test have the same name; otherwise it should be new.
	Run string
	// Profile of the hooks. Nil: the one that the server, or the hook server, turns out to speak; SRS1 where both
	// are our own.
	Profile *hook.Profile

	Shard plan.Shard // zero: the whole plan
	// Meet is where the first of several shards waits for the others, host:port, so that all begin together;
	// empty: they do not wait for each other.
	Meet       string
	MeetWithin time.Duration // how long shards wait for each other; 0: DefaultMeetWithin
	StartAt    time.Time     // when the plan begins; zero: at once

	// RTMP is the server under test, rtmp://host[:port]/app; empty: the built-in one is started.
	RTMP string
	// HTTP is where that server serves HTTP-FLV and HLS, http://host[:port]; needed with RTMP where the Plan has
	// players over HTTP.
	HTTP string
	// Listen is where our endpoint takes the hooks of a server that RTMP names; empty: they are not accounted for.
	// Of several shards only the first one listens.
	Listen string
	// Spread has every shard listen, each for a part of the hooks. Only the merged report accounts for them. It needs
	// Profile.
	Spread bool
	// PID is the process of the server under test on this machine, to be measured; 0: none. The built-in server is
	// always measured.
	PID int

	// Hooks are the URLs of somebody's hook server, by event, asked through our endpoint; nil: our endpoint answers.
	Hooks map[hook.Event][]string
	// HooksOnly sends the hook traffic straight to Hooks, without RTMP.
	HooksOnly bool
	// Accept and Refuse are credentials, KEY=VALUE or EVENT:KEY=VALUE, that the hook server accepts and refuses.
	// Identities are files of such clients. Where nobody is refused, all clients are expected to be let in.
	Accept, Refuse, Identities []string
	// TokenAt is where clients present their credentials: "tcUrl", "param" (after the stream's name), "both", or
	// "auto": param where all opening events of the profile carry it, otherwise tcUrl.
	TokenAt string

	// Between, when set, is told our endpoint's URL once it listens, and returns the one that the built-in server
	// is to call instead: tests put a bad network in between.
	Between func(hooks string) string

	Media     Media
	Burst     time.Duration // publishers send so much media at once; 0: a picture at a time
	Timeout   time.Duration // of each step of a client; 0: DefaultTimeout
	Stall     time.Duration // a gap in media that counts; 0: DefaultStall
	Warmup    time.Duration // clients due before are left out of the latencies
	Settle    time.Duration // how long closing events may take at the end; 0: DefaultSettle
	LateAfter time.Duration // how long an answer of Hooks may take; 0: DefaultLate
	Sources   []string      // local addresses to connect from

	Thresholds []result.Threshold // besides the presets
	Command    []string           // for the report
	// Live, when set, is told the state of things every second, and once at the end, from one goroutine.
	Live func(State)
}

// Media is what publishers send. The zero value is the embedded clip of about 380 kbit/s.
type Media struct {
	File    string // an FLV file, repeated
	Bitrate int    // of a synthetic stream, bits per second
	None    bool   // next to nothing: nobody misses frames
}

// Defaults of Config.
const (
	DefaultTimeout    = 10 * time.Second
	DefaultStall      = time.Second
	DefaultSettle     = 10 * time.Second
	DefaultLate       = 2 * time.Second // the bar of H-RSP-08
	DefaultMeetWithin = 2 * time.Minute
)

func (c *Config) setDefaults() {
	c.Timeout = cmp.Or(max(c.Timeout, 0), DefaultTimeout)
	c.Stall = cmp.Or(max(c.Stall, 0), DefaultStall)
	c.Settle = cmp.Or(max(c.Settle, 0), DefaultSettle)
	c.MeetWithin = cmp.Or(max(c.MeetWithin, 0), DefaultMeetWithin)
	c.LateAfter = cmp.Or(max(c.LateAfter, 0), DefaultLate)
	if c.Hooks == nil {
		c.LateAfter = 0 // our own endpoint's slowness is nobody else's fault
	}
	if !c.listens() {
		c.Listen = ""
	}
}

// listens reports whether this process takes the hooks of the server that RTMP names.
func (c *Config) listens() bool {
	return c.Listen != "" && (c.Spread || c.Shard.Of <= 1 || c.Shard.Number == 1)
}

// accounted reports whether our endpoint sees the hooks, or calls the hook server itself.
func (c *Config) accounted() bool { return c.RTMP == "" || c.Listen != "" }

// elsewhere reports whether the endpoint of another shard sees the hooks.
func (c *Config) elsewhere() bool { return !c.accounted() && c.Shard.Of > 1 && c.Shard.Number > 1 }

// theirs reports whether somebody else's hook server decides who gets in.
func (c *Config) theirs() bool { return c.Hooks != nil || !c.accounted() && !c.elsewhere() }

// keyed reports whether every opening event shows whose it is. Otherwise on_connect alone does.
func (c *Config) keyed() bool { return identity.Auto.In(c.Profile) == identity.Param }

// State is what a live view shows.
type State struct {
	result.Sample
	Planned, Peak int
	Length        time.Duration // planned
	Phase         string        // "ramp", "hold", "down", "settling", "done"
	Enter, E2E    time.Duration // p99 so far; 0: none yet
	// Report returns the report as it would be now, without the books. It may
	// be called while the state is shown, and not later.
	Report func() *result.Report
}
