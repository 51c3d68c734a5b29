package plan

import (
	"reflect"
	"testing"
	"time"

	"hookproof/hook"
)

func thousand() Spec {
	return Spec{Stages: Ramp(1000, 10*time.Second, 20*time.Second, 5*time.Second),
		Publishers: Percent(20), Refused: Percent(10), Vanish: Percent(5), Seed: 1}
}

func TestMakeCounts(t *testing.T) {
	p := Make(thousand())
	c := p.Count(nil)
	if c.Sessions != 1100 || c.Publishers != 220 || c.Players != 880 || c.Refused() != 100 || c.Vanishing != 50 {
		t.Errorf("counts are %+v", c)
	}
	for _, e := range []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay} {
		if c.RefusedAt[e] == 0 {
			t.Errorf("nobody is refused at %s", e)
		}
	}
	if p.HoldFrom != 10*time.Second || p.HoldUntil != 30*time.Second || p.Length != 35*time.Second {
		t.Errorf("hold from %v until %v of %v", p.HoldFrom, p.HoldUntil, p.Length)
	}
}

func TestMakeIsTheSameForTheSameSeed(t *testing.T) {
	a, b := Make(thousand()), Make(thousand())
	if !reflect.DeepEqual(a, b) {
		t.Error("two plans of one seed differ")
	}
	other := thousand()
	other.Seed = 2
	if reflect.DeepEqual(a, Make(other)) {
		t.Error("plans of different seeds are the same")
	}
}

func TestMakeHolds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Spec)
	}{
		{"as it is", func(*Spec) {}},
		{"even", func(s *Spec) { s.Even = true }},
		{"few streams", func(s *Spec) { s.Streams = 3 }},
		{"churn", func(s *Spec) { s.Churn = 20 }},
		{"stages", func(s *Spec) {
			s.Stages = []Stage{{time.Second, 50}, {time.Second, 20}, {time.Second, 90}, {time.Second, 90}}
		}},
		{"all publish", func(s *Spec) { s.Publishers = Percent(100) }},
		{"nobody publishes", func(s *Spec) { s.Publishers = Percent(0); s.Streams = 4 }},
		{"as many refused as held", func(s *Spec) { s.Refused = Percent(100) }},
		{"publishers refused", func(s *Spec) { s.RefuseAt = []hook.Event{hook.OnPublish} }},
		{"one", func(s *Spec) { s.Stages = Ramp(1, 0, 0, 0) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := thousand()
			c.change(&spec)
			if err := spec.Check(); err != nil {
				t.Fatal(err)
			}
			checkPlan(t, spec, Make(spec))
		})
	}
}

// checkPlan checks what every plan must hold.
func checkPlan(t *testing.T, spec Spec, p *Plan) {
	t.Helper()
	live, peak := map[time.Duration]int{}, 0
	streams := map[int]bool{}
	for i := range p.Sessions {
		s := &p.Sessions[i]
		if s.Index != i || s.Depart < s.Arrive || s.Depart > p.Length || s.Stream >= p.Streams {
			t.Fatalf("session %d is %+v", i, s)
		}
		if i > 0 && s.Arrive < p.Sessions[i-1].Arrive {
			t.Fatalf("session %d arrives before the one before", i)
		}
		if s.Refused && s.RefuseAt != hook.OnConnect && s.RefuseAt != s.Role.Event() {
			t.Fatalf("a %s is to be refused at %s", s.Role, s.RefuseAt)
		}
		if s.Role == Play && s.Source >= 0 {
			streams[s.Stream] = true
			of := &p.Sessions[s.Source]
			if of.Role != Publish || of.Refused || of.Stream != s.Stream {
				t.Fatalf("session %d plays the stream of %+v", i, of)
			}
		}
		if !s.Refused {
			live[s.Arrive]++
			live[s.Depart]--
		}
	}
	at, now := []time.Duration{}, 0
	for k := range live {
		at = append(at, k)
	}
	sortDurations(at)
	for _, k := range at {
		now += live[k]
		peak = max(peak, now)
	}
	if peak != spec.Peak() && spec.Stages[0].For > 0 {
		t.Errorf("%d sessions at once that are let in, want %d", peak, spec.Peak())
	}
	if spec.Streams > 0 && spec.Churn == 0 && len(spec.Stages) == 3 && len(streams) > spec.Streams {
		t.Errorf("%d streams are played, want at most %d", len(streams), spec.Streams)
	}
}

func sortDurations(d []time.Duration) {
	for i := range d {
		for j := i; j > 0 && d[j] < d[j-1]; j-- {
			d[j], d[j-1] = d[j-1], d[j]
		}
	}
}

func TestShardsCoverThePlan(t *testing.T) {
	p := Make(thousand())
	sum := 0
	for n := 1; n <= 4; n++ {
		sum += p.Count(Shard{n, 4}.Has).Sessions
	}
	if sum != 1100 || p.Count(Shard{}.Has).Sessions != 1100 {
		t.Errorf("four shards have %d sessions", sum)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		n, want    int
		ok         bool
	}{
		{"percent", "20%", 1000, 200, true},
		{"fraction", "0.5%", 1000, 5, true},
		{"number", "7", 1000, 7, true},
		{"more than there are", "7", 5, 5, true},
		{"negative", "-1", 0, 0, false},
		{"too much", "101%", 0, 0, false},
		{"words", "many", 0, 0, false},
		{"no number", "NaN%", 0, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := ParseShare(c.text)
			if (err == nil) != c.ok || c.ok && (s.Of(c.n) != c.want || s.String() != c.text) {
				t.Errorf("%q is %v of which %d, %v", c.text, s, s.Of(c.n), err)
			}
		})
	}
	if st, err := ParseStages("30s:200,1m:1000, 30s:0"); err != nil || len(st) != 3 ||
		st[1] != (Stage{time.Minute, 1000}) {
		t.Errorf("stages are %v, %v", st, err)
	}
	for _, bad := range []string{"", "30s", "30s:", "x:1", "1s:-1", "-1s:1"} {
		if _, err := ParseStages(bad); err == nil {
			t.Errorf("stages %q are taken", bad)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, s := range map[string]Spec{
		"nobody":          {Stages: Ramp(0, 0, 0, 0)},
		"too many":        {Stages: Ramp(3_000_000, 0, 0, 0)},
		"churn":           {Stages: Ramp(1, 0, time.Hour, 0), Churn: 1e9},
		"streams":         {Stages: Ramp(1, 0, 0, 0), Streams: -1},
		"a closing event": {Stages: Ramp(1, 0, 0, 0), RefuseAt: []hook.Event{hook.OnStop}},
	} {
		if s.Check() == nil {
			t.Errorf("%s: is taken", name)
		}
	}
}
