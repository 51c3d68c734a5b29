package mutant

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/tcpproxy"
	"hookproof/internal/test/recorder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is the deadline of whatever must come.
const patience = 10 * time.Second

// between starts a mutant in front of upstreams; it ends with the test.
func between(t *testing.T, m Mutant, up Upstream) Front {
	t.Helper()
	if up.Profile == nil {
		up.Profile = hook.SRS7
	}
	at, stop, err := m.Start(context.Background(), up)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return at
}

// named gives the row of Table with that name.
func named(t *testing.T, name string) Mutant {
	t.Helper()
	for _, m := range Table {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no mutant %q", name)
	return Mutant{}
}

// hooks starts a hook server; it ends with the test.
func hooks(t *testing.T, answer func(*endpoint.Request) endpoint.Answer) *recorder.Recorder {
	t.Helper()
	return recorder.New(t, endpoint.Options{Default: answer, Forget: true}) // as the scenarios have it
}

// post makes a hook request.
func post(target, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: hooks.test\r\nUser-Agent: SRS/7\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", target, len(body), body)
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

// sent gives what came back for one request, and how the connection ended.
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

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Table {
		switch {
		case m.Name == "" || m.Defect == "" || len(m.Expected) == 0 || m.parts == nil:
			t.Errorf("%q: a part of the row is missing", m.Name)
		case seen[m.Name]:
			t.Errorf("%q: twice", m.Name)
		case strings.ToLower(m.Name) != m.Name || strings.ContainsAny(m.Name, " _"):
			t.Errorf("%q: want lower case and hyphens", m.Name)
		}
		seen[m.Name] = true
		for _, id := range m.Expected {
			if !m.Allows(id) || !strings.HasPrefix(id, "S-") {
				t.Errorf("%s: %q is no requirement of role S", m.Name, id)
			}
		}
	}
	if len(Table) < 45 {
		t.Errorf("%d mutants; want 45 at least", len(Table))
	}
}

// Every requirement of role S is broken by one mutant at least.
func TestTableCoversRequirements(t *testing.T) {
	broken := map[string]bool{}
	for _, m := range Table {
		for _, id := range m.Expected {
			broken[id] = true
		}
	}
	for section, last := range map[string]int{"REQ": 5, "KEY": 13, "ID": 2, "ORD": 13, "ANS": 10, "URL": 3, "CFG": 4, "CON": 6} {
		for n := 1; n <= last; n++ {
			id := fmt.Sprintf("S-%s-%02d", section, n)
			if !broken[id] {
				t.Errorf("no mutant breaks %s", id)
			}
		}
	}
}
