package endpoint

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hookproof/hook"
)

func TestRecordsWhatWasSent(t *testing.T) {
	e := serve(t, Options{Profile: hook.SRS6})
	nc := dial(t, e.Addr())
	first, second := body(hook.OnConnect, "c1", "cam1", "?token=a"), body(hook.OnPublish, "c1", "cam1", "?token=a")
	head := "POST /api/v1/clients?x=1 HTTP/1.1\r\nzeta: 1\r\nContent-Type: application/json\r\nALPHA:  two \r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(first))
	send(t, nc, head+first)
	expect(t, nc, plainAnswer)
	send(t, nc, post(second))
	expect(t, nc, plainAnswer)
	other := dial(t, e.Addr())
	send(t, other, post("no payload"))
	expect(t, other, plainAnswer)
	last(t, e, 3)

	all := e.requests.All()
	r := all[0]
	if r.Seq != 1 || r.Conn != 1 || r.ConnRequest != 1 || all[1].Conn != 1 || all[1].ConnRequest != 2 ||
		all[2].Conn != 2 || all[2].ConnRequest != 1 {
		t.Errorf("places: %+v %+v %+v", r, all[1], all[2])
	}
	if r.Method != "POST" || r.Path() != "/api/v1/clients" || r.Query() != "x=1" || r.Proto != "HTTP/1.1" {
		t.Errorf("request line: %q %q %q", r.Method, r.Target, r.Proto)
	}
	want := Header{{"zeta", "1"}, {"Content-Type", "application/json"}, {"ALPHA", "two"},
		{"Content-Length", fmt.Sprint(len(first))}}
	if !slices.Equal(r.Header, want) || r.Header.Get("content-type") != "application/json" ||
		r.Header.HTTP().Get("Alpha") != "two" {
		t.Errorf("header: %v", r.Header)
	}
	if r.Head != head || string(r.Body) != first || r.BodySize != int64(len(first)) {
		t.Errorf("bytes: %q %q", r.Head, r.Body)
	}
	if !r.HasEvent || r.Event != hook.OnConnect || r.DecodeErr != nil || r.ClientID() != "c1" ||
		r.Payload.Param != "?token=a" {
		t.Errorf("event: %v %v %+v", r.Event, r.DecodeErr, r.Payload)
	}
	if all[1].Event != hook.OnPublish || all[2].HasEvent || all[2].DecodeErr == nil ||
		string(all[2].Body) != "no payload" {
		t.Errorf("others: %+v %+v", all[1], all[2])
	}
	times := []time.Time{r.Accepted, r.Arrived, r.Read, r.Answered, r.Done, all[1].Arrived}
	if !slices.IsSortedFunc(times, time.Time.Compare) || r.Accepted.IsZero() {
		t.Errorf("times not in order: %v", times)
	}
	if r.Answer.Body != "0" || r.WriteErr != nil || !r.Verdict(hook.SRS6).Accept {
		t.Errorf("answer: %+v %v", r.Answer, r.WriteErr)
	}
}

func TestPayloadOfAnotherProfile(t *testing.T) {
	e := serve(t, Options{Profile: hook.SRS6})
	nc := dial(t, e.Addr())
	send(t, nc, post(`{"action":"on_close","client_id":42,"ip":"127.0.0.1","vhost":"v","app":"live"}`))
	expect(t, nc, plainAnswer)
	if r := last(t, e, 1); r.DecodeErr == nil || !r.HasEvent || r.ClientID() != "42" {
		t.Errorf("got %+v, problems %v", r.Payload, r.DecodeErr)
	}
}

func TestPhases(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	note := func(r *Request, p Phase) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprintf("%d %v answered=%v done=%v", r.Seq, p, !r.Answered.IsZero(), !r.Done.IsZero()))
	}
	e := serve(t, Options{Observe: note, Default: func(r *Request) Answer {
		if r.Seq == 2 {
			return Answer{Fault: Reset}
		}
		return Accept()
	}})
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	expect(t, nc, plainAnswer)
	send(t, nc, post("b"))
	if _, err := io.ReadAll(nc); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read: %v, want a reset", err)
	}
	last(t, e, 2)
	want := []string{
		"1 arrived answered=false done=false", "1 answered answered=true done=false", "1 done answered=true done=true",
		"2 arrived answered=false done=false", "2 done answered=false done=true",
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(seen, want) {
		t.Errorf("phases:\n%s", strings.Join(seen, "\n"))
	}
}

func TestDownAndUp(t *testing.T) {
	gate := make(chan struct{})
	defer close(gate)
	e := serve(t, Options{Default: first(Answer{Body: "0", Gate: gate})})
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	before := e.Addrs()
	held, idle := dial(t, before[0]), dial(t, before[1])
	send(t, held, post("x"))
	e.came(t, 1)
	send(t, idle, post("y"))
	expect(t, idle, plainAnswer)

	if err := e.Down(); err != nil {
		t.Fatal(err)
	}
	for _, nc := range []io.Reader{held, idle} {
		if _, err := io.ReadAll(nc); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("live connection: %v, want a reset", err)
		}
	}
	client := http.Client{Timeout: patience}
	if _, err := client.Post(e.URL()+"/x", "", nil); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("while down: %v, want refused", err)
	}
	if err := e.Listen("127.0.0.1:0"); err == nil {
		t.Error("Listen while down: no error")
	}
	if err := errors.Join(e.Up(), e.Up()); err != nil {
		t.Fatal(err)
	}
	if after := e.Addrs(); !slices.Equal(before, after) {
		t.Errorf("addresses changed: %v, %v", before, after)
	}
	for _, addr := range before {
		nc := dial(t, addr)
		send(t, nc, post("z"))
		expect(t, nc, plainAnswer)
	}
	var r *Request
	if err := e.requests.Until(withPatience(t), func(all []*Request) bool {
		r = all[0]
		return r.WriteErr != nil
	}); err != nil {
		t.Fatalf("held request: %v: %+v", err, r)
	}
	if !errors.Is(r.WriteErr, ErrClosed) || !r.GaveUp.IsZero() {
		t.Errorf("held request: want it cut by the endpoint, got %v, given up at %v", r.WriteErr, r.GaveUp)
	}
}

func TestTLS(t *testing.T) {
	gate := make(chan struct{})
	e := build(t, Options{TLS: func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 },
		Default: func(r *Request) Answer {
			if r.Path() == "/reset" {
				return Answer{Fault: Reset}
			}
			a := Padded(100_000)
			a.Gate = gate
			return a
		}})
	if err := e.ListenTLS("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	client := http.Client{Timeout: patience, Transport: transport}
	if !strings.HasPrefix(e.URL(), "https://127.0.0.1:") {
		t.Errorf("URL %q", e.URL())
	}
	go func() {
		if e.requests.Until(withPatience(t), func(all []*Request) bool { return len(all) == 1 }) == nil {
			close(gate)
		}
	}()
	resp, err := client.Post(e.URL()+"/held", "", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); len(got) != 100_000 || err != nil || resp.TLS.Version != tls.VersionTLS12 {
		t.Errorf("%d bytes, %v, TLS %x", len(got), err, resp.TLS.Version)
	}
	if _, err := client.Post(e.URL()+"/reset", "", nil); err == nil {
		t.Error("reset: no error")
	}
	if r := last(t, e, 1); !r.TLS {
		t.Error("request not marked as TLS")
	}
}

func TestCloseEndsEverything(t *testing.T) {
	e := serve(t, Options{Default: func(*Request) Answer { return Answer{Fault: Hang} }})
	nc := dial(t, e.Addr())
	send(t, nc, post("x"))
	dial(t, e.Addr())
	e.came(t, 1)
	e.Close()
	e.Close()
	if n := e.Conns(); n != 0 {
		t.Errorf("%d connections left", n)
	}
	if err := errors.Join(e.Listen("127.0.0.1:0")); !errors.Is(err, ErrClosed) {
		t.Errorf("Listen: %v", err)
	}
	if r := last(t, e, 1); !errors.Is(r.WriteErr, ErrClosed) && r.GaveUp.IsZero() {
		t.Errorf("want a held request that was given up, got %+v", r)
	}
}

func TestMaxConns(t *testing.T) {
	e := serve(t, Options{MaxConns: 1})
	first := dial(t, e.Addr())
	send(t, first, post("x"))
	expect(t, first, plainAnswer)
	second := dial(t, e.Addr())
	if b, err := io.ReadAll(second); len(b) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("second connection: %q, %v, want it closed", b, err)
	}
}

// A caller that closes between requests gets our FIN, or with Forget a reset;
// what it has still to read comes before either.
func TestForget(t *testing.T) {
	for name, forget := range map[string]bool{"FIN": false, "RST": true} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, Options{Forget: forget})
			nc := dial(t, e.Addr())
			send(t, nc, post("a"))
			if err := nc.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			gone(t, e)
			expect(t, nc, plainAnswer)
			if _, err := io.ReadAll(nc); errors.Is(err, syscall.ECONNRESET) != forget || !forget && err != nil {
				t.Errorf("read: %v, want a reset: %v", err, forget)
			}
		})
	}
}

// gone waits until the endpoint has ended all its connections.
func gone(t *testing.T, e *kept) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); e.Conns() > 0; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("want no connection left, got %d", e.Conns())
		}
	}
}
