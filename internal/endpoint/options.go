package endpoint

import (
	"crypto/tls"
	"time"

	"hookproof/hook"
)

// Options of an endpoint. The zero value decodes every profile's payloads and
// accepts every client.
type Options struct {
	// Profile decodes payloads strictly; nil: leniently, whichever profile.
	Profile *hook.Profile
	// Default decides each answer; nil: [Accept]. It runs on the connection's
	// goroutine, so it may block, but only its own caller waits. It must not
	// keep the request.
	Default func(*Request) Answer

	// Observe is called at every phase of every request, on the connection's
	// goroutine: be quick. Calls of different connections overlap. The
	// request may be kept.
	Observe func(*Request, Phase)

	// Refused, when not nil, is told why a connection could not be accepted: no
	// file descriptor is left, say. It is tried again.
	Refused func(error)

	// Forget has a connection whose caller closed it between requests end with a
	// reset instead of our FIN, so that no kernel keeps its port for a minute. It
	// is for callers that never close one direction only.
	Forget bool

	// DropBodies leaves Body and Head out of requests once they are decoded.
	DropBodies bool

	// Limits on what callers send; 0 takes the default.
	MaxHead  int // request line and header, bytes; 64 KB
	MaxBody  int // bytes; 1 MB
	MaxConns int // open at once; 50,000; more are closed at once, but see MakeRoom
	// MakeRoom has a connection beyond MaxConns take the place of the one that
	// has waited longest for a request, where one waits: silent connections
	// shut nobody out.
	MakeRoom bool

	// Times; 0 takes the default.
	IdleTimeout  time.Duration // between requests; 2 min
	FirstTimeout time.Duration // until the first one begins; IdleTimeout
	ReadTimeout  time.Duration // from a request's first byte to its last; 10 s
	WriteTimeout time.Duration // for each write; 30 s

	// TLS changes the configuration of ListenTLS (versions, say).
	TLS func(*tls.Config)
}

const (
	defaultHead  = 64 << 10
	defaultBody  = 1 << 20
	defaultConns = 50_000
	defaultIdle  = 2 * time.Minute
	defaultRead  = 10 * time.Second
	defaultWrite = 30 * time.Second
	maxFields    = 256 // header fields of a request
)

func (o *Options) setDefaults() {
	if o.Default == nil {
		o.Default = func(*Request) Answer { return Accept() }
	}
	setDefault(&o.MaxHead, defaultHead)
	setDefault(&o.MaxBody, defaultBody)
	setDefault(&o.MaxConns, defaultConns)
	setDefault(&o.IdleTimeout, defaultIdle)
	setDefault(&o.FirstTimeout, o.IdleTimeout)
	setDefault(&o.ReadTimeout, defaultRead)
	setDefault(&o.WriteTimeout, defaultWrite)
}

func setDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}
