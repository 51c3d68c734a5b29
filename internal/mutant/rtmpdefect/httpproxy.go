package rtmpdefect

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"hookproof/internal/tcpproxy"
)

// An httpDefect is what a mutant does to the requests of viewers over HTTP. Functions that are nil do nothing; without
// any the bytes pass as they are.
type httpDefect struct {
	// request may change where a request goes to
	request func(v *watcher)
	// answer is called when the head of the server's answer has come; it returns what the viewer gets instead of the
	// answer, and false to have it ended without
	answer func(v *watcher) (instead []byte, ok bool)
	// over is called when the server has ended; false keeps it from the viewer
	over func(v *watcher) bool
}

// A watcher is one request of a viewer over HTTP. Each has a connection of its own.
type watcher struct {
	world  *world
	target string
	header http.Header
	page   string // Referer

	decided chan struct{} // closed when the answer's head has come, or the viewer has gone
	once    sync.Once
	status  int           // of the answer, once decided; 0: none came
	left    bool          // it had gone by then
	gone    chan struct{} // closed when the viewer has gone
}

// maxHTTPHead bounds the head of a request and of an answer, in bytes.
const maxHTTPHead = 64 << 10

// serveHTTP serves one connection of a viewer.
func serveHTTP(w *world, upstream string, d *httpDefect) func(*tcpproxy.Front, *net.TCPConn) {
	return func(f *tcpproxy.Front, c *net.TCPConn) {
		br := bufio.NewReaderSize(c, maxHTTPHead)
		r, err := http.ReadRequest(br)
		if err != nil {
			tcpproxy.Reset(c)
			return
		}
		v := w.watch(r)
		if d.request != nil {
			d.request(v)
		}
		server, err := f.Dial(upstream, c.RemoteAddr().(*net.TCPAddr).IP)
		if err != nil {
			tcpproxy.Reset(c)
			return
		}
		defer f.Disown(server)
		if _, err := server.Write(v.bytes(r)); err != nil {
			tcpproxy.Reset(c)
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			v.answers(d, c, server)
		}()
		_, err = io.Copy(io.Discard, br) // a viewer says nothing more
		close(v.gone)
		v.settle(0, true)
		tcpproxy.Pass(server, err)
		<-back
	}
}

// watch notes a request.
func (w *world) watch(r *http.Request) *watcher {
	v := &watcher{world: w, target: r.RequestURI, header: r.Header, page: r.Referer(), decided: make(chan struct{}),
		gone: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.viewers) < maxClients {
		w.viewers[v.page] = v
	}
	return v
}

// bytes is the request as it goes to the server.
func (v *watcher) bytes(r *http.Request) []byte {
	var b bytes.Buffer
	b.WriteString("GET " + v.target + " HTTP/1.1\r\nHost: " + r.Host + "\r\n")
	v.header.Write(&b) // to memory
	b.WriteString("\r\n")
	return b.Bytes()
}

func (v *watcher) settle(status int, left bool) {
	v.once.Do(func() {
		v.status, v.left = status, left
		close(v.decided)
	})
}

// answers passes the answer on, and the server's end.
func (v *watcher) answers(d *httpDefect, c, server *net.TCPConn) {
	head, err := readHead(server)
	if len(head) == 0 {
		v.settle(0, false)
		tcpproxy.Pass(c, err)
		return
	}
	status := 0
	if _, rest, ok := strings.Cut(string(head), " "); ok && len(rest) >= 3 {
		for _, digit := range rest[:3] {
			status = 10*status + int(digit-'0')
		}
	}
	v.settle(status, false)
	if d.answer != nil {
		instead, ok := d.answer(v)
		if instead != nil || !ok {
			c.Write(instead) // a viewer that has gone gets nothing
			c.Close()
			server.Close()
			return
		}
	}
	if _, err := c.Write(head); err != nil {
		tcpproxy.Reset(server)
		return
	}
	if ok, end := tcpproxy.CopyAll(c, server); ok && (d.over == nil || d.over(v)) {
		tcpproxy.Pass(c, end)
	}
}

// readHead reads what comes first, up to the end of a head; no byte of it is lost.
func readHead(from net.Conn) ([]byte, error) {
	var head []byte
	buf := make([]byte, 4<<10)
	for !bytes.Contains(head, []byte("\r\n\r\n")) && len(head) < maxHTTPHead {
		n, err := from.Read(buf)
		head = append(head, buf[:n]...)
		if err != nil {
			return head, err
		}
	}
	return head, nil
}

// viewer returns the latest request of the client that a hook is of; nil where it is not one over HTTP.
func (w *world) viewer(c *client) *watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.viewers[c.page]
}
