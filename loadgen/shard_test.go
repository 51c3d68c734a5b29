package loadgen

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/loadgen/internal/builtin"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// TestShardsAreOneTest plays one plan as a whole and as four shards against
// one server, whose hooks go to the first shard, and compares the books.
func TestShardsAreOneTest(t *testing.T) {
	whole := play(t, small(t, "whole"))
	dirs := playShards(t, 4)
	r, hs, ev, err := result.Merge(dirs, false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Hooks == nil || r.Hooks.Total() != 0 || r.ErrorTotal != 0 {
		t.Fatalf("merged books %+v, errors %v", r.Hooks, r.Errors)
	}
	if !reflect.DeepEqual(r.Hooks.Seen, whole.Hooks.Seen) || !reflect.DeepEqual(r.Hooks.Expected,
		whole.Hooks.Expected) {
		t.Errorf("events are %v, of the whole %v", r.Hooks.Seen, whole.Hooks.Seen)
	}
	a, b := r.Sessions, whole.Sessions
	a.PeakLive, b.PeakLive = 0, 0
	if a != b {
		t.Errorf("sessions are %+v, of the whole %+v", a, b)
	}
	for _, name := range []string{"tcp", "publish", "play", "lateness"} {
		if x, y := r.Latency(name), whole.Latency(name); x == nil || x.Count != y.Count {
			t.Errorf("%s: %+v, of the whole %+v", name, x, y)
		}
	}
	for m := range measure.Count {
		if r.Latency(m.String()) == nil && whole.Latency(m.String()) != nil {
			t.Errorf("the metric %s was lost in merging", m)
		}
	}
	dir := filepath.Join(t.TempDir(), "merged")
	if err := result.Write(dir, r, hs, ev); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := result.Merge(dirs[1:], false); err == nil {
		t.Error("three of four shards are merged")
	}
	if _, _, _, err := result.Merge(append(dirs, dirs[0]), false); err == nil {
		t.Error("a shard is merged twice")
	}
}

func play(t *testing.T, cfg Config) *result.Report {
	t.Helper()
	out, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return out.Report
}

// playShards plays n shards at once and returns the directories of their reports.
func playShards(t *testing.T, n int) []string {
	t.Helper()
	var hooks string
	listening := make(chan struct{})
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-listening
		resp, err := http.Post(hooks+r.URL.Path, "application/json", r.Body)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}))
	t.Cleanup(relay.Close)
	child, err := builtin.StartChild(builtin.Order{Hooks: relay.URL, Profile: hook.SRS1.Name, Clients: 200})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(child.Kill)
	start := time.Now().Add(2 * time.Second)
	dirs := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		dirs[i] = filepath.Join(t.TempDir(), strconv.Itoa(i))
		wg.Go(func() {
			cfg := small(t, "parts")
			cfg.RTMP, cfg.Shard, cfg.StartAt = "rtmp://"+child.Addr+"/live", plan.Shard{Number: i + 1, Of: n}, start
			if i == 0 {
				cfg.Listen = "127.0.0.1:0"
				cfg.Between = func(url string) string { hooks = url; close(listening); return url }
			}
			out, err := Run(t.Context(), cfg)
			if err == nil {
				err = result.Write(dirs[i], out.Report, out.Histograms, &out.Evidence)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return dirs
}
