package loadgen

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/account"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// saboteur is between the server and our endpoint, and spoils what the
// test wants spoilt. It notes whom it wronged.
type saboteur struct {
	t      *testing.T
	server *httptest.Server
	keys   account.Keys
	target string

	mu      sync.Mutex
	ids     map[string]int // client_id → client
	count   int
	wronged []string
}

// verdict is what the saboteur does with a request.
type verdict int

const (
	pass    verdict = iota // on to the endpoint, and its answer back
	swallow                // answered without the endpoint
	change                 // every second refusal is made an acceptance
	twice                  // told twice
	hold                   // told late
)

func newSaboteur(t *testing.T, run string, plot func(*saboteur, hook.Event) verdict) *saboteur {
	s := &saboteur{t: t, keys: account.NewKeys(run), ids: map[string]int{}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		s.serve(w, r, plot)
	}))
	t.Cleanup(s.server.Close)
	return s
}

// between is Config.Between.
func (s *saboteur) between(hooks string) string {
	s.target = hooks
	return s.server.URL
}

func (s *saboteur) serve(w http.ResponseWriter, r *http.Request, plot func(*saboteur, hook.Event) verdict) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	pl, err := hook.DecodeAny(body)
	if err != nil {
		s.t.Errorf("payload %s: %v", body, err)
		return
	}
	ev, _ := pl.Event()
	s.mu.Lock()
	if n := s.keys.Find(pl.PageURL); n != account.Nobody {
		s.ids[pl.ClientID] = n
	}
	name := account.Name(s.ids[pl.ClientID])
	v := pass
	if !account.IsProbe(s.ids[pl.ClientID]) {
		v = plot(s, ev)
	}
	if v == swallow || v == twice {
		s.wronged = append(s.wronged, name)
	}
	s.mu.Unlock()
	if v == swallow {
		io.WriteString(w, "0")
		return
	}
	answer := s.ask(r, body)
	if v == twice {
		s.ask(r, body)
	}
	if v == change && answer == "1" {
		s.mu.Lock()
		if s.every(2) {
			s.wronged = append(s.wronged, name)
			answer = "0"
		}
		s.mu.Unlock()
	}
	io.WriteString(w, answer)
}

// ask reports the endpoint.
func (s *saboteur) ask(r *http.Request, body []byte) string {
	resp, err := http.Post(s.target+r.URL.Path, "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return "1"
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return string(answer)
}

// every says yes to each n-th question, beginning with the first to third. The
// lock is held.
func (s *saboteur) every(n int) bool {
	s.count++
	return s.count%n == 3%n
}

// small is a test of a few seconds.
func small(t *testing.T, run string) Config {
	t.Helper()
	return Config{
		Profile: hook.SRS1, Run: run, Timeout: 10 * time.Second, Settle: 3 * time.Second,
		Plan: plan.Spec{Stages: plan.Ramp(120, time.Second, 2*time.Second, time.Second),
			Publishers: plan.Percent(30), Refused: plan.Percent(25), Vanish: plan.Percent(10), Seed: 7},
	}
}

// TestSabotageIsCalledOut plants a defect between server and endpoint and asks
// for exactly the clients that it met, and for nothing else.
func TestSabotageIsCalledOut(t *testing.T) {
	for _, c := range []struct {
		name string
		kind account.Kind
		plot func(*saboteur, hook.Event) verdict
	}{
		{"loses on_unpublish", account.Lost, func(s *saboteur, e hook.Event) verdict {
			if e == hook.OnUnpublish && s.every(5) {
				return swallow
			}
			return pass
		}},
		{"loses on_close", account.Lost, func(s *saboteur, e hook.Event) verdict {
			if e == hook.OnClose && s.every(20) {
				return swallow
			}
			return pass
		}},
		{"tells on_stop twice", account.Doubled, func(s *saboteur, e hook.Event) verdict {
			if e == hook.OnStop && s.every(9) {
				return twice
			}
			return pass
		}},
		{"admits refused publishers", account.FalseAccept, func(s *saboteur, e hook.Event) verdict {
			if e == hook.OnPublish {
				return change
			}
			return pass
		}},
		{"admits refused clients at on_connect", account.FalseAccept, func(s *saboteur, e hook.Event) verdict {
			if e == hook.OnConnect {
				return change
			}
			return pass
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := small(t, "sab")
			s := newSaboteur(t, cfg.Run, c.plot)
			cfg.Between = s.between
			out, err := Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			s.compare(t, out.Report, c.kind)
		})
	}
}

// compare asks for the wronged clients by name, and for no others.
func (s *saboteur) compare(t *testing.T, r *result.Report, kind account.Kind) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.wronged) == 0 {
		t.Fatal("nobody was wronged: the test tests nothing")
	}
	var named []string
	for _, f := range r.Hooks.Findings {
		if f.Kind == account.FrameToRefused && kind == account.FalseAccept && slices.Contains(s.wronged, f.Client) {
			continue // what comes of being let in
		}
		if f.Kind != kind {
			t.Errorf("also found: %s", f)
			continue
		}
		named = append(named, f.Client)
	}
	slices.Sort(s.wronged)
	slices.Sort(named)
	if !slices.Equal(named, s.wronged) {
		t.Errorf("wronged were %v, named are %v", s.wronged, named)
	}
	if r.Verdict == result.Passed { // a busy machine may void the run
		t.Errorf("the verdict is %s", r.Verdict)
	}
	var text strings.Builder
	if err := r.WriteSummary(&text); err != nil || !strings.Contains(text.String(), named[0]) {
		t.Errorf("the summary does not name %s:\n%s", named[0], text.String())
	}
}
