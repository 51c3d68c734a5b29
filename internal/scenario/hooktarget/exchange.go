package hooktarget

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"hookproof/internal/hookcheck"
	"hookproof/internal/ownclock"
	"hookproof/internal/tcpproxy"
)

// result is what came of a request.
type result struct {
	status   int
	body     []byte
	encoding string
	closing  bool // the server said that it ends the connection
	how      hookcheck.Failure
	err      error
	sent     time.Time // the caller began
	got      time.Time // the answer was in, or given up
}

// text tells a failure in words.
func (r *result) text() string {
	if r.err == nil {
		return ""
	}
	return r.err.Error()
}

// Bounds of one answer, in bytes. Heads of interim answers (100 Continue) count, too.
const (
	maxHead   = 256 << 10
	maxAnswer = 1 << 20 // the body, as it is when chunks are joined
)

// wire is a connection to the hook server.
type wire struct {
	conn  net.Conn
	in    *bounded // what r reads from
	r     *bufio.Reader
	clock *ownclock.Clock
	stop  func() bool // of the watch over the scene
	limit func()      // ends the present time limit
}

// open connects. The connection ends with ctx.
func (t *Target) open(ctx context.Context, target string, limit time.Duration) (*wire, *result) {
	began := time.Now()
	timed, cancel := t.clock.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := t.dial(timed, target)
	if err != nil {
		how, text := hookcheck.NotConnected, fmt.Errorf("no connection: %w", err)
		if errors.Is(context.Cause(timed), context.DeadlineExceeded) {
			how, text = hookcheck.TimedOut, fmt.Errorf("no connection within %v", limit)
		}
		return nil, &result{how: how, err: text, sent: began, got: time.Now()}
	}
	in := &bounded{r: conn, left: maxHead}
	w := &wire{conn: conn, in: in, r: bufio.NewReader(in), clock: t.clock, limit: func() {}}
	w.stop = context.AfterFunc(ctx, func() { conn.Close() })
	w.extend(limit)
	return w, nil
}

func (w *wire) close() {
	w.limit()
	w.stop()
	w.conn.Close()
}

// extend limits the time of what comes next, by a clock that stops while
// this process does not run.
func (w *wire) extend(limit time.Duration) {
	w.limit()
	w.conn.SetDeadline(time.Time{})
	ctx, cancel := w.clock.WithTimeout(context.Background(), limit)
	stop := context.AfterFunc(ctx, func() { w.conn.SetDeadline(time.Unix(1, 0)) })
	w.limit = func() {
		stop()
		cancel()
	}
}

// send writes bytes. A server that answers without reading all is heard all
// the same, so the error is only noted.
func (w *wire) send(b []byte) error {
	_, err := w.conn.Write(b)
	return err
}

// receive reads one answer. limit is for the words of a failure: the deadline
// is the connection's.
func (w *wire) receive(method string, limit time.Duration) result {
	r := result{sent: time.Now()}
	r.read(w, method, limit)
	r.got = time.Now()
	return r
}

func (r *result) read(w *wire, method string, limit time.Duration) {
	fail := func(how hookcheck.Failure, err error) {
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			how, err = hookcheck.TimedOut, fmt.Errorf("no whole answer within %v", limit)
		case errors.Is(err, errTooLong):
			how = hookcheck.NotHTTP
		}
		r.how, r.err = how, err
	}
	w.in.left = maxHead
	if _, err := w.r.Peek(1); err != nil {
		fail(hookcheck.Dropped, dropped(err))
		return
	}
	for {
		resp, err := http.ReadResponse(w.r, &http.Request{Method: method})
		if err != nil {
			fail(hookcheck.NotHTTP, fmt.Errorf("no HTTP answer: %w", err))
			return
		}
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		w.in.left = maxHead + 2*maxAnswer // the frames of chunks included
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
		resp.Body.Close()
		r.status, r.body, r.encoding, r.closing = resp.StatusCode, body, resp.Header.Get("Content-Encoding"), resp.Close
		switch {
		case err != nil:
			fail(hookcheck.Truncated, fmt.Errorf("a truncated answer: %d and %.100q, then %w", resp.StatusCode, body,
				err))
		case len(body) > maxAnswer:
			fail(hookcheck.NotHTTP, fmt.Errorf("an answer of more than %d bytes", maxAnswer))
		}
		return
	}
}

// errTooLong ends an answer that is longer than any that a caller reads.
var errTooLong = fmt.Errorf("want a head of at most %d bytes and a body of at most %d, got more", maxHead, maxAnswer)

// bounded reads a peer's bytes, as many as are left.
type bounded struct {
	r    io.Reader
	left int
}

// Read reads from the peer; it fails once nothing is left.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// dropped says how a connection ended without a word.
func dropped(err error) error {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return errors.New("the connection was reset without an answer")
	}
	if errors.Is(err, io.EOF) {
		return errors.New("the connection was closed without an answer")
	}
	return fmt.Errorf("no answer: %w", err)
}

// exchange sends a request on a connection of its own and reads the answer.
func (t *Target) exchange(ctx context.Context, q *Request, limit time.Duration) result {
	began := time.Now()
	w, failed := t.open(ctx, q.URL, limit)
	if failed != nil {
		return *failed
	}
	defer w.close()
	w.extend(limit)
	sent := w.send(q.wire())
	r := w.receive(q.method(), limit)
	r.sent = began
	if tcp, ok := w.conn.(*net.TCPConn); ok && t.o.Forget && sent == nil && r.err == nil {
		tcpproxy.Forget(tcp)
	}
	if r.err != nil && sent != nil && r.how == hookcheck.Dropped {
		r.err = fmt.Errorf("%w (it ended before the request was out)", r.err)
	}
	return r
}
