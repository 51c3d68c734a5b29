package endpoint

import (
	"container/list"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// ErrClosed is returned for what comes after Close.
var ErrClosed = errors.New("endpoint: closed")

// Endpoint is a mock hook server. Its methods may be called from any
// goroutine.
type Endpoint struct {
	opts Options

	connSeq, requestSeq atomic.Int64

	mu        sync.Mutex
	listeners []*listener
	conns     map[*conn]struct{}
	waiting   list.List     // of *conn, with Options.MakeRoom: those that wait for a request, the longest first
	cut       chan struct{} // closed when this round of connections must end
	down      bool
	closed    bool
	cert      *tls.Certificate

	wg sync.WaitGroup // accept loops and connections
}

// New makes an endpoint that listens nowhere yet. Close ends it.
func New(o Options) *Endpoint {
	o.setDefaults()
	return &Endpoint{opts: o, conns: make(map[*conn]struct{}), cut: make(chan struct{})}
}

// Listen accepts hook calls at addr ("127.0.0.1:0" for any port). It may be
// called several times.
func (e *Endpoint) Listen(addr string) error { return e.listen(addr, nil) }

// ListenTLS accepts https calls at addr, with a self-signed certificate made
// in memory for 127.0.0.1, ::1 and localhost.
func (e *Endpoint) ListenTLS(addr string) error {
	cfg, err := e.tlsConfig()
	if err != nil {
		return err
	}
	return e.listen(addr, cfg)
}

func (e *Endpoint) listen(addr string, cfg *tls.Config) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if e.down {
		return errors.New("endpoint: down")
	}
	l := &listener{e: e, tls: cfg}
	if err := l.open(addr); err != nil {
		return err
	}
	e.listeners = append(e.listeners, l)
	l.start()
	return nil
}

// Addr returns the address of the first listener, "" before Listen. It stays
// the same through Down and Up.
func (e *Endpoint) Addr() string {
	if all := e.Addrs(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Addrs returns the addresses of all listeners, in the order of Listen.
func (e *Endpoint) Addrs() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]string, len(e.listeners))
	for i, l := range e.listeners {
		all[i] = l.addr
	}
	return all
}

// URL returns the base URL of the first listener, without a path:
// "http://127.0.0.1:8085". "" before Listen.
func (e *Endpoint) URL() string {
	if all := e.URLs(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// URLs returns the base URLs of all listeners, in the order of Listen.
func (e *Endpoint) URLs() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]string, len(e.listeners))
	for i, l := range e.listeners {
		all[i] = l.url()
	}
	return all
}

// Conns returns the number of open connections.
func (e *Endpoint) Conns() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.conns)
}

// admit takes a new connection in; false if it must go at once.
func (e *Endpoint) admit(c *conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.down || len(e.conns) >= e.opts.MaxConns && !e.makeRoom() {
		return false
	}
	e.conns[c] = struct{}{}
	c.cut = e.cut
	c.id = e.connSeq.Add(1)
	if e.opts.MakeRoom {
		c.waiting = e.waiting.PushBack(c)
	}
	e.wg.Add(1)
	return true
}

func (e *Endpoint) leave(c *conn) {
	e.mu.Lock()
	delete(e.conns, c)
	e.unlist(c)
	e.mu.Unlock()
	e.wg.Done()
}

// successor returns a request to note the next phase in: a new one if anybody
// may have kept r.
func (e *Endpoint) successor(r *Request) *Request {
	if e.opts.Observe == nil {
		return r
	}
	next := *r
	return &next
}

func (e *Endpoint) observe(r *Request, p Phase) {
	if e.opts.Observe != nil {
		e.opts.Observe(r, p)
	}
}

// wrapTLS makes the server side of a TLS connection.
func wrapTLS(nc net.Conn, cfg *tls.Config) net.Conn {
	if cfg == nil {
		return nc
	}
	return tls.Server(nc, cfg)
}
