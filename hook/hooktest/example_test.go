package hooktest_test

import (
	"net/http"
	"testing"

	"hookproof/hook"
	"hookproof/hook/hooktest"
)

var handler http.Handler // the hook server under test

// The vendor of a hook server, who asks for a token.
func ExampleTestHookServer() {
	_ = func(t *testing.T) { // func TestConformance(t *testing.T)
		hooktest.TestHookServer(t,
			hooktest.HookServer{Handler: handler, Accept: []string{"token=good"}, Refuse: []string{"token=bad"}},
			hooktest.Profile(hook.SRS6),
			hooktest.Skip("H-BAD-02", "a proxy is in front of it"),
			hooktest.ReportTo("report"))
	}
}

// The vendor of an RTMP server, which reads SRS's configuration.
func ExampleTestRTMPServer() {
	start := func(t testing.TB, configuration string) (addr string) { return "" } // the vendor's own
	_ = func(t *testing.T) {                                                      // func TestConformance(t *testing.T)
		hooktest.TestRTMPServer(t, hooktest.RTMPServer{
			Start: func(t testing.TB, h hooktest.Hooks) string { return start(t, h.SRS) },
			API:   func() string { return "http://127.0.0.1:1985" },
		}, hooktest.KnownFailing("S-REQ-03"))
	}
}

// A publisher without a token is refused and gone.
func ExampleRecorder() {
	start := func(t testing.TB, urls map[hook.Event][]string) (url string) { return "" } // the vendor's own
	// func TestRefusal(t *testing.T)
	_ = func(t *testing.T) {
		hooks := hooktest.NewRecorder(t, hook.SRS6)
		hooks.Answer(func(r *hooktest.Request) hooktest.Answer {
			if r.Event == hook.OnPublish && r.Payload.Param != "?token=good" {
				return hooktest.Refuse()
			}
			return hooktest.Accept()
		})
		server := start(t, hooks.URLs())
		publisher := hooktest.Publish(t, server, "cam1?token=bad")
		if publisher.AwaitEnd() == nil {
			t.Error("the publisher was let on")
		}
		hooks.Want(hook.OnConnect, hook.OnPublish, hook.OnClose)
	}
}
