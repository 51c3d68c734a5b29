package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/identity"
	"hookproof/loadgen/account"
	"hookproof/loadgen/internal/builtin"
	"hookproof/loadgen/internal/forward"
	"hookproof/loadgen/internal/hooklog"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// run is a test under way.
type run struct {
	cfg      Config
	set      settings
	profile  *hook.Profile
	place    identity.Place // where credentials are presented, resolved for the profile
	refusing bool           // those who are to be refused will be
	asked    plan.Share     // of those who are to be refused, whether anybody refuses or not
	plan     *plan.Plan
	keys     account.Keys
	sessions []*session // by index; nil: another shard's
	own      []*session // those of this process, in order of arrival

	g        gauges
	measures *measure.Set
	errors   measure.Errors
	clock    time.Time // ties the monotonic clock to the epoch
	start    time.Time // when the plan's time began
	meeting  string    // name of the shards' meeting; empty: none
	wg       sync.WaitGroup

	log      *hooklog.Log
	endpoint *endpoint.Endpoint
	forward  *forward.Forwarder
	child    *builtin.Child
	server   *measure.Process // the server, where it can be measured
	caller   *hook.Caller     // with HooksOnly, in place of a server
	base     string           // URL of the application; the default one where there is no RTMP server
	http     string           // host:port of HTTP-FLV and HLS
	hooksAt  string           // URL at which the server reaches our endpoint
	notes    []string
	sampler  *sampler
}

// Output is a finished test: the report, and what its files are made of.
type Output struct {
	Report     *result.Report
	Histograms result.Histograms
	Evidence   result.Evidence
}

// Run plays a test to its end. A probe goes first, so that what makes the test worthless is an error at once. When
// ctx is done, those who are in leave in order, nobody else comes, and the report is partial. The error says why
// nothing could be played at all.
func Run(ctx context.Context, cfg Config) (*Output, error) {
	set, err := cfg.settle()
	if err != nil {
		return nil, err
	}
	cfg.setDefaults()
	if err := cfg.room(); err != nil {
		return nil, err
	}
	r := newRun(cfg, set)
	defer r.stopTarget()
	if err := r.startTarget(ctx); err != nil {
		return nil, err
	}
	if err := r.probe(ctx); err != nil {
		return nil, fmt.Errorf("the test did not begin: %w", err)
	}
	if r.cfg.HooksOnly {
		r.startCaller()
	}
	if err := r.waitForStart(ctx); err != nil {
		return nil, err
	}
	if r.log != nil {
		r.log.MeasureFrom(r.planned(r.cfg.Warmup))
	}
	r.sampler = startSampler(r)
	partial := r.play(ctx)
	r.wg.Wait()
	r.awaitClosing()
	r.sampler.end()
	r.stopServer()
	return r.finish(partial), nil
}

// newRun lays the test out.
func newRun(cfg Config, set settings) *run {
	r := &run{cfg: cfg, set: set, keys: account.NewKeys(cfg.Run), measures: measure.NewSet(), clock: time.Now(),
		asked: cfg.Plan.Refused,
		base:  "rtmp://127.0.0.1:1935/live"}
	r.refusing = !cfg.theirs() || len(set.identities.Refuse) > 0
	if !r.refusing {
		r.cfg.Plan.Refused = plan.Share{}
	}
	switch {
	case len(cfg.Plan.RefuseAt) > 0:
	case cfg.theirs():
		r.cfg.Plan.RefuseAt = set.identities.RefuseAt()
	case cfg.Spread && !cfg.keyed():
		r.cfg.Plan.RefuseAt = []hook.Event{hook.OnConnect}
	}
	r.plan = plan.Make(r.cfg.Plan)
	r.prepare()
	return r
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

// waitForStart waits until all shards are there, or for the time that they have agreed upon.
func (r *run) waitForStart(ctx context.Context) (err error) {
	at := r.cfg.StartAt
	switch {
	case r.cfg.Meet != "":
		if at, r.meeting, err = r.meet(ctx); err != nil {
			return err
		}
	case !at.IsZero() && time.Until(at) < 0:
		return fmt.Errorf("the start time %s is over by %v", at.Format(time.RFC3339), time.Since(at).Round(time.Second))
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		r.start = time.Now()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// planned returns the moment of a time of the plan.
func (r *run) planned(t time.Duration) time.Time { return r.start.Add(t) }

// nanos returns a moment as nanoseconds of the epoch, on a clock that never
// steps back; 0 for the zero time.
func (r *run) nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return r.clock.UnixNano() + int64(t.Sub(r.clock))
}

// mayPlay reports whether a player may get frames of that publisher: one of its
// stream that was not to be refused.
func (r *run) mayPlay(s *session, publisher uint64) bool {
	if publisher == 0 || publisher > uint64(len(r.plan.Sessions)) {
		return false
	}
	p := &r.plan.Sessions[publisher-1]
	return p.Role == plan.Publish && p.Stream == s.Stream && !p.Refused
}

// awaitClosing waits until the closing events that are due have come, of an interrupted run as well.
func (r *run) awaitClosing() {
	if r.log == nil {
		return
	}
	deadline := time.NewTimer(r.cfg.Settle)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	next := 0
	for {
		for next < len(r.own) && (r.cfg.Spread || r.closed(r.own[next])) {
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

// quiet is how long no request comes to one of several endpoints before it takes the test for over.
const quiet = 2 * time.Second

// othersClosed reports whether the clients of other shards are gone, whose hooks come here as well: their time is
// over, and no client is open any more. Where each shard sees a part of the hooks, none comes any more.
func (r *run) othersClosed() bool {
	switch {
	case r.cfg.Shard.Of <= 1 || r.cfg.HooksOnly:
		return true
	case time.Since(r.start) <= r.plan.Length:
		return false
	case r.cfg.Spread:
		return r.log.Quiet() > quiet
	}
	return r.log.Open() == 0
}

// closed reports whether the closing events of a client have come.
func (r *run) closed(s *session) bool {
	due := account.Due(r.profile, s.Session, &s.out)
	for _, e := range [...]hook.Event{hook.OnUnpublish, hook.OnStop, hook.OnClose} {
		if r.log.Seen(s.Index, e) < due[e] {
			return false
		}
	}
	return true
}

// outcomes returns what the clients of this process saw.
func (r *run) outcomes() []account.Outcome {
	all := make([]account.Outcome, len(r.own))
	for i, s := range r.own {
		all[i] = s.out
	}
	return all
}
