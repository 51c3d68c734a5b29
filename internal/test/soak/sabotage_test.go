package soak

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/internal/client"
)

// A wrong is done to every n-th event of a sort.
type wrong struct {
	name, rule string
	every      int64
	do         func(s *saboteur, w http.ResponseWriter, body []byte)
	done       atomic.Int64
}

// A saboteur is between the server and the links to its hook server.
type saboteur struct {
	upstream string
	client   *http.Client
	wrongs   map[string]*wrong // by event
}

// post asks the hook server, by whichever path; nil: it gave no answer.
func (s *saboteur) post(body []byte) []byte {
	resp, err := s.client.Post("http://"+s.upstream+"/api/v1/streams", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil
	}
	return answer
}

// forward asks the hook server, and returns its answer, or none where it has none.
func (s *saboteur) forward(w http.ResponseWriter, body []byte) {
	answer := s.post(body)
	if answer == nil {
		panic(http.ErrAbortHandler)
	}
	w.Write(answer)
}

func (s *saboteur) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for event, wrong := range s.wrongs {
		if strings.Contains(string(body), `"`+event+`"`) && wrong.done.Add(1)%wrong.every == 0 {
			wrong.do(s, w, body)
			return
		}
	}
	s.forward(w, body)
}

// TestSabotage plants defects in the hooks of a server; the books show each.
func TestSabotage(t *testing.T) {
	wrongs := map[string]*wrong{
		"on_unpublish": {name: "an event is lost", rule: "known", every: 8,
			do: func(_ *saboteur, w http.ResponseWriter, _ []byte) {
				io.WriteString(w, "0")
			}},
		"on_close": {name: "an event is doubled", rule: "once", every: 8, do: func(s *saboteur, w http.ResponseWriter,
			body []byte) {
			s.post(body)
			s.forward(w, body)
		}},
		"on_publish": {name: "a refusal does not count", rule: "known", every: 1,
			do: func(s *saboteur, w http.ResponseWriter, body []byte) {
				s.post(body)
				io.WriteString(w, "0")
			}},
		"on_stop": {name: "an event is another's", rule: "known", every: 8,
			do: func(s *saboteur, w http.ResponseWriter, body []byte) {
				s.forward(w, bytes.Replace(body, []byte(`"ip":"127.`), []byte(`"ip":"128.`), 1))
			}},
	}
	cfg := Config{For: 2 * time.Second, Warmup: time.Millisecond, Rate: 80, Seed: 3, settle: 20 * time.Second}
	var fronts []*httptest.Server
	cfg.between = func(upstream string) string {
		s := httptest.NewServer(&saboteur{
			upstream: upstream, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
			wrongs: wrongs,
		})
		fronts = append(fronts, s)
		return s.Listener.Addr().String()
	}
	cfg.takeDown = func() {
		for _, s := range fronts {
			s.Close()
		}
	}
	res, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for event, wrong := range wrongs {
		found := 0
		for _, v := range res.Violations {
			if v.Rule == wrong.rule && strings.Contains(strings.SplitN(v.Text, "\n", 2)[0], event) {
				found++
			}
		}
		if found == 0 {
			t.Errorf("%s: %d of %s, and none was found among %d violations", wrong.name, wrong.done.Load(), event,
				len(res.Violations)+res.More)
		}
	}
}

// TestSessionLeft has a client stay that no book knows of, beside the anchors
// of a round without other clients.
func TestSessionLeft(t *testing.T) {
	var stays *client.Client
	cfg := Config{For: time.Millisecond, Warmup: time.Millisecond, Rate: 1, settle: 3 * time.Second}
	rounds := 0
	cfg.leak = func(r *rig) {
		if rounds++; rounds < 2 { // the warm-up
			return
		}
		var err error
		if stays, err = client.Dial(t.Context(), client.Options{URL: "rtmp://" + r.srv.Addr().String() +
			"/live"}); err != nil {
			t.Error(err)
		}
	}
	cfg.takeDown = func() {
		if stays != nil {
			stays.Close()
		}
	}
	res, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Violations) == 0 || res.Violations[0].Rule != "left-over" || !strings.Contains(res.Violations[0].Text,
		"the server has 1 connections") {
		t.Errorf("nobody noticed: %v", res.Violations)
	}
}

// TestLeftOver leaves something of each sort behind.
func TestLeftOver(t *testing.T) {
	gate := make(chan struct{})
	var kept []byte
	for _, row := range []struct {
		name, text string
		leave      func() (undo func())
	}{
		{"nothing", "", func() func() { return func() {} }},
		{"a goroutine", "goroutines and", func() func() {
			ended := make(chan struct{})
			go func() { <-gate; close(ended) }()
			return func() { close(gate); <-ended }
		}},
		{"a file", "files, where", func() func() {
			f, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			return func() { f.Close() }
		}},
		{"a socket", "files, where", func() func() {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			return func() { l.Close() }
		}},
		{"memory", "heap is", func() func() {
			kept = make([]byte, 2*heapSlack)
			return func() { kept = nil }
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := prime(1); err != nil {
				t.Fatal(err)
			}
			res := &Result{}
			res.leftOver(t.Context(), time.Second, true)
			undo := row.leave()
			res.leftOver(t.Context(), 300*time.Millisecond, false)
			if kept != nil {
				kept[0] = 1
			}
			undo()
			if row.text == "" && len(res.Violations) == 0 {
				return
			}
			if row.text == "" || len(res.Violations) != 1 || !strings.Contains(res.Violations[0].Text, row.text) {
				t.Errorf("%+v", res.Violations)
			}
		})
	}
}

func TestTrend(t *testing.T) {
	rounds := func(heaps ...float64) *Result {
		res := &Result{Came: 10_000}
		for _, h := range heaps {
			res.Rounds = append(res.Rounds, Footprint{Heap: int64(h * (1 << 20))})
		}
		return res
	}
	for name, row := range map[string]struct {
		res  *Result
		want int
	}{
		"level":          {rounds(5, 5, 5, 5, 5, 5), 0},
		"noise":          {rounds(5, 5.2, 4.9, 5.1, 5.3, 5), 0},
		"one peak":       {rounds(5, 5, 5, 5, 9, 5), 0},
		"steady growth":  {rounds(5, 5.4, 5.8, 6.2, 6.6, 7), 1},
		"too few rounds": {rounds(5, 6, 7), 0},
	} {
		if row.res.trend(); len(row.res.Violations) != row.want {
			t.Errorf("%s: %v", name, row.res.Violations)
		}
	}
}

// TestNumbers takes clients' addresses back to their numbers.
func TestNumbers(t *testing.T) {
	for _, n := range []int{1, 255, 65_535, 120_000, firstAnchor, firstAnchor + 1000} {
		if got := numberOf(address(n)); got != n {
			t.Errorf("%d: %s is %d", n, address(n), got)
		}
	}
	for _, s := range []string{"127.0.0.1", "10.1.2.3", "::1", ""} {
		if got := numberOf(net.ParseIP(s)); got != -1 {
			t.Errorf("%s is %d", s, got)
		}
	}
}
