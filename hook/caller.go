package hook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// CallerOptions configure a Caller. The zero value of each field but Profile
// means its default.
type CallerOptions struct {
	Profile   *Profile      // required
	Timeout   time.Duration // of each request as a whole, dialling included; default 30 s
	MaxAnswer int64         // bytes of an answer's body; a larger one refuses; default 16 MiB
	// requests to one host at once, more wait for their turn; default DefaultMaxCalls, negative: no limit
	MaxCalls    int
	UserAgent   string         // default "Hookproof"; printable ASCII
	Fresh       bool           // a connection for every request, closed after the answer, as SRS does
	MaxIdle     int            // kept-alive connections per host; default 512
	IdleTimeout time.Duration  // of a kept-alive connection; default 1 s
	InsecureTLS bool           // do not verify certificates, as SRS does
	RootCAs     *x509.CertPool // for https; default the system's
	Observe     func(Call)     // told of every request when it is over, by the goroutine that called
}

// DefaultMaxCalls is how many requests one host is sent at once.
const DefaultMaxCalls = 512

// Call is one request that is over, as Observe sees it.
type Call struct {
	Event    Event
	ClientID string // whose event, as its payload says; IP is the client's address
	IP       string
	Payload  *Payload // what was sent; not to be kept
	URL      string
	Attempt  int // 1, and more where [Caller.Deliver] sends an event again
	Start    time.Time
	End      time.Time
	Waited   time.Duration // after Start, behind MaxCalls others
	Status   int           // of the answer; 0 without one
	Decision Decision      // of this answer alone, closing events too
	Err      error         // why there was no whole answer
}

// ErrClosed is the error of calls that Close ended or that came after it.
var ErrClosed = errors.New("hook caller closed")

// maxTargets bounds the URLs whose parsed form is kept. Configurations have a
// handful; reloads bring new ones.
const maxTargets = 1000

// Caller makes the calls of one profile: HTTP POST of a payload, judged by the
// answer. It is safe for use by many goroutines; each Call blocks its own.
//
// Connections are kept alive and reused unless Fresh is set. The idle timeout
// is below those of common HTTP servers, so that a request does not meet a
// server that is just closing; a server that closes kept connections earlier
// gets fresh ones for the next minute. Where a request meets a closing server
// all the same, it is sent again if and only if the kernel tells that no byte
// of it arrived. In all other cases a connection that ends without an answer
// is a refusal, since the hook server may have seen the event and must not see
// it twice.
//
// No host is sent more than MaxCalls requests at once. Further calls wait, the
// first to come goes first, and their time-out runs meanwhile.
//
// What answers may cost is bounded: each by MaxAnswer, and all that are under
// way together, as far as they are large, by [manyLarge] times that. An answer
// that finds no room refuses.
//
// A Caller that is no longer used holds nothing once IdleTimeout has passed.
type Caller struct {
	o         CallerOptions
	dialer    net.Dialer
	tlsConfig *tls.Config
	context   context.Context // ended by Close
	cancel    context.CancelFunc

	mu      sync.RWMutex
	targets map[string]*destination // by URL
	hosts   map[string]*host        // by scheme and address

	large    budget       // memory of large answers
	retrying atomic.Int64 // see [Load]

	wiresMu sync.Mutex
	wires   map[*wire]struct{} // all connections, so that Close can end them
	closed  bool

	wary time.Duration // see [pool.distrust]

	// beforeWrite is called between the look at an idle connection and its
	// reuse; tests close it there.
	beforeWrite func(*wire)
}

// host is what all URLs of one scheme and address share.
type host struct {
	pool pool
	gate gate
}

// destination is a target and its host.
type destination struct {
	*target
	*host
	tls *tls.Config // nil for plain HTTP
}

// NewCaller returns a caller. It panics without a profile.
func NewCaller(o CallerOptions) *Caller {
	if o.Profile == nil {
		panic("hook: NewCaller without a profile")
	}
	o.Timeout = orDefault(o.Timeout, 30*time.Second)
	o.MaxAnswer = orDefault(o.MaxAnswer, 16<<20)
	o.MaxIdle = orDefault(o.MaxIdle, 512)
	if o.MaxCalls = orDefault(o.MaxCalls, DefaultMaxCalls); o.MaxCalls < 0 {
		o.MaxCalls = math.MaxInt
	}
	o.IdleTimeout = orDefault(o.IdleTimeout, time.Second)
	o.UserAgent = orDefault(o.UserAgent, "Hookproof")
	c := &Caller{
		o: o,
		// A connection is idle for IdleTimeout at most: no probes, which cost four system calls to set up.
		dialer:  net.Dialer{KeepAlive: -1},
		targets: make(map[string]*destination),
		hosts:   make(map[string]*host),
		wires:   make(map[*wire]struct{}),
		wary:    time.Minute,
		tlsConfig: &tls.Config{
			RootCAs:            o.RootCAs,
			InsecureSkipVerify: o.InsecureTLS,
			ClientSessionCache: tls.NewLRUClientSessionCache(0),
		},
	}
	c.large.left.Store(manyLarge * o.MaxAnswer)
	c.context, c.cancel = context.WithCancel(context.Background())
	return c
}

func orDefault[T time.Duration | int64 | int | string](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Close ends all calls that are under way, which then refuse with ErrClosed,
// and closes all connections. It may be called more than once.
func (c *Caller) Close() {
	c.wiresMu.Lock()
	c.closed = true
	all := make([]*wire, 0, len(c.wires))
	for w := range c.wires {
		all = append(all, w)
	}
	c.wiresMu.Unlock()
	c.cancel()
	c.mu.Lock()
	for _, h := range c.hosts {
		h.pool.close()
		h.gate.close()
	}
	c.mu.Unlock()
	for _, w := range all {
		w.socket.Close()
	}
}

// keep notes a new connection; false if the caller is closed.
func (c *Caller) keep(w *wire) bool {
	c.wiresMu.Lock()
	defer c.wiresMu.Unlock()
	if !c.closed {
		c.wires[w] = struct{}{}
	}
	return !c.closed
}

// drop closes a connection for good.
func (c *Caller) drop(w *wire) {
	c.wiresMu.Lock()
	delete(c.wires, w)
	c.wiresMu.Unlock()
	w.socket.Close()
}

// destination returns the parsed form of a URL.
func (c *Caller) destination(url string) (*destination, error) {
	c.mu.RLock()
	d := c.targets[url]
	c.mu.RUnlock()
	if d != nil {
		return d, nil
	}
	t, err := parseTarget(url, c.o.UserAgent)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.targets) >= maxTargets {
		clear(c.targets)
	}
	key := fmt.Sprint(t.secure, t.addr)
	h := c.hosts[key]
	if h == nil {
		h = &host{
			pool: pool{max: c.o.MaxIdle, timeout: c.o.IdleTimeout, wary: c.wary, drop: c.drop,
				closed: c.context.Err() != nil},
			gate: gate{max: c.o.MaxCalls, closed: c.context.Err() != nil},
		}
		c.hosts[key] = h
	}
	d = &destination{target: t, host: h}
	if t.secure {
		d.tls = c.tlsConfig.Clone()
		d.tls.ServerName = t.name
	}
	c.targets[url] = d
	return d, nil
}

// Load is what a caller is doing at a moment.
type Load struct {
	InFlight int // requests that are under way
	Waiting  int // calls that wait because their host has MaxCalls of them
	Retrying int // closing events that reached nobody, and will be sent again
}

// Load says what the caller is doing.
func (c *Caller) Load() Load {
	l := Load{Retrying: int(c.retrying.Load())}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, h := range c.hosts {
		busy, waiting := h.gate.load()
		l.InFlight += busy
		l.Waiting += waiting
	}
	return l
}
