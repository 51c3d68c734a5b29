package result

import (
	"time"

	"hookproof/hook"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// sampleRun is a small run with something of everything, the same each time.
func sampleRun() (*Report, Histograms, *Evidence) {
	set := measure.NewSet()
	for i := range 1000 {
		set.Record(measure.TCP, i, time.Duration(i)*10*time.Microsecond)
		set.Record(measure.Publish, i, time.Duration(i)*time.Millisecond)
		set.Record(measure.E2E, i, time.Duration(i%50)*time.Millisecond)
		set.Record(measure.HookOf(hook.OnConnect), i, time.Duration(i)*time.Microsecond)
	}
	hs := Collect(set)
	spec := plan.Spec{Stages: plan.Ramp(2, 0, time.Second, 0), Publishers: plan.Percent(50), Seed: 3}
	made := plan.Make(spec)
	ev := &Evidence{Profile: "srs1", Plan: spec, Hooks: true, Outcomes: []account.Outcome{
		{Client: 0, End: account.Left, Dialed: true, Connected: true, Asked: true, Let: true},
		{Client: 1, End: account.Left, Dialed: true, Connected: true, Asked: true, Let: true},
	}}
	at := int64(1)
	for client, events := range [][]hook.Event{
		{hook.OnConnect, hook.OnPublish, hook.OnClose}, // on_unpublish is lost
		{hook.OnConnect, hook.OnPlay, hook.OnStop, hook.OnClose},
	} {
		for _, e := range events {
			at += int64(time.Millisecond)
			ev.Entries = append(ev.Entries, account.Entry{Client: client, ID: string(rune('1' + client)), Event: e,
				Known:   true,
				Arrived: at, Answered: at + 1000, Accepted: true})
		}
	}
	books := account.Judge(account.Case{Profile: hook.SRS1, Plan: made, Outcomes: ev.Outcomes, Entries: ev.Entries,
		Hooks: true})
	r := &Report{
		Schema: Schema, Tool: "loadgen test", Run: "abc", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Seconds: 12.5,
		Setup: Setup{Target: "built-in server", Hooks: "recording endpoint", Profile: "srs1", Peak: 2,
			Load: "to 2 within 0s", Media: "clip", Seed: 3, Arrivals: "poisson", Machine: "2 cores",
			Command: []string{"loadgen",
				"<script>alert(1)</script>"}},
		Sessions:  Sessions{Planned: 2, Started: 2, Publishers: 1, Players: 1, Left: 2, PeakLive: 2},
		Latencies: hs.Latencies(), Media: Media{Sent: 100, Received: 90, Lost: 10, Stalls: 1, BytesIn: 5 << 20},
		Hooks: books,
		Errors: []measure.Kind{{Kind: "publish: time-out", Count: 2, Client: "c00001",
			Detail: "no answer in time"}},
		ErrorTotal: 2, Own: Cost{CPUSeconds: 3, CPUMean: 0.24, CPUMax: 0.5, RSSMax: 50 << 20, FilesMax: 30, Threads: 8},
		Server: &Cost{CPUSeconds: 2, CPUMean: 0.16, CPUMax: 0.3, RSSMax: 30 << 20},
		Notes:  []string{"A note."},
	}
	for i := range 12 {
		r.Series = append(r.Series, Sample{At: float64(i + 1), Started: int64(min(2*i, 10)), Playing: int64(i),
			Publishing: 1,
			Hooks:      int64(5 * i), Frames: int64(100 * i), Errors: 2, OwnCPU: 0.2, ServerCPU: 0.1, OwnRSS: 50 << 20,
			ServerRSS: 30 << 20,
			Latency:   map[string]measure.Spread{"publish": {Count: 5, P50: 10, P90: 20, P99: float64(100 * i)}}})
	}
	r.Judge(Combine(Defaults(true), nil), hs)
	return r, hs, ev
}
