// Package outsider uses Hookproof as another module does.
package outsider

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/hook/hooktest"
	"hookproof/hook/order"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
	"hookproof/server"
)

func TestMain(m *testing.M) {
	loadgen.ServeAsChild() // the built-in server of a load test is this program once more
	os.Exit(m.Run())
}

// vendor is a hook server as somebody may write it, which asks for token=good.
func vendor(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var event struct{ Action, Param, TCURL string }
	if err := json.Unmarshal(body, &event); err != nil {
		io.WriteString(w, "100")
		return
	}
	e, err := hook.ParseEvent(event.Action)
	if err != nil {
		io.WriteString(w, "200")
		return
	}
	if !e.Closing() && !good(event.Param+"?"+event.TCURL) {
		io.WriteString(w, "1")
		return
	}
	io.WriteString(w, "0")
}

func good(params string) bool {
	for name, value := range hook.Params(params) {
		if name == "token" {
			return value == "good"
		}
	}
	return false
}

func TestHookServer(t *testing.T) {
	hooktest.TestHookServer(t, hooktest.HookServer{
		Handler: http.HandlerFunc(vendor), Accept: []string{"token=good"}, Refuse: []string{"token=bad"},
	}, hooktest.Only("H-RSP-03", "H-REJ-02"), hooktest.Clients(10))
}

// start runs the server of package server with these hooks.
func start(t testing.TB, p *hook.Profile, vhosts []hooktest.VHost, told func(string, hook.Call)) (addr string) {
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, nil
	for _, v := range vhosts {
		one := server.DefaultVHostConfig(v.Name)
		one.Hooks.Enabled, one.Hooks.Profile = v.Enabled, p.Name
		for e, urls := range v.URLs {
			one.Hooks.URLs[e] = urls
		}
		cfg.VHosts = append(cfg.VHosts, one)
	}
	s, err := server.New(cfg, server.Options{OnHook: told})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.Addr().String()
}

func TestRTMPServer(t *testing.T) {
	hooktest.TestRTMPServer(t, hooktest.RTMPServer{Start: func(t testing.TB, h hooktest.Hooks) string {
		return start(t, h.Profile, h.VHosts, nil)
	}}, hooktest.Only("S-ORD-01", "S-CFG-01"))
}

// TestRecorder drives the server with scripted clients and judges the order of
// what came.
func TestRecorder(t *testing.T) {
	hooks := hooktest.NewRecorder(t, hook.SRS6)
	hooks.Answer(func(r *hooktest.Request) hooktest.Answer {
		if r.Event == hook.OnPlay && !good(r.Payload.Param) {
			return hooktest.Refuse()
		}
		return hooktest.Accept()
	})
	var calls atomic.Int64
	url := "rtmp://" + start(t, hook.SRS6, []hooktest.VHost{{Name: server.DefaultVHost, Enabled: true,
		URLs: hooks.URLs()}},
		func(string, hook.Call) { calls.Add(1) }) + "/live"
	publisher := hooktest.Publish(t, url, "cam1")
	player := hooktest.Play(t, url, "cam1?token=good")
	player.AwaitFrames(3)
	if refused := hooktest.Play(t, url, "cam1?token=bad"); refused.AwaitEnd() == nil || refused.Frames() > 0 {
		t.Error("want the player refused without a frame")
	}
	player.Leave()
	publisher.Leave()
	hooks.Await("11 events", func(all []*hooktest.Request) bool { return len(all) == 11 && !all[10].Answered.IsZero() })
	checker := order.New(order.Options{Profile: hook.SRS6})
	for _, r := range hooks.Requests() {
		checker.Feed(r.Payload.ClientID, r.Event, r.Arrived, r.Answered, !r.Event.Closing() && r.Decision.Accept)
	}
	checker.Finish(false)
	for _, p := range checker.Problems() {
		t.Error(p)
	}
	if calls.Load() == 0 {
		t.Error("the server told of no call")
	}
}

func TestLoad(t *testing.T) {
	cfg := loadgen.Config{Run: "outside", Plan: plan.Spec{
		Stages: plan.Ramp(20, time.Second, 2*time.Second, time.Second), Publishers: plan.Percent(50),
	}}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	out, err := loadgen.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if out.Report.Verdict == result.Failed || out.Report.Sessions.Started == 0 {
		t.Errorf("got %s, %d sessions", out.Report.Verdict, out.Report.Sessions.Started)
	}
}
