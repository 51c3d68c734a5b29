package hook

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of the tests.
const patience = 10 * time.Second

// seen is one request as the raw server read it.
type seen struct {
	Conn   int
	Target string
	Method string
	Header http.Header
	Length int64
	Body   string
}

// rawServer reads HTTP requests and lets a function answer on the bare
// connection, so that it can answer in any way there is.
type rawServer struct {
	net.Listener
	// answer is called for each request; the connection goes on if it
	// returns true.
	answer func(conn net.Conn, request int) bool

	mu    sync.Mutex
	seen  []seen
	more  chan struct{} // closed and replaced when seen grows
	conns []net.Conn
	wg    sync.WaitGroup
}

func newRawServer(t testing.TB, answer func(conn net.Conn, request int) bool) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveRaw(t, l, answer)
}

func serveRaw(t testing.TB, l net.Listener, answer func(conn net.Conn, request int) bool) *rawServer {
	s := &rawServer{Listener: l, answer: answer, more: make(chan struct{})}
	s.wg.Go(s.accept)
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for _, c := range s.conns {
			c.Close()
		}
		s.mu.Unlock()
		s.wg.Wait()
	})
	return s
}

func (s *rawServer) accept() {
	for n := 0; ; n++ {
		conn, err := s.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.wg.Go(func() { s.serve(conn, n) })
	}
}

func (s *rawServer) serve(conn net.Conn, n int) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.seen = append(s.seen, seen{n, r.RequestURI, r.Method, r.Header, r.ContentLength, string(body)})
		request := len(s.seen)
		close(s.more)
		s.more = make(chan struct{})
		s.mu.Unlock()
		if !s.answer(conn, request) {
			return
		}
	}
}

// requests returns what was read so far.
func (s *rawServer) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.seen...)
}

// await waits until n requests were read and returns how many there are.
func (s *rawServer) await(n int) int {
	late := time.After(patience)
	for {
		s.mu.Lock()
		got, more := len(s.seen), s.more
		s.mu.Unlock()
		if got >= n {
			return got
		}
		select {
		case <-more:
		case <-late:
			return got
		}
	}
}

func (s *rawServer) url(rest string) string { return "http://" + s.Addr().String() + rest }

// says answers with fixed bytes and keeps the connection.
func says(raw string) func(net.Conn, int) bool {
	return func(conn net.Conn, _ int) bool {
		_, err := io.WriteString(conn, raw)
		return err == nil
	}
}

// saysAndCloses answers with fixed bytes and closes the connection.
func saysAndCloses(raw string) func(net.Conn, int) bool {
	return func(conn net.Conn, _ int) bool {
		io.WriteString(conn, raw)
		return false
	}
}

// reset ends a connection with a TCP reset.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n0"

// newCaller returns a caller that ends with the test.
func newCaller(t testing.TB, o CallerOptions) *Caller {
	if o.Profile == nil {
		o.Profile = SRS6
	}
	if o.Timeout == 0 {
		o.Timeout = patience
	}
	c := NewCaller(o)
	t.Cleanup(c.Close)
	return c
}

// example is a payload that both profiles can carry.
func example(e Event) *Payload {
	return &Payload{
		Action: e.String(), ClientID: "1985", IP: "192.0.2.10", VHost: "__defaultVhost__", App: "live",
		Stream: "cam1", Param: "?token=abc&x=1", TCURL: "rtmp://h/live", PageURL: "http://page.example/x.html",
		ServerID: "vid-32g5282", ServiceID: "z6mbmq31", StreamURL: "/live/cam1", StreamID: "vid-0ghq283",
		SendBytes: 4351, RecvBytes: 3612,
	}
}
