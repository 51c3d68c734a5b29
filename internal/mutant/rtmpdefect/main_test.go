package rtmpdefect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/mutant"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/tcpproxy"
	"hookproof/internal/test/recorder"
)

func TestMain(m *testing.M) {
	rtmptarget.ServeAsChild()
	goleak.VerifyTestMain(m)
}

// patience is the deadline of whatever must come.
const patience = 10 * time.Second

// between starts a mutant in front of upstreams; it ends with the test.
func between(t *testing.T, m mutant.Row, up Upstream) Front {
	t.Helper()
	if up.Profile == nil {
		up.Profile = hook.SRS6
	}
	at, stop, err := m.Peer.(proxies).start(context.Background(), up)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return at
}

// named returns the row of Table with that name.
func named(t *testing.T, name string) mutant.Row {
	t.Helper()
	for _, m := range Table {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no mutant %q", name)
	return mutant.Row{}
}

// hooks starts a hook server; it ends with the test.
func hooks(t *testing.T, answer func(*endpoint.Request) endpoint.Answer) *recorder.Recorder {
	t.Helper()
	return recorder.New(t, endpoint.Options{Default: answer, Forget: true}) // as the scenarios have it
}

// post makes a hook request.
func post(target, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: hooks.test\r\nUser-Agent: SRS/7\r\nContent-Type: "+
		"application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", target, len(body), body)
}

// dialTest connects with a deadline.
func dialTest(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// howEnded tells the ends apart that a peer can see.
func howEnded(err error) string {
	switch {
	case err == nil || err == io.EOF:
		return "FIN"
	case tcpproxy.WasReset(err):
		return "RST"
	}
	return err.Error()
}

// sent returns what came back for one request, and how the connection ended.
func sent(t *testing.T, addr, request string) (string, string) {
	t.Helper()
	c := dialTest(t, addr)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err := io.Copy(&b, c)
	return b.String(), howEnded(err)
}
