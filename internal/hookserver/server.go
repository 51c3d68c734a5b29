package hookserver

import (
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// Options of a server. The zero value accepts every well-formed event.
type Options struct {
	// Profile says how answers are written and when a token is due. Payloads
	// of every profile are read. nil: each request tells its own (see
	// hook.Detect), and answers are the plain ones that every profile takes.
	Profile *hook.Profile
	Token   *Token // nil: no token is asked for
	Rules   *Rules // nil: none; they are looked at before the token
	// Record gets every request and its answer as lines of JSON, tokens
	// included, in the order in which they end. The requests of the page are
	// left out.
	Record io.Writer
	// Certificate makes it https.
	Certificate *tls.Certificate
	Logger      *slog.Logger // nil: nothing is logged
	// ShowParams shows the values of parameters in the log and on the page;
	// else *** is shown.
	ShowParams bool
}

// Server is a running callback server. Its methods may be called from any
// goroutine.
type Server struct {
	opts     Options
	endpoint *endpoint.Endpoint
	board    *board
	record   *recorder
	pages    map[string]page
	boot     string // tells this run of the server from others
	started  time.Time
	watchers chan struct{} // one token for each page that waits for news
	closing  chan struct{}
	once     sync.Once
	closeErr error

	mu       sync.Mutex
	verdicts map[int64]*verdict // by Seq, until the request is done
}

// Limits on callers; the package endpoint has more.
const (
	maxBody     = 256 << 10        // bytes; a hook's payload has some 600
	maxConns    = 10_000           // open at once
	readTimeout = 10 * time.Second // from a request's first byte to its last
	firstByte   = 10 * time.Second // from a connection's begin to its first request's
	idleTimeout = 60 * time.Second // between requests
	maxWatchers = 64               // pages that wait for news at once
)

// New makes a server that listens nowhere yet. Close ends it.
func New(o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		opts: o, board: newBoard(), boot: rand.Text(), started: time.Now(),
		watchers: make(chan struct{}, maxWatchers), closing: make(chan struct{}),
		verdicts: make(map[int64]*verdict),
	}
	s.pages = s.makePages()
	if o.Record != nil {
		s.record = newRecorder(o.Record, nameOf(o.Profile), func(err error) {
			o.Logger.Error("nothing more is recorded", "err", err)
		})
	}
	s.endpoint = endpoint.New(endpoint.Options{
		// The keys of srs6 are those of every version; see check.
		Profile: hook.SRS7, Default: s.answerSafely, Observe: s.observe,
		MaxBody: maxBody, MaxConns: maxConns, ReadTimeout: readTimeout,
		MakeRoom: true, FirstTimeout: firstByte, IdleTimeout: idleTimeout,
		TLS: s.useCertificate,
	})
	return s
}

// nameOf returns the profile's name, "auto" where each request tells its own.
func nameOf(p *hook.Profile) string {
	if p == nil {
		return "auto"
	}
	return p.Name
}

func (s *Server) useCertificate(cfg *tls.Config) {
	cfg.Certificates = []tls.Certificate{*s.opts.Certificate}
}

// Listen serves at addr ("127.0.0.1:0" for any port), with TLS if there is a
// certificate. It may be called several times.
func (s *Server) Listen(addr string) error {
	if s.opts.Certificate != nil {
		return s.endpoint.ListenTLS(addr)
	}
	return s.endpoint.Listen(addr)
}

// Addr returns the address of the first listener, "" before Listen.
func (s *Server) Addr() string { return s.endpoint.Addr() }

// URL returns the base URL of the first listener, without a path; "" before
// Listen.
func (s *Server) URL() string { return s.endpoint.URL() }

// Close stops listening, ends all connections, held answers included, and
// waits for everything to end. The error tells that the recording is not whole.
func (s *Server) Close() error {
	s.once.Do(func() {
		close(s.closing)
		// It has no error to tell.
		_ = s.endpoint.Close()
		if s.record != nil {
			s.closeErr = s.record.close()
		}
	})
	return s.closeErr
}
