package endpoint

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"hookproof/hook"
)

func request(e hook.Event, app, stream, param, tcURL string) *Request {
	return &Request{
		Method: "POST", Target: "/api/v1/streams?x=1", HasEvent: true, Event: e,
		Payload: &hook.Payload{ClientID: "c1", VHost: "v", App: app, Stream: stream, Param: param, TCURL: tcURL},
	}
}

func TestMatch(t *testing.T) {
	r := request(hook.OnPublish, "live", "cam1", "?token=good?token=tc&x=%20y", "rtmp://h/live?token=tc")
	tests := []struct {
		name  string
		match Match
		want  bool
	}{
		{"anything", Match{}, true},
		{"event", Match{Events: []hook.Event{hook.OnPlay, hook.OnPublish}}, true},
		{"other event", Match{Events: []hook.Event{hook.OnPlay}}, false},
		{"method", Match{Method: "POST"}, true},
		{"other method", Match{Method: "GET"}, false},
		{"path", Match{Path: "/api/v1/streams"}, true},
		{"other path", Match{Path: "/api/v1/streams?x=1"}, false},
		{"client", Match{Client: Is("c1")}, true},
		{"vhost", Match{VHost: Is("w")}, false},
		{"app", Match{App: Is("live")}, true},
		{"empty app", Match{App: Is("")}, false},
		{"stream", Match{Stream: Like(regexp.MustCompile("^cam[0-9]$"))}, true},
		{"param", Match{Param: Contains("token=good")}, true},
		{"exact param", Match{Param: Is("?token=good")}, false},
		{"tcUrl", Match{TCURL: Holds(func(s string) bool { return strings.HasSuffix(s, "=tc") })}, true},
		{"query", Match{Query: "token=good"}, true},
		{"query, second", Match{Query: "token=tc"}, true},
		{"query, as sent", Match{Query: "x=%20y"}, true},
		{"query, prefix", Match{Query: "token=goo"}, false},
		{"where", Match{Where: func(r *Request) bool { return r.Payload.App != "live" }}, false},
		{"all of it", Match{App: Is("live"), Stream: Is("cam1"), Query: "token=bad"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s ruleSet
			s.add(Rule{Match: tt.match})
			if _, got := s.find(r); got != tt.want {
				t.Errorf("matches: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFirstMatchWins(t *testing.T) {
	r := request(hook.OnPublish, "live", "cam1", "?token=a", "")
	matches := []Match{
		{App: Is("live")}, {Stream: Is("cam1")}, {Query: "token=a"}, {Param: Is("?token=a")},
		{Client: Is("c1")}, {Stream: Contains("cam")}, {},
	}
	// Whatever the order of adding, the first added answers, then, as each is
	// removed, the one after it.
	for shift := range matches {
		var s ruleSet
		var removes []func()
		for i := range matches {
			m := matches[(i+shift)%len(matches)]
			s.add(Rule{Name: "no", Match: Match{App: Is("live"), Stream: Is("other")}})
			removes = append(removes, s.add(Rule{Name: fmt.Sprint(i), Match: m}))
		}
		for i, remove := range removes {
			if got, _ := s.find(r); got.Name != fmt.Sprint(i) {
				t.Errorf("shift %d: rule %q answers, want %d", shift, got.Name, i)
			}
			remove()
			remove()
		}
		if _, ok := s.find(r); ok {
			t.Error("a removed rule matches")
		}
	}
}

func TestTimes(t *testing.T) {
	var s ruleSet
	r := request(hook.OnPlay, "live", "s", "", "")
	s.add(Rule{Name: "twice", Match: Match{Times: 2, Stream: Is("s")}})
	s.add(Rule{Name: "then"})
	var got []string
	for range 4 {
		rule, _ := s.find(r)
		got = append(got, rule.Name)
	}
	if strings.Join(got, " ") != "twice twice then then" {
		t.Errorf("got %v", got)
	}
}

func TestRuleForNoEvent(t *testing.T) {
	var s ruleSet
	s.add(Rule{Name: "any stream", Match: Match{Stream: Contains("")}})
	if rule, ok := s.find(&Request{Method: "GET"}); !ok || rule.Name != "any stream" {
		t.Errorf("got %v, %v", rule.Name, ok)
	}
	s = ruleSet{}
	s.add(Rule{Match: Match{Events: []hook.Event{hook.OnConnect}}})
	if _, ok := s.find(&Request{Method: "GET"}); ok {
		t.Error("a request that is no event matches on_connect")
	}
}

// TestRulesChangeWhileServing runs rules and requests beside each other, for
// the race detector.
func TestRulesChangeWhileServing(t *testing.T) {
	e := serve(t, Options{})
	var wg sync.WaitGroup
	for range 4 {
		nc := dial(t, e.Addr())
		wg.Add(1)
		go func() {
			defer wg.Done()
			answer := make([]byte, len(plainAnswer))
			for range 200 {
				if _, err := nc.Write([]byte(post(body(hook.OnPublish, "c", "cam", "")))); err != nil {
					t.Error(err)
					return
				}
				if n, err := nc.Read(answer); err != nil || n != len(answer) {
					t.Errorf("answer %q, %v", answer[:n], err)
					return
				}
			}
		}()
	}
	for i := range 200 {
		remove := e.AddRule(Rule{Match: Match{Stream: Is("cam")}, Func: func(*Request) Answer { return Refuse() }})
		if i%2 == 0 {
			e.SetDefault(func(*Request) Answer { return Accept() })
		}
		remove()
	}
	wg.Wait()
}
