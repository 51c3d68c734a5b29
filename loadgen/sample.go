package loadgen

import (
	"math"
	"os"
	"time"

	"hookproof/loadgen/measure"
	"hookproof/loadgen/result"
)

// sampler looks at everything once a second, in a goroutine of its own.
type sampler struct {
	r        *run
	own, srv *measure.Process
	series   []result.Sample
	costs    [2]result.Cost
	stop     chan struct{}
	done     chan struct{}
}

func startSampler(r *run) *sampler {
	m := &sampler{r: r, stop: make(chan struct{}), done: make(chan struct{})}
	m.own, _ = measure.Watch(os.Getpid()) // where there is no procfs, costs are 0
	m.srv = r.server
	go m.run()
	return m
}

// end takes the last sample.
func (m *sampler) end() {
	close(m.stop)
	<-m.done
}

func (m *sampler) run() {
	defer close(m.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.take("")
		case <-m.stop:
			m.take("done")
			return
		}
	}
}

// take takes one sample.
func (m *sampler) take(phase string) {
	r, g := m.r, &m.r.g
	at := time.Since(r.start)
	s := result.Sample{
		At: at.Seconds(), Started: g.started.Load(), Arriving: g.arriving.Load(), Publishing: g.publishing.Load(),
		Playing: g.playing.Load(), Refused: g.refused.Load(), Errors: r.errors.Total(), Frames: g.received.Load(),
		Bytes: g.bytesIn.Load(),
	}
	if r.log != nil {
		s.Hooks, _ = r.log.Counts()
	}
	s.OwnCPU, s.OwnRSS = look(m.own, &m.costs[0])
	s.ServerCPU, s.ServerRSS = look(m.srv, &m.costs[1])
	enter, _ := r.measures.Quantile(measure.Play, 99)
	if p, ok := r.measures.Quantile(measure.Publish, 99); ok {
		enter = max(enter, p)
	}
	e2e, _ := r.measures.Quantile(measure.E2E, 99)
	late, _ := r.measures.Quantile(measure.Lateness, 99)
	s.EnterP99, s.E2EP99, s.Lateness = millis(enter), millis(e2e), millis(late)
	s.Latency = m.latency()
	m.keep(s)
	if r.cfg.Live != nil {
		if phase == "" {
			phase = r.phase(at)
		}
		r.cfg.Live(State{Sample: s, Planned: len(r.own), Peak: r.cfg.Plan.Peak(), Length: r.plan.Length, Phase: phase,
			Enter: enter, E2E: e2e,
			Report: m.standing})
	}
}

// timed are the metrics whose times are kept second by second.
var timed = []measure.Metric{measure.Publish, measure.Play, measure.Hook, measure.E2E}

// latency is how the times since the last sample are spread.
func (m *sampler) latency() map[string]measure.Spread {
	all := map[string]measure.Spread{}
	for _, metric := range timed {
		if spread, some := m.r.measures.Interval(metric); some {
			all[metric.String()] = spread
		}
	}
	return all
}

// standing is the report as far as it can be told while the test goes on: what
// the books say of the hooks is known at its end.
func (m *sampler) standing() *result.Report {
	hs := result.Collect(m.r.measures)
	rep := m.r.report(hs, m)
	for _, t := range result.Combine(result.Defaults(false), m.r.cfg.Thresholds) {
		if t.Decided() {
			rep.Checks = append(rep.Checks, t.Check(rep, hs))
		}
	}
	return rep
}

func (m *sampler) keep(s result.Sample) {
	if n := len(m.series); n > 0 && s.At-m.series[n-1].At < 0.5 { // the last one, out of turn: its rates would be noise
		m.series[n-1].Started, m.series[n-1].Hooks, m.series[n-1].Errors = s.Started, s.Hooks, s.Errors
		return
	}
	if len(m.series) >= result.MaxSeries { // of a longer run every second sample goes, again and again
		half := m.series[:0]
		for i := 0; i < len(m.series); i += 2 {
			half = append(half, m.series[i])
		}
		m.series = half
	}
	m.series = append(m.series, s)
}

// look takes a process's cost into the sum.
func look(p *measure.Process, sum *result.Cost) (cpu float64, rss int64) {
	if p == nil {
		return 0, 0
	}
	c, err := p.Look()
	if err != nil {
		return 0, 0
	}
	sum.CPUSeconds = c.Seconds
	sum.CPUMax = max(sum.CPUMax, c.CPU)
	sum.RSSMax = max(sum.RSSMax, c.RSS)
	sum.FilesMax = max(sum.FilesMax, c.Files)
	sum.Threads = max(sum.Threads, c.Threads)
	return math.Round(c.CPU*1000) / 1000, c.RSS
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// phase says where in the plan a time is.
func (r *run) phase(at time.Duration) string {
	switch {
	case at < r.plan.HoldFrom:
		return "ramp"
	case at < r.plan.HoldUntil:
		return "hold"
	case at < r.plan.Length:
		return "down"
	}
	return "settling"
}
