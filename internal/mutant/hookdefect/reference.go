package hookdefect

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/scenario/hooktarget"
)

// The token that all these servers go by.
const (
	tokenKey   = "token"
	tokenValue = "Good1"
)

// parts are what a hook server is made of; a mutant replaces some of them. As
// Reference makes them the server conforms.
type parts struct {
	profile *hook.Profile
	// body reads the request's body; an answer with a status ends it there.
	body func(w http.ResponseWriter, r *http.Request) ([]byte, reply)
	// decode reads the event.
	decode func(body []byte) (*hook.Payload, error)
	// allow decides on an opening event.
	allow func(pl *hook.Payload) bool
	// values returns the token's values in parameters.
	values func(params string) []string
	// right compares a value with the token.
	right func(value string) bool
	// method says which are served.
	method func(m string) bool
	// closed answers a closing event.
	closed func(pl *hook.Payload) reply

	accept, refuse, broken reply

	around func(http.Handler) http.Handler
	listen func(net.Listener) net.Listener
	// told changes what the suite is told of the server: its URLs, and whom it accepts.
	told func(*hooktarget.Options) error
	// die ends the server as a crash does: at once, with all connections.
	die func()
}

// reply is an answer: a status and a body, or one of drop and hang.
type reply struct {
	status int
	body   string
}

// Statuses of no answer: the connection is dropped, or nothing comes.
const (
	drop = -1
	hang = -2
)

// maxBody bounds a hook, in bytes.
const maxBody = 1 << 20

// reference is a hook server without a defect.
func reference(p *hook.Profile) *parts {
	s := &parts{profile: p, accept: reply{200, "0"}, refuse: reply{200, "1"}, broken: reply{200, "100"}}
	if p.AcceptObject {
		s.accept, s.refuse, s.broken = reply{200, `{"code":0,"data":null}`}, reply{403, `{"code":403}`},
			reply{400, `{"code":100}`}
	}
	s.body = readBody
	s.decode = decode
	s.values = values
	s.right = func(v string) bool { return v == tokenValue }
	s.allow = func(pl *hook.Payload) bool { return allowed(s, pl.Param, pl.TCURL, pl.Stream) }
	s.method = func(m string) bool { return m == http.MethodPost }
	s.closed = func(*hook.Payload) reply { return s.accept }
	s.around = func(h http.Handler) http.Handler { return h }
	s.listen = func(l net.Listener) net.Listener { return l }
	s.told = func(*hooktarget.Options) error { return nil }
	return s
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, reply) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, reply{http.StatusRequestEntityTooLarge, "too large"}
	}
	return body, reply{}
}

// values splits parameters at every ? and &.
func values(params string) []string {
	var all []string
	for name, v := range hook.Params(params) {
		if name == tokenKey {
			all = append(all, v)
		}
	}
	return all
}

// query returns what follows the first ? of a URL or a stream's name.
func query(s string) string {
	_, params, _ := strings.Cut(s, "?")
	return params
}

// allowed wants the token in one of the places at least, and no wrong one in
// any. Without a place that could hold it (srs1's on_publish with a bare name)
// on_connect was asked for it.
func allowed(s *parts, param, tcURL, stream string) bool {
	if param == "" && strings.Contains(stream, "?") {
		param = query(stream)
	}
	if param == "" && tcURL == "" {
		return s.profile.ConnectFirst
	}
	n := 0
	for _, place := range []string{param, query(tcURL)} {
		for _, v := range s.values(place) {
			if !s.right(v) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// ServeHTTP serves one hook.
func (s *parts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.reply(w, r)
	if a.status == hang {
		<-r.Context().Done()
		a.status = drop
	}
	s.write(w, a)
}

// reply is what a request is answered.
func (s *parts) reply(w http.ResponseWriter, r *http.Request) reply {
	if !s.method(r.Method) {
		return reply{http.StatusMethodNotAllowed, "POST"}
	}
	body, fault := s.body(w, r)
	if fault.status != 0 {
		return fault
	}
	return s.answer(body)
}

func (s *parts) answer(body []byte) reply {
	pl, err := s.decode(body)
	if err != nil || pl == nil {
		return s.broken
	}
	ev, ok := pl.Event()
	switch {
	case !ok:
		return s.broken
	case ev.Closing():
		return s.closed(pl)
	case s.allow(pl):
		return s.accept
	}
	return s.refuse
}

func (s *parts) write(w http.ResponseWriter, r reply) {
	if r.status == drop {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(r.status)
	io.WriteString(w, r.body)
}

// running is a server that listens.
type running struct {
	url  string
	srv  *http.Server
	done chan struct{}
	once sync.Once
}

// start has the server listen on a free port of the loopback.
func (s *parts) start() (*running, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &running{url: "http://" + l.Addr().String(), done: make(chan struct{})}
	r.srv = &http.Server{Handler: s.around(s), ReadTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	s.die = func() { go r.close() }
	go func() {
		defer close(r.done)
		if err := r.srv.Serve(s.listen(l)); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	return r, nil
}

// close ends the server and all its connections.
func (r *running) close() {
	r.once.Do(func() { r.srv.Close() })
	<-r.done
}
