package hookcheck

import (
	"strconv"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/reports"
)

// asked is one exchange as a scene records it; how is a failure, or "".
func asked(n int, want Want, status int, body string, how Failure, ms float64) []reports.Observation {
	code := "none"
	if how == "" || how == Truncated {
		code = strconv.Itoa(status)
	}
	text := ""
	if how != "" {
		text = "no answer: " + string(how)
	}
	return []reports.Observation{
		{
			N:     n,
			Kind:  reports.KindHook,
			Event: "on_publish",
			Actor: "Alice",
			Text:  "an on_publish",
			Data:  &reports.Details{Request: reports.Request{Want: string(want), Repro: "curl -sS x"}},
		},
		{
			N:     n + 1,
			Kind:  reports.KindAnswer,
			Event: "on_publish",
			Actor: "Alice",
			Code:  code,
			Body:  body,
			Text:  text,
			Refs:  []int{n},
			Data:  &reports.Details{Answer: reports.Answer{TookMS: ms, How: string(how)}},
		},
	}
}

func TestAnswers(t *testing.T) {
	type judgement func(*hook.Profile, []reports.Observation) *check.Finding
	accepted := func(p *hook.Profile, obs []reports.Observation) *check.Finding { return Accepted(p, obs) }
	never := func(_ *hook.Profile, obs []reports.Observation) *check.Finding { return NeverAccepted(obs) }
	known := func(_ *hook.Profile, obs []reports.Observation) *check.Finding { return OfProtocol(obs) }
	answered := func(_ *hook.Profile, obs []reports.Observation) *check.Finding { return Answered(obs, 2) }
	served := func(_ *hook.Profile, obs []reports.Observation) *check.Finding { return Served(obs) }
	for _, c := range []struct {
		name   string
		check  judgement
		p      *hook.Profile
		want   Want
		status int
		body   string
		how    Failure
		ms     float64
		wrong  string // part of what is expected; "" finds nothing
	}{
		{name: "zero", check: accepted, p: hook.SRS1, want: Accept, status: 200, body: "0"},
		{name: "object in srs1", check: accepted, p: hook.SRS1, want: Accept, status: 200, body: `{"code":0}`,
			wrong: "200 and `0`"},
		{name: "object in srs6", check: accepted, p: hook.SRS6, want: Accept, status: 200,
			body: `{"code":0,"data":null}`},
		{name: "201", check: accepted, p: hook.SRS6, want: Accept, status: 201, body: "0", wrong: "200 and `0`"},
		{name: "newline", check: accepted, p: hook.SRS6, want: Accept, status: 200, body: "0\n", wrong: "200 and `0`"},
		{name: "silence", check: accepted, p: hook.SRS6, want: Accept, how: TimedOut, wrong: "200 and `0`"},
		{name: "refused by code", check: Refused, p: hook.SRS6, want: Refuse, status: 200, body: "1"},
		{name: "refused by silence", check: Refused, p: hook.SRS6, want: Refuse, how: TimedOut},
		{name: "not refused", check: Refused, p: hook.SRS6, want: Refuse, status: 200, body: `{"code":0}`,
			wrong: "not 0"},
		{name: "object does not accept in srs1", check: Refused, p: hook.SRS1, want: Refuse, status: 200,
			body: `{"code":0}`},
		{name: "well refused", check: WellRefused, p: hook.SRS6, want: Refuse, status: 200,
			body: `{"code": 401, "msg":"no"}`},
		{name: "well refused, negative", check: WellRefused, p: hook.SRS6, want: Refuse, status: 200, body: "-1\n"},
		{name: "well refused by status", check: WellRefused, p: hook.SRS6, want: Refuse, status: 403, body: "no"},
		{name: "refused by 500", check: WellRefused, p: hook.SRS6, want: Refuse, status: 500, body: "1",
			wrong: "400 to 499"},
		{name: "refused in words", check: WellRefused, p: hook.SRS6, want: Refuse, status: 200, body: "no",
			wrong: "400 to 499"},
		{name: "refused by a string", check: WellRefused, p: hook.SRS6, want: Refuse, status: 200, body: `{"code":"1"}`,
			wrong: "400 to 499"},
		{name: "refused by a drop", check: WellRefused, p: hook.SRS6, want: Refuse, how: Dropped, wrong: "400 to 499"},
		{name: "exact", check: Exact, p: hook.SRS6, want: Accept, status: 200, body: "{\"code\":0}\n"},
		{name: "another code inside", check: Exact, p: hook.SRS6, want: Accept, status: 200,
			body: `{"data":{"code":5},"code":0}`},
		{name: "twice", check: Exact, p: hook.SRS6, want: Accept, status: 200, body: `{"code":0,"code":0}`,
			wrong: "one key code"},
		{name: "blank", check: Exact, p: hook.SRS6, want: Accept, status: 200, body: " 0", wrong: "nothing round it"},
		{name: "broken, refused", check: never, p: hook.SRS6, want: NoAccept, status: 200, body: "100"},
		{name: "broken, accepted by the other profile", check: never, p: hook.SRS1, want: NoAccept, status: 200,
			body: `{"code":0}`, wrong: "does not accept"},
		{name: "odd, refused", check: known, p: hook.SRS6, want: AnyAnswer, status: 400},
		{name: "odd, failed", check: known, p: hook.SRS6, want: AnyAnswer, status: 500, wrong: "not a 5xx"},
		{name: "odd, dropped", check: known, p: hook.SRS6, want: AnyAnswer, how: Dropped, wrong: "not a 5xx"},
		{name: "in time", check: answered, p: hook.SRS6, want: Accept, status: 200, ms: 1999},
		{name: "late", check: answered, p: hook.SRS6, want: Accept, how: TimedOut, wrong: "within 2 s"},
		{name: "served", check: served, p: hook.SRS6, want: Accept, status: 500},
		{name: "not served", check: served, p: hook.SRS6, want: Refuse, how: NotConnected, wrong: "an answer"},
		{name: "right", check: Right, p: hook.SRS6, want: Refuse, status: 403},
		{name: "of another", check: Right, p: hook.SRS6, want: Refuse, status: 200, body: "0", wrong: "a refusal"},
		{name: "of another, too", check: Right, p: hook.SRS6, want: Accept, status: 200, body: "1",
			wrong: "200 and `0`"},
		{name: "nothing asked", check: Refused, p: hook.SRS6, want: Accept, status: 200, wrong: "at least one request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.check(c.p, asked(3, c.want, c.status, c.body, c.how, c.ms))
			switch {
			case f == nil && c.wrong != "":
				t.Errorf("found nothing; want %q", c.wrong)
			case f != nil && (c.wrong == "" || !strings.Contains(f.Expected, c.wrong)):
				t.Errorf("found %v; want %q", f, c.wrong)
			case f != nil && len(f.Evidence) > 0 && !strings.Contains(f.Detail, "curl -sS x"):
				t.Errorf("the line to reproduce it is missing: %q", f.Detail)
			}
		})
	}
}

func TestQuick(t *testing.T) {
	note := func(n int, name string, p99 float64) reports.Observation {
		return reports.Observation{
			N:    n,
			Kind: reports.KindNote,
			Name: name,
			Data: &reports.Details{Latency: reports.Latency{P99: p99}},
		}
	}
	for _, c := range []struct {
		name      string
		obs       []reports.Observation
		slow      bool
		undecided bool
	}{
		{name: "quick", obs: []reports.Observation{note(0, LatencyNote, 199)}},
		{name: "quick in the end", obs: []reports.Observation{note(0, LatencyNote, 900), note(1, ControlNote, 10),
			note(2, LatencyNote, 100)}},
		{name: "slow", obs: []reports.Observation{note(0, LatencyNote, 900), note(1, ControlNote, 100)}, slow: true},
		{name: "slow machine", obs: []reports.Observation{note(0, LatencyNote, 900), note(1, ControlNote, 600)},
			slow: true, undecided: true},
		{name: "nothing measured", slow: true},
		{name: "scaled", obs: []reports.Observation{{Kind: reports.KindNote,
			Data: &reports.Details{SceneFacts: reports.SceneFacts{TimeScale: 2}}}, note(1, LatencyNote, 399)}},
	} {
		if f := Quick(c.obs); (f != nil) != c.slow || f != nil && f.Undecided != c.undecided {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestClients(t *testing.T) {
	on := []reports.Observation{{Kind: reports.KindStatus, Actor: "Alice", Name: "onStatus", Code: check.PublishStart}}
	out := []reports.Observation{{Kind: reports.KindDisconnect, Actor: "Alice", Name: "fin"}}
	left := []reports.Observation{{Kind: reports.KindDisconnect, Actor: "Alice", Name: "local"}}
	for name, c := range map[string]struct {
		obs     []reports.Observation
		on, out bool
	}{"on": {on, true, false}, "out": {out, false, true}, "left": {left, false, false}, "nothing": {},
		"on, then out": {append(on, out...), false, false}} {
		if got := LetOn(c.obs, "Alice", "x") == nil; got != c.on {
			t.Errorf("%s: let on: %v", name, got)
		}
		if got := ThrownOut(c.obs, "Alice", "x") == nil; got != c.out {
			t.Errorf("%s: thrown out: %v", name, got)
		}
	}
}

func TestAlive(t *testing.T) {
	obs := append(
		asked(0, Anything, 0, "", Dropped, 1),
		reports.Observation{N: 2, Kind: reports.KindNote, Name: AliveNote, Text: "gone"},
	)
	if f := Alive(obs); f == nil || !f.Fatal || !strings.Contains(f.Detail, "curl") {
		t.Errorf("%+v", f)
	}
	if f := Alive(obs[:2]); f != nil {
		t.Errorf("%+v", f)
	}
	if n := obs[1].Details().TookMS; n != 1 {
		t.Error(n)
	}
}
