package endpoint

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"hookproof/hook"
)

// TestFaultsOnTheWire compares what each fault writes, byte for byte.
func TestFaultsOnTheWire(t *testing.T) {
	const object = `{"code":0}`
	tests := []struct {
		fault Fault
		want  string // what is read until the end
		open  bool   // the connection stays
	}{
		{None, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + object, true},
		{CloseWithoutAnswer, "", false},
		{Truncated, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + object, false},
		{Chunked, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n0\r\n\r\n", true},
		{ChunkedPieces, "HTTP/1.1 200 OK\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n4\r\n{\"co\r\n4\r\nde\":\r\n2\r\n0}\r\n0\r\n\r\n", true},
		{ChunkedCut, "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"code\":0}\r\n",
			false},
		{HTTP10, "HTTP/1.0 200 OK\r\n\r\n" + object, false},
		{NoLength, "HTTP/1.1 200 OK\r\n\r\n" + object, false},
		{NoLengthOpen, "HTTP/1.1 200 OK\r\n\r\n" + object, true},
		{Continue100, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + object, true},
		{NotHTTP, "hello world\r\n\r\n", false},
		{Extra, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + object + "EXTRA", false},
		{Drip, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + object, true},
	}
	for _, tt := range tests {
		t.Run(tt.fault.String(), func(t *testing.T) {
			e := serve(t, Options{Default: func(*Request) Answer {
				return Answer{Body: object, Fault: tt.fault, Pace: time.Millisecond, Piece: 3}
			}})
			nc := dial(t, e.Addr())
			send(t, nc, post("x"))
			expect(t, nc, tt.want)
			if tt.open {
				if err := nc.CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			if rest, err := io.ReadAll(nc); len(rest) > 0 || err != nil {
				t.Errorf("then %q, %v", rest, err)
			}
			if r := last(t, e, 1); r.WriteErr != nil || r.Answered.IsZero() != (tt.fault == CloseWithoutAnswer) {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}

func TestBigAnswers(t *testing.T) {
	tests := []struct {
		name   string
		answer Answer
		header int // bytes, at least
		body   int
	}{
		{"16 KB of header", Answer{Body: "0", Fault: Headers16K}, 16 << 10, 1},
		{"100 KB of header", Answer{Body: "0", Fault: Headers100K}, 100 << 10, 1},
		{"200 KB", Padded(200 << 10), 0, 200 << 10},
		{"10 MB", Padded(10 << 20), 0, 10 << 20},
		{"own header", Answer{Status: 302, Header: http.Header{"Location": {"/ok"}, "Connection": {"close"}}}, 20, 0},
		{"bodiless status", Status(204, "0"), 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, Options{Default: func(*Request) Answer { return tt.answer }})
			transport := &http.Transport{MaxResponseHeaderBytes: 1 << 20}
			defer transport.CloseIdleConnections()
			client := http.Client{
				Timeout: patience, Transport: transport,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}
			resp, err := client.Post(e.URL(), "", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			header := 0
			for name, values := range resp.Header {
				for _, v := range values {
					header += len(name) + len(v)
				}
			}
			if err != nil || len(body) != tt.body || header < tt.header*98/100 ||
				resp.StatusCode != tt.answer.status() {
				t.Errorf("status %d, %d bytes, %d of header, %v", resp.StatusCode, len(body), header, err)
			}
		})
	}
}

// TestVerdicts compares what Verdict says of each answer with what the
// project's own caller makes of it, which reads the bytes.
func TestVerdicts(t *testing.T) {
	answers := map[string]Answer{
		"accept": Accept(), "refuse": Refuse(), "object": Status(200, `{"code":0}`), "refusing object": Status(200,
			`{"code":3}`),
		"201": Status(201, "0"), "204": Status(204, ""), "302": Status(302, "0"), "500": Status(500, "0"),
		"200 KB":         Padded(200 << 10),
		"raw":            {Raw: "HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\n0"},
		"raw, truncated": {Raw: "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n0"},
	}
	for _, f := range Faults() {
		answers[f.String()] = Answer{Body: "0", Fault: f, Pace: time.Millisecond}
	}
	for _, p := range hook.Profiles() {
		for name, a := range answers {
			t.Run(p.Name+" "+name, func(t *testing.T) {
				t.Parallel()
				e := serve(t, Options{Default: func(*Request) Answer { return a }})
				timeout := patience
				if a.Fault == Hang || a.Fault == NoLengthOpen {
					timeout = 100 * time.Millisecond // until the caller gives up
				}
				caller := hook.NewCaller(hook.CallerOptions{Profile: p, Timeout: timeout})
				defer caller.Close()
				got := caller.Call(context.Background(), []string{e.URL() + "/x"}, &hook.Payload{
					Action: "on_publish", ClientID: "7", Stream: "s",
				})
				r := last(t, e, 1)
				if want := r.Verdict(p); got.Accept != want.Accept {
					t.Errorf("caller: %+v, Verdict: %+v", got, want)
				}
			})
		}
	}
}

// A reset is told before it is done, as every answer is: the caller may act on it at once, and who judges what
// came of that has to have it.
func TestResetIsToldFirst(t *testing.T) {
	var nc net.Conn
	told := make(chan error, 1)
	e := New(Options{
		Default: func(*Request) Answer { return Answer{Fault: Reset} },
		Observe: func(_ *Request, p Phase) {
			if p == PhaseDone {
				_, err := nc.Write([]byte("x")) // fails on a connection that was reset
				told <- err
			}
		},
	})
	defer e.Close()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var err error
	if nc, err = net.Dial("tcp", e.Addr()); err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	send(t, nc, post("x"))
	if err := <-told; err != nil {
		t.Errorf("when the reset was told, the connection had it: %v", err)
	}
	if _, err := io.ReadAll(nc); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection ended with %v, want a reset", err)
	}
}

func TestResetOverTLS(t *testing.T) {
	e := New(Options{Default: func(*Request) Answer { return Answer{Fault: Reset} }})
	defer e.Close()
	if err := e.ListenTLS("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	nc, err := tls.Dial("tcp", e.Addr(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	send(t, nc, post("x"))
	if _, err := io.ReadAll(nc); err == nil {
		t.Error("no error")
	}
}

func TestFaultNames(t *testing.T) {
	for _, f := range append(Faults(), None) {
		if got, err := ParseFault(f.String()); got != f || err != nil {
			t.Errorf("%v: %v, %v", f, got, err)
		}
	}
	if _, err := ParseFault("gone"); err == nil {
		t.Error("unknown fault: no error")
	}
}
