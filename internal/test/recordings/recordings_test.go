package recordings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

// recordingCase says what is special in a file: how SRS was configured there,
// and what the hooks alone do not show.
type recordingCase struct {
	opts order.Options
	open int      // clients cut off by the end of the file or the server's death; negative: not counted
	lost []string // accepted as publishers, then turned away by SRS itself
	// only splits a file: the checker gets the requests that it agrees to.
	only func(*request) bool
}

func calledThrice() order.Options {
	urls := make(map[hook.Event]int)
	for _, e := range hook.Events {
		urls[e] = 3
	}
	return order.Options{URLs: urls}
}

func confVHost(r *request) bool { return strings.HasPrefix(r.target, "/conf/") }

var recordingCases = map[string][]recordingCase{
	"02_order_kill_hook_srv": {{open: 1}},
	"02_order_sigint":        {{open: 2}},
	"02_order_sigterm":       {{open: 2}},
	"02_order_sigquit":       {{open: 2}},
	"04_duplicate_publisher": {{lost: []string{"69c9y88w", "92ud6641"}}},
	"04_multi_all_ok":        {{opts: calledThrice()}},
	"04_multi_first_fails":   {{opts: calledThrice()}},
	"04_multi_notify_fails":  {{opts: calledThrice()}},
	"04_multi_second_fails":  {{opts: calledThrice()}},
	"05_names_and_params": {
		{only: func(r *request) bool { return !confVHost(r) }},
		{only: confVHost, opts: order.Options{Events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnClose}}},
	},
	"06_config": {{open: 21, opts: order.Options{Events: []hook.Event{hook.OnPublish}}}},
	"06_env": {{open: 1, opts: order.Options{
		Events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnClose},
		URLs:   map[hook.Event]int{hook.OnPublish: 2},
	}}},
	"06_reload":                            {{open: 2}},
	"07_dvr_hls_forward_http":              {{open: 3, opts: order.Options{HTTPPlayers: true}}},
	"07b_http_players_reject_and_hls_stop": {{open: 6, opts: order.Options{HTTPPlayers: true}}},
	// SRS asks a forward backend after on_publish, which refused here.
	"09_forward_backend_fails": {{lost: []string{"o5y37q15", "432focn8", "227fr22s"}}},
}

// beyondHTTP lists the answers of the 03 files that SRS takes differently
// from what status and body say, or that the file holds in part.
var beyondHTTP = []string{
	"10 MB",                      // the file holds its beginning
	"200 `0` with 16KB of head",  // likewise
	"200 `0` with 100KB of head", // more than SRS reads
	"HTTP/1.1 200 no content-length, `0`, stays open", // SRS waits for the end
}

func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	events := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rec := read(t, text, hook.SRS6)
			checkBodies(t, rec, damagedBodies[name])
			obeyResults(t, rec)
			if name == "04_kick_while_hook_pending" {
				// SRS aborts the pending call of a client that is kicked; the
				// recorder did not look at the connection while it held the answer.
				rec.requests[1].gaveUp = rec.requests[2].arrived
			}
			cases := recordingCases[name]
			if cases == nil {
				cases = []recordingCase{{}}
			}
			for _, c := range cases {
				events += checkOrder(t, rec, c)
			}
		})
	}
	if events < 1300 {
		t.Errorf("%d events checked, want 1,300 or more", events)
	}
}

// damagedBodies counts the events whose bodies SRS wrote with raw control
// bytes, which is no JSON.
var damagedBodies = map[string]int{"02_order_ctrl": 3, "05_names_and_params": 3}

// checkBodies asks that every event's body is a payload of its profile and detected as
// such, but for so many damaged ones, which are detected all the same.
func checkBodies(t *testing.T, rec *recording, damaged int) {
	t.Helper()
	bad := 0
	for n, r := range rec.requests {
		if r.method != "POST" || !r.isEvent {
			continue // a GET of on_hls_notify, or one of the events beside the six
		}
		if r.problems != nil {
			bad++
			if damaged == 0 {
				t.Errorf("request %d: %v\n%s", n, r.problems, r.body)
			}
		}
		if _, err := hook.DecodeAny([]byte(r.body)); err != nil && r.problems != nil && damaged > 0 {
			continue // a quote that is not escaped, as SRS 3 sends it: nobody can read on after it
		}
		if d := hook.Detect(hook.Request{Target: r.target, UserAgent: r.agent,
			Body: []byte(r.body)}); d.Profile != r.profile || !d.Exact {
			t.Errorf("request %d: want %s, detected %+v\n%s", n, r.profile, d, r.body)
		}
	}
	if bad != damaged {
		t.Errorf("%d damaged bodies, want %d", bad, damaged)
	}
}

// obeyResults compares our judgement of each answer with what SRS made of it,
// and takes over SRS's where the answer alone does not tell.
func obeyResults(t *testing.T, rec *recording) {
	t.Helper()
	for _, r := range rec.requests {
		want, known := rec.accepted[r.name]
		if !known || r.name == "" || r.event.Closing() {
			continue
		}
		got := r.verdict()
		odd := slices.ContainsFunc(beyondHTTP, func(s string) bool { return strings.HasPrefix(r.name, s) })
		if got.Accept != want && !odd {
			t.Errorf("%s: answer %q: accept %v (%s), SRS: %v", r.name, r.answer, got.Accept, got.Reason, want)
		}
		r.answer = refusing
		if want {
			r.answer = accepting
		}
	}
}

const accepting, refusing = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0",
	"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

// feed tells the checker of requests, in order of their arrival.
func feed(k *order.Checker, requests []*request) {
	byArrival := slices.Clone(requests)
	slices.SortStableFunc(byArrival, func(a, b *request) int { return a.arrived.Compare(b.arrived) })
	for _, r := range byArrival {
		if !r.isEvent {
			continue
		}
		answered := r.answered
		if !r.gaveUp.IsZero() && r.gaveUp.Before(answered) {
			answered = time.Time{} // it did not wait: what it does next overlaps nothing
		}
		k.Feed(r.payload.ClientID, r.event, r.arrived, answered, !r.event.Closing() && r.verdict().Accept)
	}
}

func checkOrder(t *testing.T, rec *recording, c recordingCase) int {
	t.Helper()
	c.opts.Profile = rec.profile
	// The lab recorder noted an answer's time after it was written, by up to
	// 3.2 ms: the next event could be there before.
	c.opts.Uncertainty = 5 * time.Millisecond
	k := order.New(c.opts)
	requests := rec.requests
	if c.only != nil {
		requests = slices.DeleteFunc(slices.Clone(requests), func(r *request) bool { return !c.only(r) })
	}
	feed(k, requests)
	for _, id := range c.lost {
		k.Lost(id)
	}
	k.Finish(true)
	for _, p := range k.Problems() {
		if p.Verdict == order.Fail {
			t.Error(p)
		}
	}
	stats := k.Stats()
	if stats.Live != c.open && c.open >= 0 {
		t.Errorf("%d clients open at the end, want %d", stats.Live, c.open)
	}
	total := 0
	for _, n := range stats.Events {
		total += int(n)
	}
	return total
}

func TestMutatedRecordings(t *testing.T) {
	mutants := []struct {
		name   string
		mutate func([]*request) []*request
		want   string
	}{
		{"on_unpublish dropped", drop(hook.OnUnpublish), "S-ORD-01"},
		{"on_close dropped", drop(hook.OnClose), "S-ORD-01"},
		{"on_connect dropped", drop(hook.OnConnect), "S-ORD-01"},
		{"on_publish doubled", func(all []*request) []*request { return slices.Insert(all, 2, all[1]) }, "S-ORD-01"},
		{"closing events swapped", func(all []*request) []*request {
			a, b := *all[2], *all[3]
			a.arrived, b.arrived = b.arrived, a.arrived
			a.answered, b.answered = b.answered, a.answered
			return []*request{all[0], all[1], &b, &a}
		}, "S-ORD-01"},
		{"overlapped", func(all []*request) []*request {
			late := *all[0]
			late.answered = all[3].answered
			return append([]*request{&late}, all[1:]...)
		}, "S-ORD-03"},
		{"refused, yet unpublished", func(all []*request) []*request {
			refused := *all[1]
			refused.answer = refusing
			return []*request{all[0], &refused, all[2], all[3]}
		}, "S-ANS-04"},
	}
	text, err := os.ReadFile("testdata/02_order_pub_kill.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			rec := read(t, text, hook.SRS6)
			if len(rec.requests) != 4 {
				t.Fatalf("want 4 requests, got %d", len(rec.requests))
			}
			k := order.New(order.Options{Profile: hook.SRS6})
			feed(k, m.mutate(rec.requests))
			k.Finish(false)
			problems := k.Problems()
			if !slices.ContainsFunc(problems, func(p order.Problem) bool { return p.Concerns(m.want) }) {
				t.Errorf("got %v, want %s", problems, m.want)
			}
		})
	}
}

func drop(e hook.Event) func([]*request) []*request {
	return func(all []*request) []*request {
		return slices.DeleteFunc(all, func(r *request) bool { return r.event == e })
	}
}
