package loadgen

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

func TestMain(m *testing.M) {
	ServeAsChild()
	goleak.VerifyTestMain(m)
}

// TestRunIsExact plays both profiles against the built-in server, which has no
// defects: everything must be accounted for.
func TestRunIsExact(t *testing.T) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			cfg := small(t, "truth")
			cfg.Profile, cfg.Plan.Churn = p, 10
			if showsViewers(p) {
				cfg.Plan.Players = plan.Mix{plan.RTMP: 50, plan.FLV: 30, plan.HLS: 20}
			}
			states := 0
			cfg.Live = func(State) { states++ }
			out, err := Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := out.Report
			for _, f := range r.Hooks.Findings {
				t.Errorf("found: %s", f)
			}
			for _, e := range r.Errors {
				t.Errorf("error: %+v", e)
			}
			if r.Verdict == result.Failed || states == 0 || r.Sessions.Started != 175 ||
				r.Sessions.Refused != int64(r.Sessions.ToRefuse) {
				t.Errorf("verdict %s, %d states, sessions %+v", r.Verdict, states, r.Sessions)
			}
			if r.Media.Received == 0 || r.Media.Lost != 0 {
				t.Errorf("media %+v", r.Media)
			}
			for m := range measure.Count {
				ofViewers := m >= measure.FLVFirstFrame && m <= measure.HLSSegment
				if r.Latency(m.String()) == nil && (showsViewers(p) || !ofViewers) {
					t.Errorf("the metric %s was not recorded", m)
				}
			}
			if r.Server == nil || r.Server.RSSMax == 0 || r.Own.RSSMax == 0 {
				t.Errorf("cost of the server %+v, of the generator %+v", r.Server, r.Own)
			}
		})
	}
}

// TestInterruptEndsInOrder interrupts a run that has begun: clients leave, and
// the report says that it is partial.
func TestInterruptEndsInOrder(t *testing.T) {
	cfg := small(t, "cut")
	cfg.Plan.Stages = plan.Ramp(100, 2*time.Second, time.Hour, time.Second)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	cfg.Live = func(s State) {
		if s.Playing > 0 {
			cancel(errors.New("enough"))
		}
	}
	out, err := Run(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := out.Report
	if r.Partial != "enough" || r.Sessions.Started == 0 || r.Hooks.Total() != 0 || r.Sessions.Left == 0 {
		t.Errorf("partial %q, sessions %+v, findings %v", r.Partial, r.Sessions, r.Hooks.Findings)
	}
}

// TestLimitsAreTold asks for more than the system has.
func TestLimitsAreTold(t *testing.T) {
	cfg := small(t, "limits")
	cfg.Plan.Stages = plan.Ramp(200_000, 0, 0, 0)
	if _, err := Run(t.Context(), cfg); err == nil {
		t.Error("200,000 sessions from one address begin")
	}
}

// TestStartTimeInThePast is a mistake that shards make.
func TestStartTimeInThePast(t *testing.T) {
	cfg := small(t, "past")
	cfg.StartAt = time.Now().Add(-time.Hour)
	if _, err := Run(t.Context(), cfg); err == nil {
		t.Error("it begins")
	}
}
