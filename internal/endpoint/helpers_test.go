package endpoint

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(callerVariable); order != "" {
		callAsChild(order)
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait of the tests.
const patience = 10 * time.Second

func withPatience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// serve starts an endpoint that ends with the test.
func serve(t *testing.T, o Options) *Endpoint {
	t.Helper()
	e := New(o)
	t.Cleanup(func() { e.Close() })
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return e
}

func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return nc.(*net.TCPConn)
}

func send(t *testing.T, nc net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(nc, text); err != nil {
		t.Fatal(err)
	}
}

// expect reads exactly want.
func expect(t *testing.T, nc net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(nc, got)
	if string(got[:n]) != want {
		t.Fatalf("read %q (%v), want %q", got[:n], err, want)
	}
}

const plainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0"

// body gives a payload of srs7.
func body(e hook.Event, client, stream, param string) string {
	text, err := hook.SRS7.Encode(nil, &hook.Payload{
		Action: e.String(), ClientID: client, IP: "127.0.0.1", VHost: "__defaultVhost__", App: "live",
		Stream: stream, Param: param, TCURL: "rtmp://127.0.0.1/live?key=tc", PageURL: "", ServerID: "s",
		ServiceID: "p", StreamURL: "/live/" + stream, StreamID: "vid-1",
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func post(body string) string {
	return fmt.Sprintf("POST /hook?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// last waits until n requests are done and gives the last of them.
func last(t *testing.T, e *Endpoint, n int) *Request {
	t.Helper()
	var r *Request
	err := e.Await(withPatience(t), func(all []*Request) bool {
		if len(all) < n {
			return false
		}
		r = all[n-1]
		return !r.Done.IsZero()
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
