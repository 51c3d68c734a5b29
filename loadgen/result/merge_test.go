package result

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// aShard is the report of one shard of four of a test in which all went well.
func aShard(number int) *shard {
	spec := plan.Spec{Stages: plan.Ramp(8, 0, time.Second, 0), Publishers: plan.Percent(50), Seed: 3}
	sh := plan.Shard{Number: number, Of: 4}
	set := measure.NewSet()
	s := &shard{
		report: &Report{Schema: Schema, Tool: "loadgen test", Run: "abc",
			Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 3,
			Setup: Setup{Target: "rtmp://server/live", Profile: "srs1", Peak: 8, Load: "to 8 within 0s", Seed: 3,
				Shard: fmt.Sprintf("%d/4", number)},
			Own: Cost{CPUSeconds: 1, CPUMax: 0.5}},
		evidence: &Evidence{Profile: "srs1", Plan: spec, Shard: sh, Meeting: "here", Hooks: number == 1, Shared: true},
	}
	at := int64(number)
	for _, p := range plan.Make(spec).Sessions {
		events := []hook.Event{hook.OnConnect, p.Role.Event(), p.Role.Event() + 1, hook.OnClose}
		for _, e := range events {
			at += int64(time.Millisecond)
			if number == 1 { // all hooks come here
				s.evidence.Entries = append(s.evidence.Entries, account.Entry{Client: p.Index,
					ID: fmt.Sprint(p.Index), Event: e,
					Known: true, Arrived: at, Answered: at + 1, Accepted: true})
			}
		}
		if sh.Has(&p) {
			set.Record(measure.Publish, 0, time.Duration(number)*time.Millisecond)
			s.report.Sessions.Planned++
			s.report.Sessions.Started++
			s.evidence.Outcomes = append(s.evidence.Outcomes, account.Outcome{Client: p.Index, End: account.Left,
				Dialed:    true,
				Connected: true, Asked: true, Let: true})
		}
	}
	s.hs = Collect(set)
	s.report.Latencies = s.hs.Latencies()
	s.report.Judge(nil, s.hs)
	return s
}

// interrupt is what a signal makes of a shard.
func interrupt(s *shard) {
	s.report.Sessions.Started--
	s.report.Partial = "interrupted"
	s.evidence.Outcomes = s.evidence.Outcomes[:1]
	s.report.Judge(nil, s.hs)
}

// TestMergeOfDisturbedTests lays shards down as each disturbance leaves them. None of them may pass.
func TestMergeOfDisturbedTests(t *testing.T) {
	only := func(number int, change func(*shard)) func(*shard) *shard {
		return func(s *shard) *shard {
			if s.evidence.Shard.Number == number {
				change(s)
			}
			return s
		}
	}
	gone := func(number int) func(*shard) *shard {
		return func(s *shard) *shard {
			if s.evidence.Shard.Number == number {
				return nil
			}
			return s
		}
	}
	for _, c := range []struct {
		name    string
		change  func(*shard) *shard // nil: it left nothing
		err     string              // of a merge of all; "": merges
		verdict Verdict             // of a merge of what is there
		says    string
	}{
		{"undisturbed", func(s *shard) *shard { return s }, "", Passed, "all "},
		{"a pod deleted, or evicted", only(3, interrupt), "", Partial, "shard 3 of 4: interrupted"},
		{"the endpoint's pod deleted", only(1, interrupt), "", Partial, "shard 1 of 4: interrupted"},
		{"the Job deleted in the ramp", func(s *shard) *shard { interrupt(s); return s }, "", Partial,
			"shard 1 of 4: interrupted; shard 2 of 4: interrupted"},
		{"sessions that never began", only(2, func(s *shard) {
			s.report.Sessions.Started--
			s.report.Verdict = Partial
		}), "", Partial, "shard 2 of 4: 1 of 2 sessions began"},
		{"a pod killed, or no room for it", gone(3), "shard 3 of 4 has no report: its process did not end in order",
			Partial, "shard 3 of 4 has no report"},
		{"a report of an earlier test with this name", only(2, func(s *shard) { s.evidence.Meeting = "elsewhere" }),
			"it met other shards, and began at 2026-01-02T03:04:05Z", Partial, "shard 2 of 4 has no report"},
		{"the same, without a meeting", func(s *shard) *shard {
			s.evidence.Meeting = ""
			if s.evidence.Shard.Number == 4 {
				s.report.Started = s.report.Started.Add(-49 * time.Second)
			}
			return s
		}, "it began at 2026-01-02T03:03:16Z, want 2026-01-02T03:04:05Z", Partial, "shard 4 of 4 has no report"},
		{"a shard of another seed", only(2, func(s *shard) { s.evidence.Plan.Seed = 9 }), "seed 9, want 3", Partial,
			"seed 9, want 3"},
		{"a shard of another load", only(2, func(s *shard) {
			s.evidence.Plan.Stages = plan.Ramp(8, time.Second, time.Second, 0)
			s.report.Setup.Load = "to 8 within 1s"
		}), `load "to 8 within 1s", want "to 8 within 0s"`, Partial, "load"},
		{"a shard of another run", only(1, func(s *shard) { s.report.Run = "old" }), `run "old", want "abc"`, Partial,
			"run"},
		{"a shard of another number of shards", only(1,
			func(s *shard) { s.evidence.Shard.Of, s.evidence.Outcomes = 5, nil }), "5 shards, want 4", Partial,
			"5 shards"},
		{"one shard twice", only(2, func(s *shard) {
			s.evidence.Shard.Number = 1
			s.evidence.Outcomes, s.evidence.Entries = nil, nil
		}), "are the same shard, 1 of 4", Partial, "are the same shard"},
		{"a threshold failed", func(s *shard) *shard {
			s.evidence.Thresholds = []string{"publish " +
				"p99<1ms"}
			return s
		}, "",
			Failed, "1 of"},
		{"the generator was too slow in one", only(4,
			func(s *shard) { s.report.Void = []string{"busy"}; s.report.Judge(nil, s.hs) }), "", Void,
			"the generator was too slow"},
		{"the server is gone", only(2, func(s *shard) {
			s.report.ErrorTotal = 2
			s.report.Errors = []measure.Kind{{Kind: "while in", Count: 2}}
		}), "", Failed, "1 of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for k := 1; k <= 4; k++ {
				if s := c.change(aShard(k)); s != nil {
					if err := Write(filepath.Join(dir, fmt.Sprint(k-1)), s.report, s.hs, s.evidence); err != nil {
						t.Fatal(err)
					}
				}
			}
			_, _, _, err := Merge([]string{dir}, false)
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v, want %q", err, c.err)
			}
			r, hs, ev, err := Merge([]string{dir}, true)
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict != c.verdict || !strings.Contains(r.Headline(), c.says) ||
				!strings.Contains(r.Headline(), "run abc") {
				t.Errorf("got %s, want %s and %q: %s", r.Verdict, c.verdict, c.says, r.Headline())
			}
			if err := Write(filepath.Join(dir, "all"), r, hs, ev); err != nil {
				t.Fatal(err)
			}
			again, _, _, err := Merge([]string{dir}, true)
			if err != nil || again.Verdict != r.Verdict || !reflect.DeepEqual(again.Hooks, r.Hooks) {
				t.Errorf("beside the merged report: %+v, %v", again, err)
			}
		})
	}
}

// TestMergeNothing: a directory without shards, and none at all.
func TestMergeNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "0"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Join(dir, "0"), "nowhere"} {
		if _, _, _, err := Merge([]string{d}, true); err == nil ||
			!strings.Contains(err.Error(), "has no whole report") {
			t.Errorf("%s: %v", d, err)
		}
	}
}

// TestMergeJoinsEndpoints: a closing event whose endpoint did not know the client is that client's all the same.
func TestMergeJoinsEndpoints(t *testing.T) {
	dir := t.TempDir()
	first := aShard(1)
	all := first.evidence.Entries
	first.evidence.Entries = nil
	for k := 1; k <= 4; k++ {
		s := aShard(k)
		if k == 1 {
			s = first
		}
		s.evidence.Hooks, s.evidence.Entries = true, nil
		for i, e := range all {
			if i%4 == k-1 {
				if e.Event == hook.OnClose {
					e.Client = account.Nobody
				}
				s.evidence.Entries = append(s.evidence.Entries, e)
			}
		}
		if err := Write(filepath.Join(dir, fmt.Sprint(k)), s.report, s.hs, s.evidence); err != nil {
			t.Fatal(err)
		}
	}
	r, _, _, err := Merge([]string{dir}, false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Passed || r.Hooks.Foreign != 0 || r.Hooks.Total() != 0 {
		t.Errorf("got %s: %+v", r.Headline(), r.Hooks)
	}
}
