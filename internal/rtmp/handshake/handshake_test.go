package handshake

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/iotest"
	"time"

	"github.com/yutopp/go-rtmp/handshake"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// A script is a peer that sends what it is to send whatever it gets, and counts.
type script struct {
	in            io.Reader
	out           bytes.Buffer
	reads, writes int
}

func (s *script) Read(p []byte) (int, error) { s.reads++; return s.in.Read(p) }

func (s *script) Write(p []byte) (int, error) { s.writes++; return s.out.Write(p) }

// hello is what a client sends: C0, C1 and C2, all recognizable.
func hello() []byte {
	b := make([]byte, Size)
	for i := range b {
		b[i] = byte(i)
	}
	b[0] = Version
	return b
}

func TestServer(t *testing.T) {
	in := hello()
	rest := []byte("connect")
	for name, c := range map[string]struct {
		in            io.Reader
		reads, writes int
	}{
		"all at once": {io.MultiReader(bytes.NewReader(append(bytes.Clone(in), rest...))), 2, 1},
		"C0 and C1, then C2": {io.MultiReader(bytes.NewReader(in[:1+packet]),
			bytes.NewReader(append(bytes.Clone(in[1+packet:]), rest...))), 3, 1},
		"a byte at a time": {iotest.OneByteReader(bytes.NewReader(append(bytes.Clone(in), rest...))), Size, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{in: c.in}
			stats, err := Server(s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if stats != (Stats{Size, Size}) || s.out.Len() != Size {
				t.Errorf("%+v, %d bytes sent, want %d both ways", stats, s.out.Len(), Size)
			}
			out := s.out.Bytes()
			if out[0] != Version {
				t.Errorf("S0 is %d", out[0])
			}
			if s2 := out[1+packet:]; !bytes.Equal(s2[:4], in[1:5]) || !bytes.Equal(s2[8:], in[9:1+packet]) {
				t.Error("S2 is no echo of C1")
			}
			if s.reads > c.reads || s.writes > c.writes {
				t.Errorf("%d reads and %d writes, want at most %d and %d", s.reads, s.writes, c.reads, c.writes)
			}
			if left, _ := io.ReadAll(s.in); !bytes.Equal(left, rest) {
				t.Errorf("%q is left to read, want %q", left, rest)
			}
		})
	}
}

func TestClient(t *testing.T) {
	rest := []byte("_result")
	s := &script{in: bytes.NewReader(append(hello(), rest...))}
	stats, err := Client(s, Options{})
	if err != nil || stats != (Stats{Size, Size}) {
		t.Fatalf("%+v, %v", stats, err)
	}
	if s.reads > 2 || s.writes != 2 {
		t.Errorf("%d reads, %d writes, want 2 and 2", s.reads, s.writes)
	}
	if left, _ := io.ReadAll(s.in); !bytes.Equal(left, rest) {
		t.Errorf("%q is left to read, want %q", left, rest)
	}
	if c2 := s.out.Bytes()[1+packet:]; !bytes.Equal(c2[8:], hello()[9:1+packet]) {
		t.Error("C2 is no echo of S1")
	}
}

func TestErrors(t *testing.T) {
	broken := errors.New("broken wire")
	with := func(version byte) []byte {
		b := hello()
		b[0] = version
		return b
	}
	for _, c := range []struct {
		name string
		run  func(io.ReadWriter, Options) (Stats, error)
		o    Options
		in   io.Reader
		want string
	}{
		{"nothing", Server, Options{}, bytes.NewReader(nil), "EOF"},
		{"half of C1", Server, Options{}, bytes.NewReader(hello()[:700]), "unexpected EOF"},
		{"no C2", Server, Options{}, bytes.NewReader(hello()[:1+packet]), "unexpected EOF"},
		{"HTTP", Server, Options{}, bytes.NewReader([]byte("GET / HTTP/1.1\r\n\r\n")),
			"rtmp: handshake begins with byte 0x47: want version 3"},
		{"encrypted", Server, Options{}, bytes.NewReader(with(6)),
			"rtmp: handshake begins with byte 0x06: want version 3"},
		{"old", Server, Options{}, bytes.NewReader(with(2)),
			"rtmp: handshake begins with byte 0x02: want version 3"},
		{"server of another version", Client, Options{}, bytes.NewReader(with(4)),
			"rtmp: handshake begins with byte 0x04: want version 3"},
		{"no server", Client, Options{}, bytes.NewReader(nil), "EOF"},
		{"broken", Client, Options{}, iotest.ErrReader(broken), "broken wire"},
		{"no echo", Server, Options{Verify: true}, bytes.NewReader(hello()), "Random echo is not matched"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.run(&script{in: c.in}, c.o); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestLaterVersion: who speaks a later version is answered in ours.
func TestLaterVersion(t *testing.T) {
	b := hello()
	b[0] = 31
	s := &script{in: bytes.NewReader(b)}
	if _, err := Server(s, Options{}); err != nil || s.out.Bytes()[0] != Version {
		t.Errorf("%v", err)
	}
}

func TestWriteError(t *testing.T) {
	broken := errors.New("broken wire")
	rw := struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(hello()), failing{broken}}
	if stats, err := Client(rw, Options{}); err != broken || stats != (Stats{}) {
		t.Errorf("%+v, %v", stats, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestPeers: both roles against go-rtmp's own, on a real connection, each
// insisting on its echo.
func TestPeers(t *testing.T) {
	insist := &handshake.Config{}
	for name, c := range map[string]struct{ server, client func(net.Conn) error }{
		"our server": {
			func(c net.Conn) error { _, err := Server(c, Options{Verify: true}); return err },
			func(c net.Conn) error { return handshake.HandshakeWithServer(c, c, insist) },
		},
		"our client": {
			func(c net.Conn) error { return handshake.HandshakeWithClient(c, c, insist) },
			func(c net.Conn) error { _, err := Client(c, Options{Verify: true}); return err },
		},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			served := make(chan error, 1)
			go func() {
				conn, err := ln.Accept()
				if err == nil {
					defer conn.Close()
					conn.SetDeadline(time.Now().Add(patience))
					err = c.server(conn)
				}
				served <- err
			}()
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			if err := c.client(conn); err != nil {
				t.Error("client:", err)
			}
			if err := <-served; err != nil {
				t.Error("server:", err)
			}
		})
	}
}

// TestDeadline: a peer that says nothing costs no longer than the deadline.
func TestDeadline(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	a.SetDeadline(time.Now().Add(time.Millisecond))
	if _, err := Server(a, Options{}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, want the deadline", err)
	}
}

// FuzzHandshake has both roles read anything to read: they must end within the
// handshake's size.
func FuzzHandshake(f *testing.F) {
	f.Add(hello(), true)
	f.Add(hello(), false)
	f.Add(hello()[:1537], true)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), true)
	f.Fuzz(func(t *testing.T, in []byte, server bool) {
		run := Client
		if server {
			run = Server
		}
		s := &script{in: bytes.NewReader(in)}
		stats, err := run(s, Options{})
		if (err == nil) != (len(in) >= Size && (in[0] == Version || server && clientVersion(in[0]))) {
			t.Fatalf("%d bytes: %v", len(in), err)
		}
		if stats.Read > Size || stats.Written > Size || stats.Written != uint64(s.out.Len()) {
			t.Fatalf("%+v, %d written", stats, s.out.Len())
		}
	})
}
