package result

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
)

// Merge makes one report of the shards of one test, in any order: histograms are added up without loss, the hooks are
// accounted for over the clients and the endpoints of all of them, thresholds are checked on the whole. A void shard
// voids it. Shards that are missing, of another test, or not readable are an error; with partial, what is there is
// merged, and the report is partial.
func Merge(dirs []string, partial bool) (*Report, Histograms, *Evidence, error) {
	shards, problems := choose(readShards(dirs))
	if len(shards) == 0 || len(problems) > 0 && !partial {
		return nil, nil, nil, fmt.Errorf("these are not the shards of one test:\n  %s", strings.Join(problems, "\n  "))
	}
	m := merger{hs: Histograms{}}
	for _, s := range shards {
		problems = append(problems, s.interrupted()...)
		m.add(s)
	}
	m.r.Partial = strings.Join(problems, "; ")
	return m.finish()
}

// merger adds shards up.
type merger struct {
	r  *Report
	hs Histograms
	ev *Evidence
	n  int // shards
}

func (m *merger) add(s *shard) {
	m.n++
	if m.r == nil {
		m.r, m.ev, m.hs = s.report, s.evidence, s.hs
		m.r.Void = prefixed(s.dir, s.report.Void)
		return
	}
	for metric, h := range s.hs {
		if m.hs[metric] == nil {
			m.hs[metric] = measure.NewHistogram()
		}
		m.hs[metric].Merge(h)
	}
	ev := s.evidence
	m.ev.Outcomes = append(m.ev.Outcomes, ev.Outcomes...)
	m.ev.Entries = append(m.ev.Entries, ev.Entries...)
	if ev.Hooks && !m.ev.Hooks {
		m.ev.Hooks, m.ev.Profile = true, ev.Profile // only who saw hooks can have found the profile out
	}
	m.r.Void = append(m.r.Void, prefixed(s.dir, s.report.Void)...)
	m.sum(s.report)
}

func prefixed(dir string, list []string) (out []string) {
	for _, s := range list {
		out = append(out, dir+": "+s)
	}
	return out
}

// sum adds the counts of another shard.
func (m *merger) sum(r *Report) {
	a, b := &m.r.Sessions, &r.Sessions
	a.Planned, a.Started, a.Publishers, a.Players = a.Planned+b.Planned, a.Started+b.Started, a.Publishers+b.Publishers,
		a.Players+b.Players
	a.ToRefuse, a.Connected, a.Published, a.Played = a.ToRefuse+b.ToRefuse, a.Connected+b.Connected,
		a.Published+b.Published, a.Played+b.Played
	a.Refused, a.Vanished, a.Left, a.Failed = a.Refused+b.Refused, a.Vanished+b.Vanished, a.Left+b.Left,
		a.Failed+b.Failed
	a.PeakLive += b.PeakLive // the shards' peaks coincide, within a second or so
	x, y := &m.r.Media, &r.Media
	x.Sent, x.Received, x.Lost, x.Reordered = x.Sent+y.Sent, x.Received+y.Received, x.Lost+y.Lost,
		x.Reordered+y.Reordered
	x.Stalls, x.NoFrame, x.BytesIn, x.BytesOut = x.Stalls+y.Stalls, x.NoFrame+y.NoFrame, x.BytesIn+y.BytesIn,
		x.BytesOut+y.BytesOut
	m.r.ErrorTotal += r.ErrorTotal
	for _, k := range r.Errors {
		i := slices.IndexFunc(m.r.Errors, func(have measure.Kind) bool { return have.Kind == k.Kind })
		if i < 0 {
			m.r.Errors = append(m.r.Errors, k)
		} else {
			m.r.Errors[i].Count += k.Count
		}
	}
	measure.SortKinds(m.r.Errors)
	m.r.Seconds = max(m.r.Seconds, r.Seconds)
	if r.Started.Before(m.r.Started) {
		m.r.Started = r.Started
	}
	addCost(&m.r.Own, &r.Own)
	switch {
	case m.r.Server == nil:
		m.r.Server = r.Server
	case r.Server != nil:
		addCost(m.r.Server, r.Server)
	}
	m.series(r.Series)
}

func addCost(a, b *Cost) {
	a.CPUSeconds, a.CPUMean, a.CPUMax = a.CPUSeconds+b.CPUSeconds, a.CPUMean+b.CPUMean, a.CPUMax+b.CPUMax
	a.RSSMax, a.FilesMax, a.Threads = a.RSSMax+b.RSSMax, a.FilesMax+b.FilesMax, a.Threads+b.Threads
}

// series adds samples second by second.
func (m *merger) series(other []Sample) {
	for i := range other {
		if i >= len(m.r.Series) {
			m.r.Series = append(m.r.Series, other[i])
			continue
		}
		a, b := &m.r.Series[i], &other[i]
		a.Started, a.Arriving, a.Publishing, a.Playing = a.Started+b.Started, a.Arriving+b.Arriving,
			a.Publishing+b.Publishing, a.Playing+b.Playing
		a.Refused, a.Errors, a.Hooks = a.Refused+b.Refused, a.Errors+b.Errors, a.Hooks+b.Hooks
		a.Frames, a.Bytes = a.Frames+b.Frames, a.Bytes+b.Bytes
		a.OwnCPU, a.OwnRSS, a.ServerCPU, a.ServerRSS = a.OwnCPU+b.OwnCPU, a.OwnRSS+b.OwnRSS, a.ServerCPU+b.ServerCPU,
			a.ServerRSS+b.ServerRSS
		a.EnterP99, a.E2EP99, a.Lateness = max(a.EnterP99, b.EnterP99), max(a.E2EP99, b.E2EP99),
			max(a.Lateness, b.Lateness)
		a.Latency = worst(a.Latency, b.Latency)
	}
}

// worst takes the larger of each figure: percentiles of two shards do not add up.
func worst(a, b map[string]measure.Spread) map[string]measure.Spread {
	all := maps.Clone(a)
	for name, y := range b {
		if all == nil {
			all = map[string]measure.Spread{}
		}
		x := all[name]
		all[name] = measure.Spread{Count: x.Count + y.Count, P50: max(x.P50, y.P50), P90: max(x.P90, y.P90),
			P99: max(x.P99, y.P99)}
	}
	return all
}

// finish judges the whole.
func (m *merger) finish() (*Report, Histograms, *Evidence, error) {
	r, ev := m.r, m.ev
	p, err := hook.ProfileByName(ev.Profile)
	if err != nil {
		return nil, nil, nil, err
	}
	m.join()
	set := measure.NewSet()
	books := account.Judge(account.Case{Profile: p, Plan: plan.Make(ev.Plan), Outcomes: ev.Outcomes,
		Entries:   ev.Entries,
		Hooks:     ev.Hooks,
		LateAfter: ev.LateAfter, Shared: ev.Shared, Measure: set, Warmup: ev.Warmup})
	r.Hooks = nil
	if ev.Hooks || books.Total() > 0 {
		r.Hooks = books
	}
	if h := set.Histogram(measure.Disconnect); h.TotalCount() > 0 {
		m.hs[measure.Disconnect] = h // a shard without the endpoint could not measure it
	}
	r.Latencies = m.hs.Latencies()
	if m.n > 1 {
		r.Notes = []string{fmt.Sprintf("This is the sum of %d shards of %d.", m.n, ev.Shard.Of)}
	}
	r.Setup.Shard, r.Setup.Profile, ev.Shard = "", p.Name, plan.Shard{}
	var given []Threshold
	for _, text := range ev.Thresholds {
		t, err := ParseThreshold(text)
		if err != nil {
			return nil, nil, nil, err
		}
		given = append(given, t)
	}
	r.Judge(Combine(Defaults(ev.Hooks), given), m.hs)
	return r, m.hs, ev, nil
}

// join finds, for requests whose client an endpoint did not know, the client whose client_id another endpoint knew.
func (m *merger) join() {
	ids := map[string]int{}
	for _, e := range m.ev.Entries {
		if e.Client >= 0 && e.ID != "" {
			ids[e.ID] = e.Client
		}
	}
	for i := range m.ev.Entries {
		e := &m.ev.Entries[i]
		if client, known := ids[e.ID]; known && e.Client == account.Nobody {
			e.Client = client
		}
	}
}
