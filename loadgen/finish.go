package loadgen

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/redact"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// finish judges the test and makes its report.
func (r *run) finish(partial string) *Output {
	hooks := r.log != nil && !r.cfg.Spread // a part of the hooks says nothing
	ev := result.Evidence{
		Profile: r.profile.Name, Plan: r.cfg.Plan, Shard: r.cfg.Shard, Meeting: r.meeting, Hooks: r.log != nil,
		Shared: r.cfg.RTMP != "", LateAfter: r.cfg.LateAfter, Warmup: r.cfg.Warmup, Outcomes: r.outcomes(),
	}
	for _, t := range r.cfg.Thresholds {
		ev.Thresholds = append(ev.Thresholds, t.Text)
	}
	if r.log != nil {
		if r.endpoint != nil {
			r.endpoint.Close() // every request that came is noted
		}
		ev.Entries = r.log.Entries()
		if n, what := r.log.Strangers(); n > 0 {
			r.note(fmt.Sprintf("%d requests were of no client of this test: %s.", n, what))
		}
	}
	r.hideSecrets(&ev)
	c := account.Case{
		Profile: r.profile, Plan: r.plan, Outcomes: ev.Outcomes, Entries: ev.Entries, Hooks: hooks,
		LateAfter: r.cfg.LateAfter, Shared: r.cfg.RTMP != "", Measure: r.measures, Warmup: r.cfg.Warmup,
	}
	if !hooks {
		c.Entries = nil
	}
	books := account.Judge(c)
	hs := result.Collect(r.measures)
	rep := r.report(hs, r.sampler)
	rep.Partial = partial
	if hooks || books.Total() > 0 {
		rep.Hooks = books
	}
	rep.Void = r.void(hs)
	rep.Judge(result.Combine(result.Defaults(hooks), r.cfg.Thresholds), hs)
	return &Output{Report: rep, Histograms: hs, Evidence: ev}
}

// hideSecrets takes the user's credentials out of what servers said: of a hook
// server's answers and an RTMP server's words, which may repeat them.
func (r *run) hideSecrets(ev *result.Evidence) {
	for i := range ev.Entries {
		ev.Entries[i].Reason = r.hide(ev.Entries[i].Reason)
	}
	for i := range ev.Outcomes {
		ev.Outcomes[i].Error = r.hide(ev.Outcomes[i].Error)
	}
}

func (r *run) hide(text string) string {
	if text == "" {
		return ""
	}
	secrets := []string{r.cfg.RTMP}
	for _, sm := range slices.Concat(r.set.identities.Accept, r.set.identities.Refuse) {
		secrets = append(secrets, "?"+string(sm.Token), sm.Param, sm.TCURL)
	}
	return redact.Without(text, secrets...)
}

// report is the report without its books and its verdict.
func (r *run) report(hs result.Histograms, m *sampler) *result.Report {
	rep := &result.Report{
		Schema: result.Schema, Tool: "loadgen " + cli.Version(), Run: r.cfg.Run, Started: r.start.UTC(),
		Seconds: time.Since(r.start).Seconds(), Notes: r.notes, Setup: r.setup(), Sessions: r.counts(),
		Latencies: hs.Latencies(), Errors: r.errors.List(), ErrorTotal: r.errors.Total(), Own: m.costs[0],
		Series: m.series, Media: r.mediaCounts(),
	}
	for i := range rep.Errors {
		rep.Errors[i].Detail = r.hide(rep.Errors[i].Detail)
	}
	rep.Own.CPUMean = rep.Own.CPUSeconds / rep.Seconds
	if r.server != nil {
		c := m.costs[1]
		c.CPUMean = c.CPUSeconds / rep.Seconds
		rep.Server = &c
	}
	return rep
}

func (r *run) mediaCounts() result.Media {
	g := &r.g
	return result.Media{
		Sent: g.sent.Load(), Received: g.received.Load(), Lost: g.lost.Load(), Reordered: g.reordered.Load(),
		Stalls: g.stalls.Load(), NoFrame: g.noFrame.Load(), BytesIn: g.bytesIn.Load(), BytesOut: g.bytesOut.Load(),
	}
}

func (r *run) counts() result.Sessions {
	c := r.plan.Count(r.cfg.Shard.Has)
	g := &r.g
	return result.Sessions{
		Planned: c.Sessions, Started: int(g.started.Load()), Publishers: c.Publishers, Players: c.Players,
		ToRefuse:  c.Refused(),
		Connected: g.connected.Load(), Published: g.published.Load(), Played: g.played.Load(),
		Refused:  g.refused.Load(),
		Vanished: g.vanished.Load(), Left: g.left.Load(), Failed: g.failed.Load(), PeakLive: g.peakLive.Load(),
	}
}

func (r *run) setup() result.Setup {
	s := result.Setup{
		Command: r.cfg.Command, Target: redact.Secrets(r.cfg.RTMP), Profile: r.profile.Name, Peak: r.cfg.Plan.Peak(),
		Load: r.load(), Media: r.set.source.Name, Seed: r.cfg.Plan.Seed, Arrivals: "poisson",
		Machine:  fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()),
		Refusing: r.refusing, WithMedia: !r.cfg.Media.None, Hooks: "recording endpoint in the generator",
	}
	if s.Target == "" {
		s.Target = "built-in server, a process of its own"
	}
	if r.cfg.Plan.Even {
		s.Arrivals = "even"
	}
	if r.cfg.Shard.Of > 1 {
		s.Shard = fmt.Sprintf("%d/%d", r.cfg.Shard.Number, r.cfg.Shard.Of)
	}
	switch {
	case r.cfg.HooksOnly:
		s.Target, s.Hooks, s.Media = "the hook server alone, without RTMP", r.hookServer(), "none"
	case r.cfg.Hooks != nil:
		s.Hooks = r.hookServer() + ", asked through the recording endpoint"
	case r.log == nil:
		s.Hooks = "not seen"
	}
	return s
}

// load describes the load in words: "to 1000 within 10s, hold for 20s, …; 100 more are refused".
func (r *run) load() string {
	text := stagesInWords(r.cfg.Plan.Stages)
	c := r.plan.Count(nil)
	if n := c.Refused(); n > 0 {
		text += fmt.Sprintf("; %d more are refused", n)
	}
	if c.Players > 0 && r.cfg.Plan.Players.HTTP() {
		text += "; players over " + r.cfg.Plan.Players.String()
	}
	return text
}

// stagesInWords describes the stages.
func stagesInWords(stages []plan.Stage) string {
	text, now := "", 0
	for i, st := range stages {
		if i > 0 {
			text += ", "
		}
		if st.Target == now {
			text += fmt.Sprintf("hold for %v", st.For)
		} else {
			text += fmt.Sprintf("to %d within %v", st.Target, st.For)
		}
		now = st.Target
	}
	return text
}

// Bounds beyond which the generator, not the server, is what was measured.
// Below them what is late is seen: clients' steps count from when they were due.
const (
	maxLateness = 500 * time.Millisecond // p99 of starts, and of media
	busy        = 0.9                    // of all cores
	busyShare   = 0.2                    // of the samples
)

// void says why the figures are void.
func (r *run) void(hs result.Histograms) (why []string) {
	for _, m := range []measure.Metric{measure.Lateness, measure.Pacing} {
		if h := hs[m]; h != nil && h.TotalCount() >= 100 && h.ValueAtQuantile(99) > maxLateness.Microseconds() {
			why = append(why, fmt.Sprintf("%s: p99 is %d ms, the bound is %d ms", m.Title(), h.ValueAtQuantile(99)/1000,
				maxLateness.Milliseconds()))
		}
	}
	hot := 0
	for _, s := range r.sampler.series {
		if s.OwnCPU > busy*float64(runtime.GOMAXPROCS(0)) {
			hot++
		}
	}
	if n := len(r.sampler.series); n >= 5 && float64(hot) > busyShare*float64(n) {
		why = append(why, fmt.Sprintf("the generator used more than %.0f%% of all cores in %d of %d seconds",
			busy*100, hot,
			n))
	}
	return why
}
