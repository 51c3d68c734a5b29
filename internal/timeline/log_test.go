package timeline

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/reports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func note(name string) reports.Observation {
	return reports.Observation{Kind: reports.KindNote, Name: name}
}

func TestAddNumbersAndTellsTheSink(t *testing.T) {
	var told []reports.Observation
	l := New("order/x", "srs1", time.Now(), func(o reports.Observation) { told = append(told, o) })
	l.Add(note("a"))
	l.Add(note("b"))
	if len(told) != 2 || told[1].N != 1 || told[1].Scenario != "order/x" || told[1].Profile != "srs1" ||
		told[1].T <= 0 {
		t.Errorf("told %+v", told)
	}
}

func TestAwaitSeesWhatComesLater(t *testing.T) {
	l := New("x", "srs1", time.Now(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	began := make(chan struct{}, 10)
	go func() {
		done <- l.Await(ctx, func(obs []reports.Observation) bool {
			began <- struct{}{}
			return len(obs) == 2
		})
	}()
	<-began
	l.Add(note("a"))
	l.Add(note("b"))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	l := New("x", "srs1", time.Now(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Await(ctx, func([]reports.Observation) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A recording shows each step what the step was shown when it ran, and nothing
// that came later.
func TestRecordingIsJudgedStepByStep(t *testing.T) {
	l := New("x", "srs1", time.Now(), nil)
	l.Begin(0)
	l.Add(note("a"))
	l.All()
	l.Add(note("came between the decision and the mark"))
	l.Mark(0)
	l.Begin(1)
	l.Add(note("b"))
	if got := len(l.Before()); got != 3 {
		t.Errorf("before step 2 there were %d observations", got)
	}
	l.All()
	l.Mark(1)

	r := Recorded(l.Whole())
	if !r.Begin(0) || len(r.All()) != 1 {
		t.Errorf("step 1 is shown %v", r.All())
	}
	if !r.Begin(1) || len(r.All()) != 4 || r.All()[3].Name != "b" {
		t.Errorf("step 2 is shown %v", r.All())
	}
	if got := len(r.Before()); got != 2 {
		t.Errorf("before step 2 the recording has %d observations", got)
	}
	if r.Begin(2) {
		t.Error("the recording reaches step 3")
	}
	if err := r.Await(t.Context(), func([]reports.Observation) bool { return false }); !errors.Is(err, ErrSealed) {
		t.Errorf("error %v", err)
	}
	if n := r.Add(note("c")); n != -1 {
		t.Errorf("a sealed log took an observation as %d", n)
	}
}

func TestPlanIsReadBack(t *testing.T) {
	p := Plan{Name: "Client0-1", Stream: "s", Plays: true, Source: "Client0-0", Refuse: 4, Vanish: -1}
	got := Plans([]reports.Observation{note("other"), p.Observation()})
	if len(got) != 1 || got[0] != p {
		t.Errorf("got %+v", got)
	}
}

func TestHooksJoinTheirAnswers(t *testing.T) {
	obs := []reports.Observation{
		{N: 0, T: 1, Kind: reports.KindHook, Actor: "Alice", Event: "on_connect",
			Data: &reports.Details{Request: reports.Request{URLNumber: 1}}},
		{N: 1, T: 2, Kind: reports.KindHook, Actor: MarkerName(1), Event: "on_connect"},
		{N: 2, T: 3, Kind: reports.KindAnswer, Refs: []int{0},
			Data: &reports.Details{Answer: reports.Answer{Accept: true}}},
		{N: 3, T: 4, Kind: reports.KindHook, Actor: "Alice", Event: "on_connect",
			Data: &reports.Details{Request: reports.Request{URLNumber: 2}}},
		{N: 4, T: 5, Kind: reports.KindHook, Actor: "Alice", Event: "no event"},
	}
	all := Hooks(obs, "")
	if len(all) != 2 || all[0].Answered != 3 || !all[0].Accept || all[1].Answer != -1 {
		t.Errorf("hooks %+v", all)
	}
	if ev := Events(obs, "Alice"); len(ev) != 1 {
		t.Errorf("events %+v", ev)
	}
}
