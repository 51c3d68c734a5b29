package profiling

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServe(t *testing.T) {
	p, err := Serve("127.0.0.1:0", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get("http://" + p.Addr() + "/debug/pprof/")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if err != nil || !strings.Contains(string(page), "goroutine") {
		t.Errorf("%q, %v", page, err)
	}
	if _, err := Serve(p.Addr(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a port is served twice")
	}
	p.Close()
	var none *Server
	none.Close()
}
