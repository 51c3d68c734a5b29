package endpoint

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// FuzzConnection sends bytes to the serving loop itself: it must end, show
// only requests within the limits, and answer each.
func FuzzConnection(f *testing.F) {
	f.Add([]byte(post(`{"action":"on_close","client_id":1}`) + "GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n"))
	f.Add([]byte("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\nabc"))
	f.Add([]byte("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nabc"))
	f.Add([]byte("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		e := build(t, Options{MaxHead: 1 << 10, MaxBody: 1 << 10, IdleTimeout: patience})
		nc := &scripted{in: bytes.NewReader(sent)}
		c := &conn{e: e.Endpoint, raw: nc, nc: nc, remote: "fuzz", accepted: time.Now()}
		if !e.admit(c) {
			t.Fatal("not admitted")
		}
		c.serve()
		if !nc.closed {
			t.Error("connection left open")
		}
		for _, r := range e.requests.All() {
			if len(r.Head) > 1<<10 || len(r.Body) > 1<<10 {
				t.Errorf("beyond the limits: %d, %d bytes", len(r.Head), len(r.Body))
			}
			if r.Answered.IsZero() || r.Done.IsZero() || r.WriteErr != nil {
				t.Errorf("not answered: %+v", r)
			}
		}
	})
}

// scripted is a connection that yields bytes and takes any.
type scripted struct {
	in     io.Reader
	closed bool
}

func (s *scripted) Read(b []byte) (int, error) { return s.in.Read(b) }
func (s *scripted) Write(b []byte) (int, error) {
	if s.closed {
		return 0, errors.New("closed")
	}
	return len(b), nil
}
func (s *scripted) Close() error                     { s.closed = true; return nil }
func (s *scripted) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *scripted) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *scripted) SetDeadline(time.Time) error      { return nil }
func (s *scripted) SetReadDeadline(time.Time) error  { return nil }
func (s *scripted) SetWriteDeadline(time.Time) error { return nil }
