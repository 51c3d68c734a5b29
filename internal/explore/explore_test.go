package explore

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/explore/oracle"
	"hookproof/internal/explore/program"
	"hookproof/internal/mutant/rtmpdefect"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	goleak.VerifyTestMain(m)
}

func builtIn(t *testing.T, p *hook.Profile) *rtmptarget.Target {
	t.Helper()
	return opened(t, func() (scenario.Target, error) {
		return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Nonce: "e"})
	})
}

// opened opens a target until the test's end.
func opened(t *testing.T, open func() (scenario.Target, error)) *rtmptarget.Target {
	t.Helper()
	target, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target.(*rtmptarget.Target)
}

// TestSound: nothing is found in the built-in server, and much is tried.
func TestSound(t *testing.T) {
	for _, p := range hook.Profiles() {
		e := New(builtIn(t, p), Options{Programs: 150, Seed: 5})
		for _, v := range e.Run(t.Context()) {
			t.Errorf("%s: %s (%s), failed %d of %d times again: %v\n%s", p, v.Requirement, v.Cause, v.Failed, v.Replays,
				v.Finding, v.Drawn)
		}
		if c := e.Counters(); c.Programs != 150 || c.Undecided > 0 || c.Pairs < 200 || c.Refusals < 50 {
			t.Errorf("%s: %s; %s", p, c, e.Undecided())
		}
	}
}

// TestSuite: nothing is found in what the suite's own scenarios do at a sound server.
func TestSuite(t *testing.T) {
	open := func(_ context.Context, p *hook.Profile) (scenario.Target, error) {
		return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Nonce: "es"})
	}
	ids := []string{"S-ORD-01", "S-ORD-02", "S-ORD-03", "S-ORD-04", "S-ORD-05", "S-ORD-06", "S-ORD-08", "S-ORD-09",
		"S-ORD-10", "S-ORD-13", "S-ANS-02", "S-ANS-04", "S-ANS-05", "S-ANS-06", "S-ANS-08", "S-ANS-10"}
	run, err := suite.Run(t.Context(), suite.Options{Role: features.RoleServer, Open: open, Seed: 1,
		Selection: suite.Selection{IDs: ids, Tags: "not @slow and not @load"}})
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, s := range run.Scenarios {
		p, err := hook.ProfileByName(s.Profile)
		if err != nil || s.Verdict != reports.Pass {
			t.Errorf("%s %s: %s, error %v", s.ID, s.Profile, s.Verdict, err)
			continue
		}
		if !oracle.Complete(p, s.Observations) {
			continue // it ends earlier than its clients' last events
		}
		judged++
		for _, f := range oracle.Judge(p, s.Observations) {
			t.Errorf("%s %s: %s (%s): %v", s.ID, s.Profile, f.Requirement, f.Cause, f)
		}
	}
	if judged < 30 {
		t.Errorf("%d of %d scenarios were judged", judged, len(run.Scenarios))
	}
}

// TestFinds: a planted defect is found, and made small; the suite fails the scenario
// that is written of it, by the requirement that it names, and so does a replay; on a
// sound server both pass.
func TestFinds(t *testing.T) {
	for name, steps := range map[string]int{"unpublish-doubled": 1,
		"publish-after-refusal": 2, "refused-frames-leak": 4} {
		t.Run(name, func(t *testing.T) {
			p := hook.SRS7
			target := planted(t, name, p)
			e := New(target, Options{Programs: 500, Seed: 1, First: true, Parallel: 4})
			found := e.Run(t.Context())
			if len(found) == 0 {
				t.Fatalf("nothing was found in %s", e.Counters())
			}
			v := found[len(found)-1]
			if len(v.Program) > steps || v.Failed == 0 {
				t.Errorf("%d steps, want %d at most; failed %d of %d times:\n%s", len(v.Program), steps, v.Failed,
					v.Replays, v.Program)
			}
			written := v.Scenario("a test").Write()
			kept, err := program.Parse(written)
			if err != nil {
				t.Fatal(err)
			}
			again, err := e.File(t.Context(), kept)
			if err != nil || again == nil || again.Requirement != v.Requirement {
				t.Errorf("played again: %+v, error %v", again, err)
			}
			if again, err := New(builtIn(t, p), Options{}).File(t.Context(), kept); err != nil || again != nil {
				t.Errorf("on a sound server: %+v, error %v", again, err)
			}
			s := runFeature(t, written, func() (scenario.Target, error) { return openPlanted(t, name, p) })
			if s.Verdict != reports.Fail || s.Failure.Requirement != v.Requirement {
				t.Errorf("the suite says %s, %+v, want %s:\n%s", s.Verdict, s.Failure, v.Requirement, written)
			}
			s = runFeature(t, written, func() (scenario.Target, error) {
				return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Nonce: "ef"})
			})
			if s.Verdict != reports.Pass {
				t.Errorf("on a sound server the suite says %s %s %+v", s.Verdict, s.Reason, s.Failure)
			}
		})
	}
}

// planted opens the server with a planted defect.
func planted(t *testing.T, name string, p *hook.Profile) *rtmptarget.Target {
	t.Helper()
	return opened(t, func() (scenario.Target, error) { return openPlanted(t, name, p) })
}

func openPlanted(t *testing.T, name string, p *hook.Profile) (scenario.Target, error) {
	for _, r := range rtmpdefect.Table {
		if r.Name == name {
			return r.Peer.Open(t.Context(), p, 0.2)
		}
	}
	return nil, fmt.Errorf("no mutant %s", name)
}

// runFeature has the suite run a feature file of one scenario.
func runFeature(t *testing.T, text string, open func() (scenario.Target, error)) reports.Scenario {
	t.Helper()
	run, err := suite.Run(t.Context(), suite.Options{Role: features.RoleServer, Scale: 0.2,
		Selection: suite.Selection{Feature: &suite.Feature{Name: "found.feature", Text: []byte(text)}},
		Open:      func(context.Context, *hook.Profile) (scenario.Target, error) { return open() }})
	if err != nil || len(run.Scenarios) != 1 {
		t.Fatalf("error %v of %d scenarios:\n%s", err, len(run.Scenarios), text)
	}
	return run.Scenarios[0]
}

// TestReport: a run's report names what was found, and what no program broke.
func TestReport(t *testing.T) {
	e := New(planted(t, "stop-doubled", hook.SRS7), Options{Programs: 20, Seed: 1, ShrinkFor: -1, First: true})
	found := e.Run(t.Context())
	run := Report(Options{Seed: 1, Clients: 8, Parallel: 8}, 1, []Done{{Profile: "srs7", Counters: e.Counters(),
		Violations: found}})
	sum := reports.Summarize(run)
	if len(found) == 0 || sum.ExitCode != 1 {
		t.Fatalf("%d found, exit %d", len(found), sum.ExitCode)
	}
	var b strings.Builder
	if err := reports.WriteResult(&b, run, reports.Style{}); err != nil || !strings.Contains(b.String(), "S-ORD-02") {
		t.Errorf("error %v:\n%s", err, b.String())
	}
	if err := reports.Write(t.TempDir(), run); err != nil {
		t.Error(err)
	}
	nothing := Report(Options{}, 1, []Done{{Profile: "srs7", Undecided: "why"}})
	if s := nothing.Scenarios[0]; s.Verdict != reports.NotRun || !strings.Contains(s.Reason, "why") {
		t.Errorf("%+v", s)
	}
}

// TestInterrupted: a run that is ended leaves nothing behind.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := New(builtIn(t, hook.SRS7), Options{Seed: 3})
	go func() {
		for e.Counters().Programs < 3 {
			if ctx.Err() != nil {
				return
			}
		}
		cancel()
	}()
	if found := e.Run(ctx); len(found) > 0 {
		t.Errorf("found %+v", found[0])
	}
	cancel()
}

// TestSeeds: programs of a seed differ.
func TestSeeds(t *testing.T) {
	if one, again := SeedOf(7, 3), SeedOf(7, 3); one != again {
		t.Errorf("one seed gives %d and %d", one, again)
	}
	if SeedOf(1, 0) == SeedOf(1, 1) || SeedOf(1, 0) == SeedOf(2, 0) {
		t.Error("seeds collide")
	}
}
