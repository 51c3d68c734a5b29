package hook

import (
	"context"
	"crypto/x509"
	"time"
)

// CallerOptions configure a Caller. The zero value of each field but Profile
// means its default.
type CallerOptions struct {
	Profile     *Profile       // required
	Timeout     time.Duration  // of one request, dialling included; default 30 s
	MaxAnswer   int64          // bytes of an answer's body; default 16 MiB; larger ones refuse
	UserAgent   string         // default "Hookproof"
	Fresh       bool           // a connection for every call, closed after the answer, as SRS does
	MaxIdle     int            // kept-alive connections per host; default 512
	IdleTimeout time.Duration  // of a kept-alive connection; default 1 s
	InsecureTLS bool           // do not verify certificates, as SRS does
	RootCAs     *x509.CertPool // for https; default the system's
	Observe     func(Call)     // told of every call, from the calling goroutine
}

// Call is one finished request, as Observe sees it.
type Call struct {
	Event    Event
	URL      string
	Start    time.Time
	End      time.Time
	Status   int // 0 without an answer
	Decision Decision
	Err      error
}

// Caller makes the calls.
type Caller struct{ o CallerOptions }

// NewCaller gives a caller; end it with Close.
func NewCaller(o CallerOptions) *Caller { return &Caller{o: o} }

// Close ends it.
func (c *Caller) Close() {}

// Call calls the URLs one by one.
func (c *Caller) Call(ctx context.Context, urls []string, pl *Payload) Decision { return Decision{} }

// CheckURL says what is wrong with a configured hook URL.
func CheckURL(url string) error { return nil }
