package hookdefect

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"hookproof/hook"
)

// dies ends the server when it has read such a body.
func dies(of func([]byte) bool) planted {
	return func(s *parts) {
		decode := s.decode
		s.decode = func(body []byte) (*hook.Payload, error) {
			if of(body) {
				s.die()
			}
			return decode(body)
		}
	}
}

func diesOfSize(s *parts) {
	s.body = func(w http.ResponseWriter, r *http.Request) ([]byte, reply) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 5<<20))
		if len(body) == 5<<20 {
			s.die()
		}
		if err != nil {
			return nil, reply{400, "broke off"}
		}
		return body, reply{}
	}
}

// oneAtATime holds a lock while a body comes in.
func oneAtATime(s *parts) {
	var mu sync.Mutex
	next := s.body
	s.body = func(w http.ResponseWriter, r *http.Request) ([]byte, reply) {
		mu.Lock()
		defer mu.Unlock()
		return next(w, r)
	}
}

// before answers some requests before they are looked at.
func before(which func(*http.Request) bool, with reply) planted {
	return func(s *parts) {
		s.around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if which(r) {
					s.write(w, with)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
}

func healthCheck(s *parts) {
	before(func(r *http.Request) bool { return r.Method == http.MethodGet }, reply{200, "0"})(s)
}

// hangsUp answers by hand and ends the connection.
func hangsUp(s *parts) {
	s.around = func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := s.reply(w, r)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			b := bufio.NewWriter(conn)
			fmt.Fprintf(b, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n\r\n%s", a.status, http.StatusText(a.status),
				len(a.body), a.body)
			b.Flush()
		})
	}
}

// fewConnections resets what comes while others are open.
func fewConnections(s *parts) {
	const most = 20
	s.listen = func(l net.Listener) net.Listener { return &limited{Listener: l, most: most} }
}

type limited struct {
	net.Listener
	most int64
	open atomic.Int64
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.most {
			return &counted{Conn: c, l: l}, nil
		}
		l.open.Add(-1)
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

type counted struct {
	net.Conn
	l    *limited
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.l.open.Add(-1) })
	return c.Conn.Close()
}

// losesPipelined forgets a request that comes right after another one.
func losesPipelined(s *parts) {
	s.listen = func(l net.Listener) net.Listener { return forgetting{l} }
}

type forgetting struct{ net.Listener }

func (l forgetting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return forgetful{c}, err
}

type forgetful struct{ net.Conn }

func (c forgetful) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		if i := bytes.Index(p[1:n], []byte("POST /")); i >= 0 {
			n = i + 1
		}
	}
	return n, err
}
