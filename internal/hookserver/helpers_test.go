package hookserver

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of the tests.
const patience = 10 * time.Second

// serve starts a server that ends with the test.
func serve(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Profile == nil {
		o.Profile = hook.SRS6
	}
	return listening(t, New(o))
}

func listening(t *testing.T, s *Server) *Server {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// guarded returns the options of a server that asks for token=good.
func guarded(t *testing.T, p *hook.Profile) Options {
	t.Helper()
	token, err := ParseToken("token=good")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Profile: p, Token: token}
}

func rulesOf(t *testing.T, text string) *Rules {
	t.Helper()
	rules, err := ParseRules("rules.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// pathOf is where an event is sent.
func pathOf(e hook.Event) string {
	switch e.Opening() {
	case hook.OnPublish:
		return "/api/v1/streams"
	case hook.OnPlay:
		return "/api/v1/sessions"
	}
	return "/api/v1/clients"
}

// sample is a whole payload of an event, as p sends it, changed by change.
func sample(t *testing.T, p *hook.Profile, e hook.Event, change func(*hook.Payload)) string {
	t.Helper()
	pl := hook.Payload{
		Action: e.String(), ClientID: "1985", IP: "192.168.1.20", VHost: "__defaultVhost__", App: "live",
		Stream: "cam1", Param: "?token=good", TCURL: "rtmp://127.0.0.1/live?token=good",
		PageURL:  "http://page.example/",
		ServerID: "vid-1", ServiceID: "s1", StreamURL: "/live/cam1", StreamID: "vid-2", SendBytes: 4351,
		RecvBytes: 3612,
	}
	if change != nil {
		change(&pl)
	}
	body, err := p.Encode(nil, &pl)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// reply is an answer as a client reads it.
type reply struct {
	status int
	body   string
	header http.Header
}

// do makes a request of its own connection.
func do(t *testing.T, s *Server, method, path, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	req.Host = req.Header.Get("Host") // "" is that of the URL
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return read(t, resp)
}

func read(t *testing.T, resp *http.Response) reply {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{status: resp.StatusCode, body: string(body), header: resp.Header}
}

// send posts an event and returns the answer's body.
func send(t *testing.T, s *Server, e hook.Event, body string) string {
	t.Helper()
	return do(t, s, "POST", pathOf(e), body).body
}

// dial opens a connection with a deadline.
func dial(t *testing.T, s *Server) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return nc
}

func write(t *testing.T, nc net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(nc, text); err != nil {
		t.Fatal(err)
	}
}

// next reads an answer.
func next(t *testing.T, br *bufio.Reader) reply {
	t.Helper()
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

// codeText is the answer of a code.
func codeText(p *hook.Profile, code string) string {
	if p.AcceptObject {
		return `{"code":` + code + `,"data":null}`
	}
	return code
}

// logText keeps what is logged.
type logText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logText) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// eachProfile runs a test in both profiles.
func eachProfile(t *testing.T, f func(t *testing.T, p *hook.Profile)) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
}
