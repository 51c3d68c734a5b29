package hookserver

import (
	"bufio"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hookproof/hook"
)

// message is one server-sent event.
type message struct {
	id   string
	text string
	state
}

// watch gets the next message of the feed.
func watch(t *testing.T, s *Server, lastID string) message {
	t.Helper()
	got := do(t, s, "GET", "/events", "", "Last-Event-ID", lastID)
	return parseMessage(t, got)
}

func parseMessage(t *testing.T, got reply) message {
	t.Helper()
	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("the feed answers %d, %v", got.status, got.header)
	}
	parts := regexp.MustCompile(`^retry: \d+\nid: (\S+)\ndata: ([^\n]+)\n\n$`).FindStringSubmatch(got.body)
	if parts == nil {
		t.Fatalf("no server-sent event: %q", got.body)
	}
	m := message{id: parts[1], text: parts[2]}
	if err := json.Unmarshal([]byte(m.text), &m.state); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPageFiles: the page loads nothing from elsewhere and runs nothing but
// its own script.
func TestPageFiles(t *testing.T) {
	s := serve(t, Options{})
	for path, contentType := range map[string]string{
		"/": "text/html; charset=utf-8", "/page.js": "text/javascript; charset=utf-8",
		"/page.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml",
	} {
		got := do(t, s, "GET", path, "")
		if got.status != 200 || got.header.Get("Content-Type") != contentType {
			t.Errorf("%s answers %d, %s", path, got.status, got.header.Get("Content-Type"))
		}
		policy := got.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") ||
			strings.Contains(policy, "*") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		if got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may be sniffed", path)
		}
		text := strings.ReplaceAll(got.body, `xmlns="http://www.w3.org/2000/svg"`, "")
		for _, never := range []string{"http:", "https:", `="//`, "url(", "@import", "innerHTML", "insertAdjacent",
			"document.write", "eval(", " style=", " onclick="} {
			if strings.Contains(text, never) {
				t.Errorf("%s has %q in it", path, never)
			}
		}
	}
	index := do(t, s, "GET", "/", "").body
	for _, want := range []string{"survives nothing", `name="viewport"`, "<noscript>"} {
		if !strings.Contains(index, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if got := do(t, s, "HEAD", "/", ""); got.status != 200 || got.body != "" {
		t.Errorf("HEAD / is answered %d %q", got.status, got.body)
	}
}

// TestWebPages: a page that a browser on this machine shows can neither read
// the live page by a name of its own nor make up events.
func TestWebPages(t *testing.T) {
	s := serve(t, Options{Profile: hook.SRS1})
	event := sample(t, hook.SRS1, hook.OnConnect, nil)
	for _, c := range []struct {
		name, method, path, host string
		header                   []string
		want                     int
	}{
		{"the page by address", "GET", "/", "", nil, 200},
		{"the page by localhost", "GET", "/", "localhost:8085", nil, 200},
		{"the page of a rebound name", "GET", "/", "evil.example:8085", nil, 403},
		{"its feed", "GET", "/events", "evil.example", nil, 403},
		{"a media server by any name", "POST", "/api/v1/clients", "hooks.example:8085", nil, 200},
		{"a form of another page", "POST", "/api/v1/clients", "", []string{"Origin", "http://evil.example"}, 403},
		{"a form without an origin", "POST", "/api/v1/clients", "", []string{"Origin", "null"}, 403},
		{"a script of a rebound name", "POST", "/api/v1/clients", "evil.example", []string{"Sec-Fetch-Site",
			"same-origin"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := ""
			if c.method == "POST" {
				body = event
			}
			before := s.state(-1).Counts
			if got := do(t, s, c.method, c.path, body, append(c.header, "Host", c.host)...); got.status != c.want {
				t.Errorf("status %d, want %d: %s", got.status, c.want, got.body)
			}
			after := s.state(-1).Counts
			if rejected := c.want == 403 &&
				c.method == "POST"; after.Rejected-before.Rejected != map[bool]int64{true: 1}[rejected] {
				t.Errorf("counts went from %+v to %+v", before, after)
			}
		})
	}
	if n := s.state(-1).Counts; n.Events != 4 || n.Refused != 0 {
		t.Errorf("counts are %+v", n)
	}
}

// TestFeed: what the page is told: everything at first, then what is new.
func TestFeed(t *testing.T) {
	o := guarded(t, hook.SRS6)
	o.Rules = rulesOf(t, "rules: [{stream: no, refuse: true}]")
	s := serve(t, o)
	first := watch(t, s, "")
	if len(first.Log) != 0 || first.Counts != (counts{}) || first.Profile != "srs6" || strings.Join(first.Guarded,
		", ") != "token, 1 rule" {
		t.Errorf("at first: %s", first.text)
	}

	nc := dial(t, s)
	write(t, nc, "GET /events HTTP/1.1\r\nLast-Event-ID: "+first.id+"\r\n\r\n")
	send(t, s, hook.OnPublish, sample(t, hook.SRS6, hook.OnPublish, nil))
	second := parseMessage(t, next(t, bufio.NewReader(nc)))
	for second.Publishing.Total == 0 { // the entry may be told before the answer is out
		second = watch(t, s, second.id)
	}
	if second.Counts.Events != 1 || *second.Publishing.Rows[0].Stream != "cam1" ||
		second.Connected.Rows[0].ID != "1985" {
		t.Errorf("after on_publish: %s", second.text)
	}

	send(t, s, hook.OnPlay, sample(t, hook.SRS6, hook.OnPlay, func(pl *hook.Payload) { pl.Stream = "no" }))
	third := watch(t, s, second.id)
	if len(third.Log) != 1 || third.Fresh || third.Log[0].Outcome != refused || third.Log[0].Reason != "rule 1" ||
		third.Log[0].Code != CodeRule || third.Counts.Refused != 1 {
		t.Errorf("after a refused on_play: %s", third.text)
	}
	if all := watch(t, s, "otherboot-1"); len(all.Log) != 2 || !all.Fresh {
		t.Errorf("a page of another run is told %s", all.text)
	}
	for _, id := range []string{"x", s.boot, s.boot + "--1", s.boot + "-1e9", s.boot + "-99999999999999999999"} {
		if n := s.seen(id); n != -1 {
			t.Errorf("the id %q is taken for %d", id, n)
		}
	}
}

// TestFeedEscapes: nothing that a client sends is markup on its way, secret, or
// invisible.
func TestFeedEscapes(t *testing.T) {
	s := serve(t, Options{})
	send(t, s, hook.OnPlay, sample(t, hook.SRS6, hook.OnPlay, func(pl *hook.Payload) {
		pl.Stream, pl.App = "<script>alert(1)</script>\n\ndata: x\u202e", "a?user=secret1"
		pl.Param, pl.TCURL, pl.PageURL = "?token=secret2&secret3&x=", "rtmp://me:secret4@h/live?k=secret5?k=secret6",
			"http://h/?sid=secret7"
	}))
	m := watch(t, s, "")
	if strings.ContainsAny(m.text, "<>&") || strings.Contains(m.text, "secret") {
		t.Errorf("the page is told %s", m.text)
	}
	e := m.Log[0]
	want := entry{Stream: `<script>alert(1)</script>\n\ndata: x\u202e`, App: "a?user=***",
		Param: "?token=***&***&x=***", TCURL: "rtmp://***@h/live?k=***?k=***", Page: "http://h/?sid=***"}
	if e.Stream != want.Stream || e.App != want.App || e.Param != want.Param || e.TCURL != want.TCURL ||
		e.Page != want.Page {
		t.Errorf("shown is %+v", e)
	}
}

// TestFeedEnds: pages that wait do not keep the server from ending, and are
// bounded in number.
func TestFeedEnds(t *testing.T) {
	s := New(Options{Profile: hook.SRS6})
	defer s.Close()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	id := watch(t, s, "").id
	var got reply
	// Until all places are taken. The request that looks may itself have taken one from a watcher, so each look brings
	// one more.
	for n := 0; got.status != http.StatusServiceUnavailable; n++ {
		write(t, dial(t, s), "GET /events HTTP/1.1\r\nLast-Event-ID: "+id+"\r\n\r\n")
		if n >= maxWatchers-1 {
			got = do(t, s, "GET", "/events", "")
		}
	}
	if got.header.Get("Retry-After") == "" {
		t.Error("nothing says when to come again")
	}
	if got := send(t, s, hook.OnClose, sample(t, hook.SRS6, hook.OnClose, nil)); got != codeText(hook.SRS6, "0") {
		t.Errorf("meanwhile an event is answered %q", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRestart: a new run knows nothing of the one before, and says so.
func TestRestart(t *testing.T) {
	one := serve(t, Options{})
	send(t, one, hook.OnPublish, sample(t, hook.SRS6, hook.OnPublish, nil))
	before := watch(t, one, "")
	two := serve(t, Options{})
	after := watch(t, two, before.id)
	if after.Boot == before.Boot || len(after.Log) != 0 || after.Connected.Total != 0 {
		t.Errorf("after a restart the page is told %s", after.text)
	}
}
