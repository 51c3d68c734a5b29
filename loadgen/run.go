package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
	"hookproof/loadgen/rig"
)

// run is a test under way.
type run struct {
	cfg      Config
	plan     *plan.Plan
	keys     account.Keys
	sessions []*session // by index; nil: another shard's
	own      []*session // those of this process, in order of arrival

	g      gauges
	set    *measure.Set
	errors measure.Errors
	clock  time.Time // ties the monotonic clock to the epoch
	start  time.Time // when the plan's time began
	wg     sync.WaitGroup

	log      *account.Log
	endpoint *endpoint.Endpoint
	forward  *rig.Forwarder
	child    *rig.Child
	server   *measure.Process // the server, where it can be measured
	caller   *hook.Caller     // with HooksOnly, in place of a server
	urls     map[hook.Event][]string
	base     string // URL of the application
	notes    []string
	sampler  *sampler
}

// Output is a finished test: the report, and what its files are made of.
type Output struct {
	Report     *result.Report
	Histograms result.Histograms
	Evidence   result.Evidence
}

// Run plays a test to its end. When ctx is done, those who are in leave in
// order, nobody else comes, and the report is marked as partial. The error
// says why nothing could be played at all.
func Run(ctx context.Context, cfg Config) (*Output, error) {
	cfg.setDefaults()
	if err := room(&cfg); err != nil {
		return nil, err
	}
	r := &run{cfg: cfg, plan: plan.Make(cfg.Plan), keys: account.NewKeys(cfg.Run), set: measure.NewSet(), clock: time.Now()}
	if !cfg.refusing() {
		r.plan = r.plan.WithoutRefusals()
	}
	r.prepare()
	if err := r.putUp(); err != nil {
		r.takeDown()
		return nil, err
	}
	defer r.takeDown()
	if err := r.waitForStart(ctx); err != nil {
		return nil, err
	}
	if r.log != nil {
		r.log.MeasureFrom(r.planned(r.cfg.Warmup))
	}
	r.sampler = startSampler(r)
	partial := r.play(ctx)
	r.wg.Wait()
	r.settle()
	r.sampler.end()
	r.stopServer()
	return r.finish(partial), nil
}

// prepare makes the sessions of this process.
func (r *run) prepare() {
	r.sessions = make([]*session, len(r.plan.Sessions))
	for i := range r.plan.Sessions {
		p := &r.plan.Sessions[i]
		if !r.cfg.Shard.Has(p) {
			continue
		}
		s := &session{Session: p, r: r, settled: make(chan struct{}), measured: p.Arrive >= r.cfg.Warmup}
		s.out.Client = i
		if s.publishes() {
			s.stop, s.sent = make(chan struct{}), make(chan struct{})
		}
		r.sessions[i] = s
		r.own = append(r.own, s)
	}
}

// waitForStart waits for the time that shards have agreed upon.
func (r *run) waitForStart(ctx context.Context) error {
	r.start = time.Now()
	if r.cfg.StartAt.IsZero() {
		return nil
	}
	wait := time.Until(r.cfg.StartAt)
	if wait < 0 {
		return fmt.Errorf("the start time %s is over by %v", r.cfg.StartAt.Format(time.RFC3339), -wait.Round(time.Second))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		r.start = time.Now()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// planned gives the moment of a time of the plan.
func (r *run) planned(t time.Duration) time.Time { return r.start.Add(t) }

// nanos gives a moment as nanoseconds of the epoch, on a clock that never
// steps back; 0 for the zero time.
func (r *run) nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return r.clock.UnixNano() + int64(t.Sub(r.clock))
}

// mayPlay tells whether a player may get frames of that publisher: one of its
// stream that was not to be refused.
func (r *run) mayPlay(s *session, publisher uint64) bool {
	if publisher == 0 || publisher > uint64(len(r.plan.Sessions)) {
		return false
	}
	p := &r.plan.Sessions[publisher-1]
	return p.Role == plan.Publish && p.Stream == s.Stream && !p.Refused
}

// settle waits until the closing events that are due have come, of an
// interrupted run as well: its books are worth it.
func (r *run) settle() {
	if r.log == nil {
		return
	}
	deadline := time.NewTimer(r.cfg.Settle)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	next := 0
	for {
		for next < len(r.own) && r.closed(r.own[next]) {
			next++
		}
		if next == len(r.own) && r.othersClosed() {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return
		}
	}
}

// othersClosed tells whether the clients of other shards are gone, whose hooks
// come here as well: their time is over, and no client is open any more.
func (r *run) othersClosed() bool {
	return r.cfg.Shard.Of <= 1 || r.log.Open() == 0 && time.Since(r.start) > r.plan.Length
}

// closed tells whether the closing events of a client have come.
func (r *run) closed(s *session) bool {
	due := account.Due(r.cfg.Profile, s.Session, &s.out)
	for _, e := range [...]hook.Event{hook.OnUnpublish, hook.OnStop, hook.OnClose} {
		if r.log.Seen(s.Index, e) < due[e] {
			return false
		}
	}
	return true
}

// outcomes gives what the clients of this process saw.
func (r *run) outcomes() []account.Outcome {
	all := make([]account.Outcome, len(r.own))
	for i, s := range r.own {
		all[i] = s.out
	}
	return all
}
