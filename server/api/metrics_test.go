package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"hookproof/hook"
	"hookproof/server"
)

// scrape returns what Prometheus is told.
func scrape(t *testing.T, f *fake, m *Metrics) string {
	t.Helper()
	w := ask(New(f, m), "GET", "/metrics")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	f, m := newFake(), NewMetrics()
	f.stats = server.Stats{
		Connections: 7, Accepted: 100, Refused: 3, Displaced: 11, Publishers: 2, Players: 4, Idle: 1,
		Streams: 5, LiveStreams: 2, RecvBytes: 1 << 40, SentBytes: 77, Frames: 9, Dropped: 8,
	}
	f.stats.HookRefusals[hook.OnPublish] = 6
	f.stats.HookRetries[hook.OnClose], f.stats.HookLost[hook.OnStop] = 11, 12
	f.stats.Hooks = hook.Load{InFlight: 21, Waiting: 22, Retrying: 23}
	start := time.Now()
	for _, c := range []hook.Call{
		{Event: hook.OnPublish, Decision: hook.Decision{Accept: true}, Status: 200, Start: start,
			End: start.Add(4 * time.Millisecond)},
		{Event: hook.OnPublish, Status: 403, Start: start, End: start.Add(200 * time.Millisecond),
			Waited: 150 * time.Millisecond},
		{Event: hook.OnPublish, Err: errors.New("refused"), Start: start, End: start.Add(time.Minute)},
	} {
		m.ObserveHook(server.DefaultVHost, c)
	}
	text := scrape(t, f, m)
	for _, want := range []string{
		"hookproof_connections 7",
		"hookproof_connections_accepted_total 100",
		"hookproof_connections_refused_total 3",
		"hookproof_connections_displaced_total 11",
		`hookproof_sessions{kind="publish"} 2`,
		`hookproof_sessions{kind="play"} 4`,
		`hookproof_sessions{kind="idle"} 1`,
		"hookproof_streams 5",
		"hookproof_streams_live 2",
		"hookproof_received_bytes_total 1.099511627776e+12",
		"hookproof_sent_bytes_total 77",
		"hookproof_frames_received_total 9",
		"hookproof_frames_dropped_total 8",
		`hookproof_hook_calls_total{event="on_publish",result="accepted"} 1`,
		`hookproof_hook_calls_total{event="on_publish",result="refused"} 1`,
		`hookproof_hook_calls_total{event="on_publish",result="failed"} 1`,
		`hookproof_hook_calls_total{event="on_stop",result="failed"} 0`,
		`hookproof_hook_refusals_total{event="on_publish"} 6`,
		`hookproof_hook_duration_seconds_bucket{event="on_publish",le="0.005"} 1`,
		`hookproof_hook_duration_seconds_bucket{event="on_publish",le="0.25"} 2`,
		`hookproof_hook_duration_seconds_bucket{event="on_publish",le="30"} 2`,
		`hookproof_hook_duration_seconds_count{event="on_publish"} 3`,
		`hookproof_hook_retries_total{event="on_close"} 11`,
		`hookproof_hook_events_lost_total{event="on_stop"} 12`,
		"hookproof_hook_calls_in_flight 21",
		"hookproof_hook_calls_waiting 22",
		"hookproof_hook_events_retrying 23",
		`hookproof_hook_wait_seconds_bucket{le="0"} 2`,
		`hookproof_hook_wait_seconds_bucket{le="0.1"} 2`,
		`hookproof_hook_wait_seconds_bucket{le="0.25"} 3`,
		"hookproof_hook_wait_seconds_sum 0.15",
		"go_goroutines ",
		"process_open_fds ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("%q is not in\n%s", want, text)
			break
		}
	}
	if regexp.MustCompile(`refusals_total\{event="on_(close|stop|unpublish)"`).MatchString(text) {
		t.Error("refusals of closing events are told; they refuse nobody")
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v %v", problems, err)
	}
}

func TestMetricsOff(t *testing.T) {
	f := newFake()
	f.config.API.Metrics = false
	if w := ask(New(f, NewMetrics()), "GET", "/metrics"); w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", w.Code)
	}
}

// TestTwoServers: the metrics of two servers in one process do not collide.
func TestTwoServers(t *testing.T) {
	one, two := newFake(), newFake()
	one.stats.Connections, two.stats.Connections = 1, 2
	if text := scrape(t, one, NewMetrics()); !strings.Contains(text, "\nhookproof_connections 1\n") {
		t.Error("the first server's metrics are wrong")
	}
	if text := scrape(t, two, NewMetrics()); !strings.Contains(text, "\nhookproof_connections 2\n") {
		t.Error("the second server's metrics are wrong")
	}
}
