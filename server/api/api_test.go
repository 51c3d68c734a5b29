package api

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/server"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a server that stands still.
type fake struct {
	config  server.Config
	clients []server.ClientInfo
	streams []server.StreamInfo
	stats   server.Stats

	mu     sync.Mutex
	kicked []string
}

func (f *fake) ServerID() string             { return "vid-server1" }
func (f *fake) ServiceID() string            { return "service1" }
func (f *fake) Config() server.Config        { return f.config }
func (f *fake) Clients() []server.ClientInfo { return append([]server.ClientInfo(nil), f.clients...) }
func (f *fake) Streams() []server.StreamInfo { return append([]server.StreamInfo(nil), f.streams...) }
func (f *fake) Stats() server.Stats          { return f.stats }

func (f *fake) ClientsPage(start, count int) []server.ClientInfo {
	return part(f.Clients(), start, count)
}
func (f *fake) StreamsPage(start, count int) []server.StreamInfo {
	return part(f.Streams(), start, count)
}

func (f *fake) Client(id string) (server.ClientInfo, bool) {
	return one(f.clients, func(c server.ClientInfo) bool { return c.ID == id })
}

func (f *fake) Stream(id string) (server.StreamInfo, bool) {
	return one(f.streams, func(s server.StreamInfo) bool { return s.ID == id })
}

// part is a page of a list, as the server cuts it.
func part[T any](all []T, start, count int) []T {
	from := min(max(start, 0), len(all))
	return all[from : from+min(count, len(all)-from)]
}

func one[T any](all []T, is func(T) bool) (none T, ok bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return none, false
}

func (f *fake) Kick(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.clients {
		if c.ID == id {
			f.kicked = append(f.kicked, id)
			return true
		}
	}
	return false
}

// newFake has a publisher, a player of the same stream and an idle client.
func newFake() *fake {
	since := time.Now().Add(-time.Minute)
	f := &fake{config: server.DefaultConfig()}
	f.config.VHosts = append(f.config.VHosts, server.VHost{Name: "other.example"})
	f.clients = []server.ClientInfo{
		{ID: "1", IP: "127.0.0.1", VHost: server.DefaultVHost, App: "live", Stream: "cam1", StreamID: "vid-stream1",
			TCURL: "rtmp://127.0.0.1/live?a=\"<\xff>", PageURL: "http://page.example/", Kind: server.KindPublish,
			Since: since, RecvBytes: 600000, SentBytes: 60000},
		{ID: "2", IP: "::1", VHost: server.DefaultVHost, App: "live", Stream: "cam1", StreamID: "vid-stream1",
			TCURL: "rtmp://127.0.0.1/live", SWFURL: "http://page.example/p.swf", Kind: server.KindPlay, Since: since,
			RecvBytes: 3000, SentBytes: 600000},
		{ID: "3", IP: "127.0.0.1", VHost: "other.example", App: "live", TCURL: "rtmp://other.example/live",
			Kind: server.KindIdle, Since: since},
	}
	f.streams = []server.StreamInfo{
		{ID: "vid-stream1", VHost: server.DefaultVHost, App: "live", Name: "cam1", Publisher: "1",
			TCURL: "rtmp://127.0.0.1/live?a=\"<\xff>", Live: since, Players: 1, Clients: 2, Video: "H264",
			Audio: "AAC", Width: 1280, Height: 720, Frames: 1000, RecvBytes: 590000, SentBytes: 590000},
		{ID: "vid-stream2", VHost: "other.example", App: "live", Name: "waiting", Players: 1, Clients: 1},
	}
	return f
}

// changing are the parts of an answer that are new every time.
var changing = regexp.MustCompile(`"(pid|live_ms|alive|version|recv_30s|send_30s)":("[^"]*"|[0-9.]+)`)

// ask makes one request of a handler.
func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

// TestShapes compares every answer with what SRS's programs expect.
func TestShapes(t *testing.T) {
	f := newFake()
	f.config.LogParams = true
	h := New(f, nil)
	var all strings.Builder
	for _, c := range []struct{ method, target string }{
		{"GET", "/api/v1/"},
		{"GET", "/api/v1/versions"},
		{"GET", "/api/v1/vhosts/"},
		{"GET", "/api/v1/vhosts/" + vhostID("other.example")},
		{"GET", "/api/v1/vhosts/nobody"},
		{"GET", "/api/v1/streams"},
		{"GET", "/api/v1/streams/vid-stream2"},
		{"GET", "/api/v1/streams/nobody"},
		{"GET", "/api/v1/clients?count=2"},
		{"GET", "/api/v1/clients?start=2"},
		{"GET", "/api/v1/clients/3"},
		{"GET", "/api/v1/clients/nobody"},
		{"DELETE", "/api/v1/clients/2"},
		{"DELETE", "/api/v1/clients/nobody"},
	} {
		w := ask(h, c.method, c.target)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: status %d, type %q", c.method, c.target, w.Code, w.Header().Get("Content-Type"))
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: not JSON: %s", c.method, c.target, w.Body)
		}
		fmt.Fprintf(&all, "%s %s\n%s\n", c.method, c.target, changing.ReplaceAllString(w.Body.String(), `"$1":"*"`))
	}
	golden(t, "testdata/shapes.golden", all.String())
}

// TestSecrets: tokens in tcUrl and pageUrl are shown to those only who asked for it.
func TestSecrets(t *testing.T) {
	for _, show := range []bool{false, true} {
		f := newFake()
		f.config.LogParams = show
		for i := range f.clients {
			f.clients[i].TCURL, f.clients[i].PageURL = "rtmp://u:secret1@h/live?token=secret2",
				"http://p/?token=secret3"
		}
		f.streams[0].TCURL = f.clients[0].TCURL
		for _, target := range []string{"/api/v1/clients", "/api/v1/clients/1", "/api/v1/streams",
			"/api/v1/streams/vid-stream1"} {
			body := ask(New(f, nil), "GET", target).Body.String()
			if strings.Contains(body, "secret") != show {
				t.Errorf("LogParams %v: GET %s gives %s", show, target, body)
			}
		}
	}
}

func TestKick(t *testing.T) {
	f := newFake()
	ask(New(f, nil), "DELETE", "/api/v1/clients/2")
	if len(f.kicked) != 1 || f.kicked[0] != "2" {
		t.Errorf("kicked are %v, want [2]", f.kicked)
	}
}

func TestRefused(t *testing.T) {
	h := New(newFake(), nil)
	for _, c := range []struct {
		method, target string
		want           int
	}{
		{"POST", "/api/v1/clients", http.StatusMethodNotAllowed},
		{"DELETE", "/api/v1/clients", http.StatusMethodNotAllowed},
		{"PUT", "/api/v1/clients/1", http.StatusMethodNotAllowed},
		{"DELETE", "/api/v1/streams/vid-stream1", http.StatusMethodNotAllowed},
		{"GET", "/api/v1/nothing", http.StatusNotFound},
		{"GET", "/api/v1/clients/1/2", http.StatusNotFound},
		{"GET", "/metrics", http.StatusNotFound},
		{"OPTIONS", "/api/v1/clients/1", http.StatusMethodNotAllowed},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			w := ask(h, c.method, c.target)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("a CORS header: %q", got)
			}
		})
	}
}

// TestPages: as with SRS a page has ten items or more.
func TestPages(t *testing.T) {
	f := newFake()
	f.clients = nil
	for i := range 25 {
		f.clients = append(f.clients, server.ClientInfo{ID: fmt.Sprintf("%02d", i), Since: time.Now()})
	}
	h := New(f, nil)
	for _, c := range []struct {
		query       string
		first, last string
		count       int
	}{
		{"", "00", "09", 10},
		{"?count=3", "00", "09", 10},
		{"?count=12", "00", "11", 12},
		{"?start=20", "20", "24", 5},
		{"?start=-5&count=1000000000", "00", "24", 25},
		{"?start=x", "00", "09", 10},
		{"?start=25", "", "", 0},
		{"?start=9223372036854775807&count=9223372036854775807", "", "", 0},
	} {
		t.Run(c.query, func(t *testing.T) {
			var answer struct {
				Clients []struct{ ID string }
			}
			body := ask(h, "GET", "/api/v1/clients"+c.query).Body.Bytes()
			if err := json.Unmarshal(body, &answer); err != nil {
				t.Fatal(err)
			}
			got := answer.Clients
			if got == nil || len(got) != c.count {
				t.Fatalf("%d clients, want %d: %s", len(got), c.count, body)
			}
			if c.count > 0 && (got[0].ID != c.first || got[c.count-1].ID != c.last) {
				t.Errorf("clients %s to %s, want %s to %s", got[0].ID, got[c.count-1].ID, c.first, c.last)
			}
		})
	}
}

// watched counts what the API looks at, and how many requests do so at once.
type watched struct {
	*fake
	pages, lists atomic.Int64
	now, most    atomic.Int64
	gate         chan struct{} // what a look waits for, or nil
}

func (w *watched) ClientsPage(start, count int) []server.ClientInfo {
	w.most.Store(max(w.most.Load(), w.now.Add(1)))
	defer w.now.Add(-1)
	if w.gate != nil {
		<-w.gate
	}
	page := w.fake.ClientsPage(start, count)
	w.pages.Add(int64(len(page)))
	return page
}

func (w *watched) Clients() []server.ClientInfo {
	w.lists.Add(1)
	return w.fake.Clients()
}

// TestPagedBeforeShaped: what is not on the page is not looked at, and who polls waits for the others who do.
func TestPagedBeforeShaped(t *testing.T) {
	w := &watched{fake: newFake(), gate: make(chan struct{})}
	for i := range 3000 {
		w.clients = append(w.clients, server.ClientInfo{ID: fmt.Sprint("c", i), Since: time.Now()})
	}
	h := New(w, nil)
	const pollers = 16
	var g sync.WaitGroup
	for range pollers {
		g.Go(func() { ask(h, "GET", "/api/v1/clients") })
	}
	for range pollers {
		w.gate <- struct{}{}
	}
	g.Wait()
	if w.pages.Load() != 10*pollers || w.lists.Load() != 0 {
		t.Errorf("%d clients were looked at for %d pages of 10, and %d times all of them", w.pages.Load(), pollers,
			w.lists.Load())
	}
	if w.most.Load() != 1 {
		t.Errorf("%d requests were shaped at once; want 1", w.most.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	busy := make(chan struct{})
	go func() { defer close(busy); ask(h, "GET", "/api/v1/clients") }()
	cancel()
	// gone: not waited for
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/api/v1/versions", nil))
	w.gate <- struct{}{}
	<-busy
}

func TestShapeVersion(t *testing.T) {
	for v, want := range map[string]versionShape{
		"v1.2.3":                     {1, 2, 3, "1.2.3"},
		"v7.0.18-0.20261123-abcdef0": {7, 0, 18, "7.0.18"},
		"(devel)":                    {0, 0, 0, "0.0.0"},
		"v1.x.3":                     {0, 0, 0, "0.0.0"},
		"":                           {0, 0, 0, "0.0.0"},
	} {
		if got := shapeVersion(v); got != want {
			t.Errorf("shapeVersion(%q) = %v, want %v", v, got, want)
		}
	}
}

func TestRates(t *testing.T) {
	var r rates
	start := time.Unix(1000, 0)
	for _, c := range []struct {
		name       string
		at         int // seconds after the start
		recv, sent int64
		want       kbps
	}{
		{"since the beginning", 10, 10000, 20000, kbps{8, 16}},
		{"still", 20, 20000, 40000, kbps{8, 16}},
		{"a look became the base", 40, 50000, 40000, kbps{10, 5}},
		{"faster since then", 50, 130000, 40000, kbps{24, 4}},
		{"counters began anew", 60, 6000, 0, kbps{0, 0}},
	} {
		got := r.all(start.Add(time.Duration(c.at)*time.Second), []counter{{"a", start, c.recv, c.sent}})
		if got["a"] != c.want {
			t.Errorf("%s: rate %v, want %v", c.name, got["a"], c.want)
		}
	}
	r.all(start.Add(3*time.Minute), nil)
	if len(r.seen) != 0 {
		t.Errorf("counters that are gone are kept: %v", r.seen)
	}
}

func TestVHostID(t *testing.T) {
	for _, name := range []string{"", "a", server.DefaultVHost, strings.Repeat("long", 100)} {
		if id := vhostID(name); !regexp.MustCompile(`^vid-[0-9a-z]{7}$`).MatchString(id) {
			t.Errorf("vhostID(%q) = %q", name, id)
		}
	}
}

// golden compares text with a file.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
