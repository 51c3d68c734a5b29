package rtmpdefect

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"hookproof/internal/endpoint"
	"hookproof/internal/mutant"
	"hookproof/internal/tcpproxy"
)

// What comes back for a request is the same with the proxy and without it,
// whatever the endpoint does.
func TestAnswersPassUnchanged(t *testing.T) {
	answers := map[string]endpoint.Answer{
		"accepting": endpoint.Accept(), "refusing": endpoint.Refuse(), "object": endpoint.Status(200, `{"code":0}`),
		"201": endpoint.Status(201, "0"), "204": endpoint.Status(204, ""), "302": endpoint.Status(302, "0"),
		"500":    endpoint.Status(500, "0"),
		"200 KB": endpoint.Padded(200 << 10),
	}
	for _, f := range endpoint.Faults() {
		if f != endpoint.Hang && f != endpoint.NoLengthOpen {
			answers[f.String()] = endpoint.Answer{Status: 200, Body: `{"code":0}`, Fault: f}
		}
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			e := hooks(t, func(*endpoint.Request) endpoint.Answer { return a })
			at := between(t, Sound, Upstream{Main: e.Addr()})
			request := post("/hooks/default/1/on_publish?vhost=default&n=1", `{"action":"on_publish","client_id":"c1"}`)
			want, wantEnd := sent(t, e.Addr(), request)
			got, gotEnd := sent(t, at.Main, request)
			if got != want || gotEnd != wantEnd {
				t.Errorf("got %.200q, then %s; want %.200q, then %s", got, gotEnd, want, wantEnd)
			}
			all := e.Requests()
			if len(all) != 2 || all[0].Head != all[1].Head || !bytes.Equal(all[0].Body, all[1].Body) {
				t.Errorf("the endpoint saw different requests: %+v", all)
			}
		})
	}
}

// A hook that is never answered stays so until the caller goes; then the
// endpoint sees it going.
func TestHangStaysHang(t *testing.T) {
	for _, f := range []endpoint.Fault{endpoint.Hang, endpoint.NoLengthOpen} {
		t.Run(f.String(), func(t *testing.T) {
			done := make(chan struct{})
			e := endpoint.New(endpoint.Options{
				Default: func(*endpoint.Request) endpoint.Answer {
					return endpoint.Answer{Status: 200, Body: "0",
						Fault: f}
				},
				Observe: func(_ *endpoint.Request, p endpoint.Phase) {
					if p == endpoint.PhaseDone {
						close(done)
					}
				},
			})
			if err := e.Listen("127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			at := between(t, Sound, Upstream{Main: e.Addr()})
			c := dialTest(t, at.Main)
			if _, err := io.WriteString(c, post("/x", `{"action":"on_play","client_id":"c1"}`)); err != nil {
				t.Fatal(err)
			}
			if f == endpoint.NoLengthOpen {
				if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 200 OK"))); err != nil {
					t.Fatal(err)
				}
			}
			c.Close()
			<-done
		})
	}
}

// Requests that cannot be read, and several on one connection, pass as they are.
func TestRequestsPassUnchanged(t *testing.T) {
	second := post("/b", `{"action":"on_close","client_id":"c1"}`)
	for name, request := range map[string]string{
		"keep-alive": strings.Replace(post("/a?b=c", `{"action":"on_connect"}`), "close", "keep-alive", 1) + second,
		"no body":    "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + second,
		"chunked": "POST / HTTP/1.1\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n" + second,
		"bare LF":     "POST / HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}" + second,
		"no HTTP":     "hello\r\n\r\n" + second,
		"no length":   "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n" + second,
		"binary body": "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\x00\xff\r\n" + second,
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 1)
			up := peer(t, func(c *net.TCPConn) {
				b, _ := io.ReadAll(c)
				got <- string(b)
			})
			at := between(t, Sound, Upstream{Main: up})
			c := dialTest(t, at.Main)
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if g := <-got; g != request {
				t.Errorf("got %q, want %q", g, request)
			}
		})
	}
}

// Where nobody listens the caller gets no answer.
func TestNobodyListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	at := between(t, Sound, Upstream{Main: addr, RTMP: addr, TLS: addr})
	if got, end := sent(t, at.Main, post("/", "{}")); got != "" || end != "RST" {
		t.Errorf("hook: got %q, then %s", got, end)
	}
	for _, a := range []string{at.RTMP, at.TLS} {
		c, err := net.Dial("tcp", a)
		if err == nil { // the reset may come before or after
			_, err = io.ReadAll(c)
			c.Close()
		}
		if howEnded(err) != "RST" {
			t.Errorf("got %v, want a reset", err)
		}
	}
}

func TestTLSPasses(t *testing.T) {
	e := endpoint.New(endpoint.Options{})
	if err := e.ListenTLS("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, row := range []struct {
		m  mutant.Row
		ok bool
	}{{Sound, true}, {named(t, "no-https"), false}} {
		at := between(t, row.m, Upstream{TLS: e.Addr()})
		c := tls.Client(dialTest(t, at.TLS), &tls.Config{InsecureSkipVerify: true})
		err := c.Handshake()
		if (err == nil) != row.ok {
			t.Errorf("%s: handshake: %v", row.m.Name, err)
		}
	}
}

// peer serves connections with f until the test ends.
func peer(t *testing.T, f func(*net.TCPConn)) string {
	t.Helper()
	ln, err := tcpproxy.Listen(t.Context(), func(_ *tcpproxy.Front, c *net.TCPConn) { f(c) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ln.Stop)
	return ln.Addr()
}

// Bytes and ends of an RTMP connection pass unchanged, both ways.
func TestRTMPPassesUnchanged(t *testing.T) {
	big := strings.Repeat("\x03garbage behind the handshake", 40_000)
	ends := map[string]func(*net.TCPConn){
		"FIN": func(c *net.TCPConn) { c.CloseWrite() },
		"RST": tcpproxy.Reset,
	}
	for _, data := range []string{"", "\x03half", big} {
		for end, ends := range ends {
			t.Run(end, func(t *testing.T) {
				if end == "RST" && data == big {
					t.Skip("a reset may overtake what was sent before it, with the proxy or without")
				}
				t.Run("client", func(t *testing.T) {
					got, how := make(chan string, 1), make(chan string, 1)
					up := peer(t, func(c *net.TCPConn) {
						b, err := io.ReadAll(c)
						got <- string(b)
						how <- howEnded(err)
					})
					c := dialTest(t, between(t, Sound, Upstream{RTMP: up}).RTMP)
					if _, err := io.WriteString(c, data); err != nil {
						t.Fatal(err)
					}
					ends(c)
					g, h := <-got, <-how
					if h != end || end == "FIN" && g != data {
						t.Errorf("got %d bytes, then %s; want %d, then %s", len(g), h, len(data), end)
					}
				})
				t.Run("server", func(t *testing.T) {
					up := peer(t, func(c *net.TCPConn) {
						c.Read(make([]byte, 1))
						io.WriteString(c, data)
						ends(c)
						io.Copy(io.Discard, c)
					})
					c := dialTest(t, between(t, Sound, Upstream{RTMP: up}).RTMP)
					io.WriteString(c, "\x03")
					g, err := io.ReadAll(c)
					if h := howEnded(err); h != end || end == "FIN" && string(g) != data {
						t.Errorf("got %d bytes, then %s; want %d, then %s", len(g), h, len(data), end)
					}
				})
			})
		}
	}
}
