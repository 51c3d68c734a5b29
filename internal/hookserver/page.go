package hookserver

import (
	"embed"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/httpguard"
)

//go:embed page
var pageFiles embed.FS

// page is something that a browser gets.
type page struct {
	body   string
	header http.Header
	feed   bool // the stream of events instead of a body
}

// pageHeader keeps a browser from loading or sending anything elsewhere, and
// from running anything but the page's own script.
func pageHeader(contentType string) http.Header {
	return http.Header{
		"Content-Type": {contentType},
		"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
			"connect-src 'self'; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Referrer-Policy":              {"no-referrer"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Cache-Control":                {"no-store"},
	}
}

// makePages reads what is embedded. A missing file is a mistake of the build.
func (s *Server) makePages() map[string]page {
	pages := map[string]page{"/events": {feed: true}}
	for _, f := range []struct{ path, file, contentType string }{
		{"/", "index.html", "text/html; charset=utf-8"},
		{"/page.js", "page.js", "text/javascript; charset=utf-8"},
		{"/page.css", "page.css", "text/css; charset=utf-8"},
		{"/icon.svg", "icon.svg", "image/svg+xml"},
	} {
		body, err := pageFiles.ReadFile("page/" + f.file)
		if err != nil {
			panic(err)
		}
		pages[f.path] = page{body: string(body), header: pageHeader(f.contentType)}
	}
	return pages
}

func (s *Server) servePage(p page, r *endpoint.Request) endpoint.Answer {
	if err := httpguard.Host(r.Header.Get("Host"), s.address()); err != nil {
		return refusal(http.StatusForbidden, err.Error())
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		a := refusal(http.StatusMethodNotAllowed, "this is a page to look at; the hooks are POST "+
			strings.Join(hook.DefaultPaths(), ", "))
		a.Header.Set("Allow", "GET, HEAD")
		return a
	case p.feed && r.Method == http.MethodGet:
		return s.serveFeed(r)
	}
	return endpoint.Answer{Status: http.StatusOK, Body: p.body, Header: p.header}
}

// address is that of the first listener.
func (s *Server) address() net.Addr {
	addr, err := netip.ParseAddrPort(s.Addr())
	if err != nil {
		return nil // nobody could ask then
	}
	return net.TCPAddrFromAddrPort(addr)
}

// Times of the feed.
const (
	feedWait  = 5 * time.Second        // for something new; then the same is told again
	feedRetry = 300 * time.Millisecond // between messages: a browser comes back after it
)

// serveFeed waits for something that the browser has not seen and tells it, as
// one server-sent event. The id that comes back in Last-Event-ID says what it
// has seen.
func (s *Server) serveFeed(r *endpoint.Request) endpoint.Answer {
	select {
	case s.watchers <- struct{}{}:
		defer func() { <-s.watchers }()
	default:
		a := refusal(http.StatusServiceUnavailable, fmt.Sprintf("more than %d pages are open", maxWatchers))
		a.Header.Set("Retry-After", "5")
		return a
	}
	seen := s.seen(r.Header.Get("Last-Event-ID"))
	timer := time.NewTimer(feedWait)
	defer timer.Stop()
	s.board.await(seen, timer.C, s.closing)
	state := s.state(seen)
	body := fmt.Sprintf("retry: %d\nid: %s-%d\ndata: %s\n\n", feedRetry.Milliseconds(), s.boot, state.version,
		state.json())
	return endpoint.Answer{Status: http.StatusOK, Body: body, Header: pageHeader("text/event-stream; charset=utf-8")}
}

// seen returns the version that a browser has seen; -1: nothing of this run.
func (s *Server) seen(id string) int64 {
	boot, version, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || boot != s.boot || n < 0 {
		return -1
	}
	return n
}
