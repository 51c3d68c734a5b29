// Package httpguard protects the HTTP services that commands offer to people
// and programs beside them: the API, metrics, profiles, the live page. They ask
// for no password, so it matters who reaches them. guard keeps out web pages
// that a browser on the same machine happens to show, and bounds what slow or
// many peers cost.
//
// What it does not do is to tell good peers from bad ones: whoever can connect
// is served.
package httpguard

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Bounds of one service.
const (
	MaxConns    = 256      // open connections; more wait until one of them ends
	maxHeader   = 16 << 10 // bytes of a request's header
	headerTime  = 10 * time.Second
	requestTime = 30 * time.Second // to read a request with its body
	idleTime    = time.Minute
)

// NewServer makes a server for h at l, whose Serve must be given [Limit] of l.
// An answer may take up to answerTime.
func NewServer(l net.Listener, h http.Handler, answerTime time.Duration, log *slog.Logger) *http.Server {
	return newServer(Handler(l.Addr(), h), answerTime, log)
}

// NewMediaServer is NewServer for what viewers are to see, from wherever the page comes that they watch it on: who may
// is decided by h, not by the Host or the Origin of a request.
func NewMediaServer(h http.Handler, answerTime time.Duration, log *slog.Logger) *http.Server {
	return newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Content-Security-Policy", policy)
		head.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	}), answerTime, log)
}

func newServer(h http.Handler, answerTime time.Duration, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// policy lets a browser show an answer, and load, run and embed nothing. Styles
// are those of the index of profiles.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors " +
	"'none'"

// Handler answers 403 to what a web page of somebody else has a browser send:
// requests whose Host no service at addr has (see [Host]), and those that are
// not just for reading and come from another origin. All answers forbid
// browsers to guess types, to keep and to embed them.
func Handler(addr net.Addr, next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if err := Host(r.Host, addr); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// Host tells whether the Host of a request is one that a service has which
// listens at addr. On loopback that is an IP address or localhost: a web page
// may have its own name lead to 127.0.0.1 and then read what is served there
// as if it were its own (DNS rebinding), but the name gives it away. A service
// that listens elsewhere may have any name. A request without a Host is not a browser's.
func Host(host string, addr net.Addr) error {
	if host == "" || !Loopback(addr) {
		return nil
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return nil
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return nil
	}
	return fmt.Errorf("this is served on %s only: use an IP address or localhost in the URL, not another name", addr)
}

// Loopback reports whether addr is reached from this machine alone.
func Loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
