package hookdefect

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"crypto/tls"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/scenario/hooktarget"
)

// both plants two differences.
func both(one, other func(*parts)) func(*parts) {
	return func(s *parts) {
		one(s)
		other(s)
	}
}

// withHeader adds fields to every answer.
func withHeader(fields ...string) func(*parts) {
	return func(s *parts) {
		s.around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for i := 0; i+1 < len(fields); i += 2 {
					w.Header().Add(fields[i], fields[i+1])
				}
				next.ServeHTTP(w, r)
			})
		}
	}
}

// piecemeal sends an answer in chunks of so many bytes.
func piecemeal(size int) func(*parts) {
	return func(s *parts) {
		s.instead(func(w http.ResponseWriter, r *http.Request) {
			a := s.reply(w, r)
			w.WriteHeader(a.status)
			for body := a.body; body != ""; body = body[min(size, len(body)):] {
				if _, err := io.WriteString(w, body[:min(size, len(body))]); err != nil {
					return
				}
				if http.NewResponseController(w).Flush() != nil {
					return
				}
			}
		})
	}
}

// byHand writes an answer as a format says, with its status, its reason, its
// length and its body, and ends the connection.
func byHand(format string) func(*parts) {
	return func(s *parts) {
		s.instead(func(w http.ResponseWriter, r *http.Request) {
			a := s.reply(w, r)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			b := bufio.NewWriter(conn)
			fmt.Fprintf(b, format, a.status, http.StatusText(a.status), len(a.body), a.body)
			b.Flush()
		})
	}
}

// The two ways to end a connection after each answer.
const (
	oldHTTP    = "HTTP/1.0 %[1]d %[2]s\r\nServer: old\r\n\r\n%[4]s"
	lastAnswer = "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
)

// Bounds of what a slow answer takes: less than a caller's patience, more than
// a quick server.
const (
	slowAnswer  = 1500 * time.Millisecond
	slowAnswers = 3
)

// slowAtFirst answers the first requests late.
func slowAtFirst(s *parts) {
	var n atomic.Int64
	s.instead(func(w http.ResponseWriter, r *http.Request) {
		a := s.reply(w, r)
		if n.Add(1) <= slowAnswers {
			wait(r, slowAnswer)
		}
		s.write(w, a)
	})
}

// oneThread serves one request at a time.
func oneThread(s *parts) {
	var mu sync.Mutex
	s.instead(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)) // waiting for a slow caller blocks nobody else
		if err != nil {
			s.write(w, s.broken)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		mu.Lock()
		defer mu.Unlock()
		s.write(w, s.reply(w, r))
	})
}

// rewritten changes the URLs that the suite is told.
func rewritten(change func(ev hook.Event, url string) string) func(*parts) {
	return func(s *parts) {
		s.told = func(o *hooktarget.Options) error {
			for ev, urls := range o.URLs {
				urls[0] = change(ev, urls[0])
			}
			return nil
		}
	}
}

// serving has URLs for some events only.
func serving(events ...hook.Event) func(*parts) {
	return func(s *parts) {
		s.told = func(o *hooktarget.Options) error {
			some := map[hook.Event][]string{}
			for _, ev := range events {
				some[ev] = o.URLs[ev]
			}
			o.URLs = some
			return nil
		}
	}
}

// overTLS serves https.
func overTLS(s *parts) {
	rewritten(func(_ hook.Event, url string) string { return strings.Replace(url, "http://", "https://", 1) })(s)
	s.listen = func(l net.Listener) net.Listener {
		cert, err := endpoint.SelfSigned()
		if err != nil {
			return l // speaks no TLS: the suite will say so
		}
		return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12})
	}
}

// afterBasic wants a user and a password, which the URL carries.
func afterBasic(s *parts) {
	rewritten(func(_ hook.Event, url string) string { return strings.Replace(url, "://", "://ann:secret@", 1) })(s)
	before(func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user != "ann" || password != "secret"
	}, reply{http.StatusUnauthorized, ""})(s)
}

// afterGateway wants a header field that only the gateway's callers know.
func afterGateway(s *parts) {
	s.told = func(o *hooktarget.Options) error {
		o.Header = [][2]string{{"X-Gateway", "open"}}
		return nil
	}
	before(func(r *http.Request) bool { return r.Header.Get("X-Gateway") != "open" }, reply{http.StatusForbidden,
		""})(s)
}
