package endpoint

import (
	"crypto/tls"
	"time"

	"hookproof/hook"
)

// Options of an endpoint. The zero value records everything within the
// limits' defaults, decodes either profile's payloads and accepts every client.
type Options struct {
	// Profile decodes payloads strictly; nil: leniently, whichever profile.
	Profile *hook.Profile
	// Lenient reads payloads as without a Profile although one is set: for
	// load runs, where DecodeErr is of no interest.
	Lenient bool
	// Default answers what no rule matches; nil: [Accept]. Like a rule's Func,
	// it may block its own caller only, and must not keep the request.
	Default func(*Request) Answer

	// Observe is called at every phase of every request, on the connection's
	// goroutine: be quick. Calls of different connections overlap. The
	// request may be kept.
	Observe func(*Request, Phase)
	// ObserveConn is called when a connection is accepted and when it ended.
	ObserveConn func(ConnEvent)

	// Forget has a connection whose caller closed it between requests end with a
	// reset instead of our FIN, so that no kernel keeps its port for a minute. It
	// is for callers that never close one direction only.
	Forget bool

	// MaxRequests bounds the recording; the oldest are dropped first (see
	// Endpoint.Dropped). 0: 100,000. Negative: nothing is recorded.
	MaxRequests int
	// MaxBytes bounds the heads and bodies of the recording. 0: 256 MB.
	MaxBytes int64
	// DropBodies leaves Body and Head out of requests once they are decoded.
	DropBodies bool

	// Limits on what callers send; 0 takes the default.
	MaxHead  int // request line and header, bytes; 64 KB
	MaxBody  int // bytes; 1 MB
	MaxConns int // open at once; 50,000; more are closed at once

	// Times; 0 takes the default.
	IdleTimeout  time.Duration // between requests; 2 min
	ReadTimeout  time.Duration // from a request's first byte to its last; 10 s
	WriteTimeout time.Duration // for each write; 30 s

	// TLS changes the configuration of ListenTLS (versions, say).
	TLS func(*tls.Config)
}

// ConnEvent is the beginning or the end of a connection.
type ConnEvent struct {
	Conn     int64
	At       time.Time
	Remote   string
	Closed   bool // false: it was accepted
	Requests int  // received on it, at the end
	// Err is what ended it; nil when the caller closed between requests or we
	// closed after an answer.
	Err error
}

const (
	defaultRequests = 100_000
	defaultBytes    = 256 << 20
	defaultHead     = 64 << 10
	defaultBody     = 1 << 20
	defaultConns    = 50_000
	defaultIdle     = 2 * time.Minute
	defaultRead     = 10 * time.Second
	defaultWrite    = 30 * time.Second
	maxFields       = 256 // header fields of a request
)

func (o *Options) setDefaults() {
	if o.Default == nil {
		o.Default = func(*Request) Answer { return Accept() }
	}
	setDefault(&o.MaxRequests, defaultRequests)
	setDefault(&o.MaxBytes, defaultBytes)
	setDefault(&o.MaxHead, defaultHead)
	setDefault(&o.MaxBody, defaultBody)
	setDefault(&o.MaxConns, defaultConns)
	setDefault(&o.IdleTimeout, defaultIdle)
	setDefault(&o.ReadTimeout, defaultRead)
	setDefault(&o.WriteTimeout, defaultWrite)
}

func setDefault[T int | int64 | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}
