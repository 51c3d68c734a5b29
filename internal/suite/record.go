package suite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"hookproof/features"
	"hookproof/internal/check"
	"hookproof/internal/scenario"
	"hookproof/internal/timeline"
	"hookproof/reports"
	"hookproof/steps"
)

// interrupted is the reason of what was not run because the run was ended.
const interrupted = "the run was interrupted"

// scenarioTime bounds one scenario, before scaling: far above what its steps
// wait for, so that it only ends what hangs.
const scenarioTime = 5 * time.Minute // SRS may take more than two to miss the viewers of HLS

// errCut is the error of a step that a recording does not reach.
var errCut = errors.New("the recording ends before this step was over")

// recorder follows one scenario through godog's hooks and makes its result.
type recorder struct {
	pr      *profileRun
	steps   steps.World
	scene   scenario.Scene
	c       *features.Case
	result  reports.Scenario
	log     *timeline.Log
	run     context.Context // of the run; the scenario's own ends earlier
	cancel  context.CancelFunc
	release func() // frees the scenario's place for others
	step    int
	began   time.Time
	err     error // of the step that failed, as the step gave it
	fatal   bool  // the target may be gone
	over    bool
}

// resultOf begins a result with what the features say of the case.
func resultOf(c *features.Case) reports.Scenario {
	s := reports.Scenario{ID: c.ID, Profile: c.Profile, Unscored: c.Unscored, Requirements: c.Requirements,
		Feature: c.Feature, Rule: c.Rule,
		Name: c.Name,
		Tags: c.Tags, Location: fmt.Sprintf("features/%s:%d", c.URI,
			c.Line), Started: time.Now(), Steps: append([]reports.Step(nil), c.Steps...)}
	if c.Row != "" && c.Name == "" {
		s.Case = c.Row
	}
	return s
}

// before sets the scene up, or skips what is not selected or cannot be run.
func (r *recorder) before(ctx context.Context, sc *godog.Scenario) (context.Context, error) {
	r.c = r.pr.cases[features.Key(sc)]
	if r.c == nil {
		return ctx, godog.ErrSkip
	}
	r.result = resultOf(r.c)
	if r.pr.recorded != nil {
		was := r.pr.recorded[r.c.ID]
		if was.Verdict == reports.NotRun || was.Verdict == reports.NotApplicable || len(was.Observations) == 0 {
			r.keep(was)
			r.finish()
			return ctx, godog.ErrSkip
		}
		ctx, r.cancel = context.WithCancel(ctx)
		r.replay(was)
		return ctx, nil
	}
	if reason := r.pr.target.Lacking(r.c.Tags); reason != "" {
		return ctx, r.skip(reason)
	}
	if ctx.Err() != nil {
		return ctx, r.skip(interrupted)
	}
	if r.pr.turns.await(ctx, r.pr.turn(r.c)) != nil {
		return ctx, r.skip(interrupted)
	}
	place := r.pr.o.place(r.c)
	if err := place.Acquire(ctx, 1); err != nil {
		return ctx, r.skip(interrupted)
	}
	r.release = func() { place.Release(1) }
	if reason := r.pr.target.Lacking(r.c.Tags); reason != "" { // a hook server may have died meanwhile
		return ctx, r.skip(reason)
	}
	r.result.Started = time.Now()
	if r.pr.o.Live != nil {
		r.pr.o.Live.ScenarioStarted(&r.result)
	}
	r.log = timeline.New(r.c.ID, r.c.Profile, r.pr.start, r.pr.o.Observe)
	r.run = ctx
	ctx, r.cancel = context.WithTimeout(ctx, time.Duration(float64(scenarioTime)*r.pr.o.Scale))
	r.scene = r.pr.target.NewScene(ctx, r.log)
	r.steps.Play(r.scene, seeded(r.pr.o.Seed, r.c))
	return ctx, nil
}

func (r *recorder) skip(reason string) error {
	r.result.Verdict, r.result.Reason = reports.NotRun, reason
	r.finish()
	return godog.ErrSkip
}

func (r *recorder) beforeStep(ctx context.Context, _ *godog.Step) (context.Context, error) {
	if r.log == nil || r.over {
		return ctx, nil
	}
	r.began = time.Now()
	if !r.log.Begin(r.step) {
		return ctx, errCut
	}
	return ctx, nil
}

func (r *recorder) afterStep(ctx context.Context, _ *godog.Step, status godog.StepResultStatus, err error,
) (context.Context, error) {
	if r.log == nil || r.over || r.step >= len(r.result.Steps) {
		return ctx, nil
	}
	st := &r.result.Steps[r.step]
	st.Duration = time.Since(r.began)
	switch {
	case status == godog.StepPassed:
		st.Status = reports.StepPassed
	case status == godog.StepUndefined || status == godog.StepPending:
		st.Status = reports.StepUndefined
	case errors.As(err, new(*check.NotRun)):
	case err != nil:
		st.Status, st.Error = reports.StepFailed, err.Error()
	}
	if r.err == nil {
		r.err = err
	}
	r.log.Mark(r.step)
	r.step++
	return ctx, nil
}

// after makes the verdict, and takes the scene down.
func (r *recorder) after(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
	if r.log == nil || r.over {
		return ctx, nil
	}
	if r.err == nil {
		r.err = err
	}
	ended := ctx.Err()
	r.result.Duration = time.Since(r.result.Started)
	if ended == nil {
		r.err = aftermath(r.err, r.scene.After(r.c.ID, r.err != nil))
	}
	r.judge(ended)
	r.cancel()
	r.result.Actors = r.scene.Close()
	r.result.Observations = r.log.Whole()
	if r.pr.recorded != nil {
		r.replayed()
	} else {
		r.again()
		r.pr.o.Known.apply(&r.result)
	}
	r.finish()
	return ctx, nil
}

// aftermath joins the result of the steps and what was found after them:
// the first speaks of the requirement, the second is added to it.
func aftermath(err error, left *check.Finding) error {
	if left == nil {
		return err
	}
	if left.Undecided {
		return left
	}
	var f *check.Finding
	if !errors.As(err, &f) || f.Undecided {
		return left
	}
	if left.Cause != "" { // the end of the target explains what the steps found
		left.Detail += fmt.Sprintf("and before that: %v\n%s", f, f.Detail)
		return left
	}
	both := *f
	both.Fatal = both.Fatal || left.Fatal
	both.Evidence = append(both.Evidence[:len(both.Evidence):len(both.Evidence)], left.Evidence...)
	both.Detail += fmt.Sprintf("and then: %v\n%s", left, left.Detail)
	return &both
}

// judge makes a verdict of the failed step's error.
func (r *recorder) judge(ended error) {
	s := &r.result
	var f *check.Finding
	var lacking *check.NotRun
	switch {
	case r.err == nil:
		s.Verdict = reports.Pass
	case errors.Is(ended, context.Canceled):
		s.Verdict, s.Reason = reports.NotRun, interrupted
	case errors.Is(ended, context.DeadlineExceeded):
		s.Verdict, s.Reason = reports.Error, fmt.Sprintf("the scenario did not end within %v: %v",
			time.Duration(float64(scenarioTime)*r.pr.o.Scale), r.err)
	case errors.Is(r.err, errCut):
		s.Verdict, s.Reason = reports.Inconclusive, errCut.Error()
	case errors.As(r.err, &lacking):
		s.Verdict, s.Reason = reports.NotRun, lacking.Reason
		if lacking.NotApplicable {
			s.Verdict = reports.NotApplicable
		}
	case errors.As(r.err, &f):
		r.found(f)
	default:
		s.Verdict, s.Reason = reports.Error, r.err.Error()
	}
}

// found makes a verdict of a finding.
func (r *recorder) found(f *check.Finding) {
	s := &r.result
	if reason, v := check.Disturbed(r.log.Whole()); reason != "" && !f.Undecided {
		s.Verdict, s.Reason = v, reason
		return
	}
	s.Failure, s.Cause, r.fatal = f.Failure(), f.Cause, f.Fatal
	if s.Failure.Requirement == "" {
		s.Failure.Requirement = r.c.Requirements[0]
	}
	s.Verdict = reports.Fail
	if r.c.Level != reports.Must && !f.Fatal || r.c.Unscored {
		s.Verdict = reports.Warn
	}
	if f.Undecided {
		s.Verdict, s.Reason = reports.Inconclusive, "the evidence does not decide"
	}
}

// finish hands the result in.
func (r *recorder) finish() {
	r.over = true
	if r.release != nil {
		r.release()
	}
	r.pr.mu.Lock()
	r.pr.results = append(r.pr.results, r.result)
	r.pr.mu.Unlock()
	if r.pr.o.Live != nil {
		r.pr.o.Live.ScenarioDone(&r.result)
	}
	r.pr.turns.over(r.pr.turn(r.c))
}
