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
	"hookproof/internal/test/await"
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

// kept is an endpoint whose requests are kept.
type kept struct {
	*Endpoint
	requests await.List[*Request]
}

// build makes an endpoint that ends with the test.
func build(t *testing.T, o Options) *kept {
	k := &kept{}
	observe := o.Observe
	o.Observe = func(r *Request, p Phase) {
		k.requests.Put(r.Seq, r)
		if observe != nil {
			observe(r, p)
		}
	}
	k.Endpoint = New(o)
	t.Cleanup(func() { k.Close() })
	return k
}

// serve is build, and the endpoint listens.
func serve(t *testing.T, o Options) *kept {
	t.Helper()
	k := build(t, o)
	if err := k.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return k
}

// came waits until n requests have come.
func (k *kept) came(t *testing.T, n int) {
	t.Helper()
	if err := k.requests.Until(withPatience(t), func(all []*Request) bool { return len(all) >= n }); err != nil {
		t.Fatal(err)
	}
}

// first answers the first request with a, and accepts the others.
func first(a Answer) func(*Request) Answer {
	return func(r *Request) Answer {
		if r.Seq == 1 {
			return a
		}
		return Accept()
	}
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

// body returns a payload of srs6.
func body(e hook.Event, client, stream, param string) string {
	text, err := hook.SRS6.Encode(nil, &hook.Payload{
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

// last waits until n requests are done and returns the last of them.
func last(t *testing.T, k *kept, n int) *Request {
	t.Helper()
	var r *Request
	err := k.requests.Until(withPatience(t), func(all []*Request) bool {
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
