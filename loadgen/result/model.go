package result

import (
	"time"

	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
)

// Schema names the format of report.json. Fields may be added to it; a change
// of meaning changes the number.
const Schema = "hookproof.loadgen/1"

// Verdict is what a test comes to.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"  // a threshold does not hold
	Void    Verdict = "void"    // the generator was the bottleneck: the figures say nothing of the server
	Partial Verdict = "partial" // no threshold failed, but the plan was not played to its end
)

// Report is everything that is known of a finished test.
type Report struct {
	Schema  string    `json:"schema"`
	Tool    string    `json:"tool"` // version of the generator
	Run     string    `json:"run"`  // name of the run, in stream names and keys
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"` // from the first client's time to the end
	Verdict Verdict   `json:"verdict"`
	Void    []string  `json:"void,omitempty"`    // why the figures are void
	Partial string    `json:"partial,omitempty"` // why the plan was not played to its end
	Notes   []string  `json:"notes,omitempty"`   // what a reader has to know

	Setup      Setup          `json:"setup"`
	Sessions   Sessions       `json:"sessions"`
	Latencies  []Latency      `json:"latencies"`
	Media      Media          `json:"media"`
	Hooks      *account.Books `json:"hooks,omitempty"` // nil: not accounted
	Errors     []measure.Kind `json:"errors"`
	ErrorTotal int64          `json:"error_total"`
	Own        Cost           `json:"own"`              // the generator and the recording endpoint
	Server     *Cost          `json:"server,omitempty"` // the built-in server, or the one whose process was named
	Checks     []Check        `json:"thresholds"`
	Series     []Sample       `json:"series"` // one a second
}

// Setup says what was asked for.
type Setup struct {
	Command   []string `json:"command,omitempty"` // the command line
	Target    string   `json:"target"`            // "built-in server" or the RTMP URL
	Hooks     string   `json:"hooks"`             // who answers the hooks
	Profile   string   `json:"profile"`
	Peak      int      `json:"peak"` // sessions at once
	Load      string   `json:"load"` // the stages in words
	Media     string   `json:"media"`
	Seed      uint64   `json:"seed"`
	Shard     string   `json:"shard,omitempty"` // "2/8"
	Machine   string   `json:"machine"`         // cores and system
	Arrivals  string   `json:"arrivals"`        // "poisson" or "even"
	Refusing  bool     `json:"refusing"`        // some clients were to be refused
	WithMedia bool     `json:"with_media"`
}

// Sessions counts clients: planned, and what became of them.
type Sessions struct {
	Planned    int   `json:"planned"`
	Started    int   `json:"started"`
	Publishers int   `json:"publishers"` // planned
	Players    int   `json:"players"`    // planned
	ToRefuse   int   `json:"to_refuse"`  // planned
	Connected  int64 `json:"connected"`
	Published  int64 `json:"published"`
	Played     int64 `json:"played"`
	Refused    int64 `json:"refused"` // of those that were to be
	Vanished   int64 `json:"vanished"`
	Left       int64 `json:"left"`
	Failed     int64 `json:"failed"` // not let in, or dropped, though they should have stayed
	PeakLive   int64 `json:"peak_live"`
}

// Latency is one metric's distribution, in milliseconds.
type Latency struct {
	Name  string  `json:"name"`
	Title string  `json:"title"`
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99.9"`
	Max   float64 `json:"max"`
	Curve []Point `json:"curve"`
}

// Point is a place on a percentile curve.
type Point struct {
	Percentile float64 `json:"percentile"` // 0 to 100
	Value      float64 `json:"value"`      // ms
}

// Media counts frames and bytes.
type Media struct {
	Sent      int64 `json:"frames_sent"`
	Received  int64 `json:"frames_received"`
	Lost      int64 `json:"frames_lost"` // gaps in what a player got of one publisher
	Reordered int64 `json:"frames_reordered"`
	Stalls    int64 `json:"stalls"`   // gaps that the publisher had not made
	NoFrame   int64 `json:"no_frame"` // players that never got a frame, though their publisher sent some
	BytesIn   int64 `json:"bytes_received"`
	BytesOut  int64 `json:"bytes_sent"`
}

// Cost is what a process took.
type Cost struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	CPUMean    float64 `json:"cpu_mean"` // cores
	CPUMax     float64 `json:"cpu_max"`  // cores, in the busiest second
	RSSMax     int64   `json:"rss_max"`  // bytes
	FilesMax   int     `json:"files_max"`
	Threads    int     `json:"threads_max"`
}

// Sample is the state of things at a second.
type Sample struct {
	At         float64 `json:"at"` // seconds since the start
	Started    int64   `json:"started"`
	Arriving   int64   `json:"arriving"`
	Publishing int64   `json:"publishing"`
	Playing    int64   `json:"playing"`
	Refused    int64   `json:"refused"` // so far
	Errors     int64   `json:"errors"`  // so far
	Hooks      int64   `json:"hooks"`   // requests so far
	Frames     int64   `json:"frames"`  // received so far
	Bytes      int64   `json:"bytes"`   // received so far
	OwnCPU     float64 `json:"own_cpu"`
	OwnRSS     int64   `json:"own_rss"`
	ServerCPU  float64 `json:"server_cpu"`
	ServerRSS  int64   `json:"server_rss"`
	EnterP99   float64 `json:"enter_p99"` // ms: publish and play accepted, so far
	E2EP99     float64 `json:"e2e_p99"`   // ms, so far
	Lateness   float64 `json:"lateness"`  // ms: p99 of start lateness so far

	// Latency is how the times of this second are spread, by the metric's name.
	Latency map[string]measure.Spread `json:"latency,omitempty"`
}

// Latency returns the metric of that name, nil if it was not measured.
func (r *Report) Latency(name string) *Latency {
	for i := range r.Latencies {
		if r.Latencies[i].Name == name {
			return &r.Latencies[i]
		}
	}
	return nil
}
