package hookserver

import (
	"io"
	"log/slog"
	"testing"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// BenchmarkDecide is the server's own part of a request, without HTTP: the
// check, the token, the log line, the page's entry and the bookkeeping.
func BenchmarkDecide(b *testing.B) {
	token, err := ParseToken("token=good")
	if err != nil {
		b.Fatal(err)
	}
	s := New(Options{Token: token, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	defer s.Close()
	pl := &hook.Payload{
		Action: "on_publish", ClientID: "2l819930", IP: "127.0.0.1", VHost: "__defaultVhost__", App: "live",
		Stream: "cam1", Param: "?token=good", TCURL: "rtmp://127.0.0.1:19350/live", ServerID: "vid-32g5282",
	}
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		r := &endpoint.Request{Seq: i, Method: "POST", Target: "/api/v1/streams", Payload: pl, Event: hook.OnPublish,
			HasEvent: true}
		s.handle(r)
		s.observe(r, endpoint.PhaseAnswered)
		s.observe(r, endpoint.PhaseDone)
	}
}
