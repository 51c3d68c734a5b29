package hookserver

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// openText says what is open: "connected a b, publishing s, playing".
func openText(s *Server) string {
	st := s.state(-1)
	var parts []string
	for _, t := range []struct {
		name string
		share
	}{{"connected", st.Connected}, {"publishing", st.Publishing}, {"playing", st.Playing}} {
		words := []string{t.name}
		for i := len(t.Rows) - 1; i >= 0; i-- {
			if r := t.Rows[i]; r.Stream == nil {
				words = append(words, r.ID)
			} else {
				words = append(words, r.ID+"/"+*r.Stream)
			}
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, ", ")
}

// TestBookkeeping: what is open after a list of events "EVENT CLIENT [STREAM]",
// whole lives and the broken ones: closing events of what was never opened,
// repeated and late (H-ORD-01). All are answered 0.
func TestBookkeeping(t *testing.T) {
	const nothing = "connected, publishing, playing"
	for _, c := range []struct {
		name, events, want string
	}{
		{"connected", "on_connect a", "connected a, publishing, playing"},
		{"publishing", "on_connect a, on_publish a s", "connected a, publishing a/s, playing"},
		{"a whole life", "on_connect a, on_publish a s, on_unpublish a s, on_close a", nothing},
		{"publisher and players", "on_connect a, on_publish a s, on_connect b, on_play b s, on_connect c, on_play c " +
			"s, on_stop c s", "connected a b c, publishing a/s, playing b/s"},
		{"the publisher leaves, the player stays",
			"on_connect a, on_publish a s, on_connect b, on_play b s, on_unpublish a s, on_close a",
			"connected b, publishing, playing b/s"},
		{"on_close alone ends all", "on_connect a, on_publish a s, on_play a r, on_close a", nothing},
		{"never opened", "on_unpublish a s, on_stop a s, on_close a", nothing},
		{"closed twice", "on_connect a, on_publish a s, on_unpublish a s, on_unpublish a s, on_close a, on_close a",
			nothing},
		{"late", "on_connect a, on_publish a s, on_close a, on_unpublish a s", nothing},
		{"late, of another client", "on_connect a, on_publish a s, on_close b, on_unpublish b s",
			"connected a, publishing a/s, playing"},
		{"another stream", "on_connect a, on_publish a s, on_unpublish a r, on_stop a s",
			"connected a, publishing a/s, playing"},
		{"on_connect again", "on_connect a, on_publish a s, on_unpublish a s, on_connect a, on_publish a r",
			"connected a, publishing a/r, playing"},
		{"without on_connect", "on_publish a s, on_play b s", "connected a b, publishing a/s, playing b/s"},
		{"published twice", "on_connect a, on_publish a s, on_publish a s, on_unpublish a s",
			"connected a, publishing, playing"},
		{"refused at on_connect", "on_connect bad", nothing},
		{"refused later", "on_connect a, on_publish a no", "connected a, publishing, playing"},
		{"connected, then refused", "on_connect b, on_publish b s, on_connect b no", nothing},
		{"two servers, one id", "on_connect a, on_connect a@2, on_close a", "connected a, publishing, playing"},
		{"an empty stream", "on_publish a", "connected a, publishing a/, playing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{Rules: rulesOf(t,
				"rules: [{stream: no, refuse: true}, {event: on_connect, stream: '', ip: 1.1.1.1, refuse: true}]")})
			for _, one := range strings.Split(c.events, ", ") {
				words := append(strings.Fields(one), "")
				e, err := hook.ParseEvent(words[0])
				if err != nil {
					t.Fatal(err)
				}
				body := sample(t, hook.SRS6, e, func(pl *hook.Payload) {
					id, server, other := strings.Cut(words[1], "@")
					if pl.ClientID, pl.Stream = id, words[2]; other {
						pl.ServerID = server
					}
					if id == "bad" {
						pl.IP = "1.1.1.1"
					}
				})
				want := codeText(hook.SRS6, "0")
				if words[1] == "bad" || words[2] == "no" {
					want = codeText(hook.SRS6, "403")
				}
				if got := send(t, s, e, body); got != want {
					t.Errorf("%s is answered %s", one, got)
				}
			}
			if got := openText(s); got != c.want {
				t.Errorf("open is %q, want %q", got, c.want)
			}
		})
	}
}

// TestClosedWhileHeld: an on_close that comes while an opening event is not
// answered yet keeps that from opening anything; so does a caller that leaves.
func TestClosedWhileHeld(t *testing.T) {
	s := serve(t, Options{Rules: rulesOf(t, "rules: [{stream: held, delay: 1s}]")})
	held := func(pl *hook.Payload) { pl.Stream = "held" }
	nc := dial(t, s)
	write(t, nc, request("/api/v1/streams", sample(t, hook.SRS6, hook.OnPublish, held)))
	awaitEvents(t, s, 1)
	if got := openText(s); got != "connected, publishing, playing" {
		t.Errorf("before the answer open is %q", got)
	}
	send(t, s, hook.OnClose, sample(t, hook.SRS6, hook.OnClose, nil))
	buf := make([]byte, 1)
	if _, err := nc.Read(buf); err != nil {
		t.Fatal(err)
	}
	if got := openText(s); got != "connected, publishing, playing" {
		t.Errorf("open is %q", got)
	}

	gone := dial(t, s)
	write(t, gone, request("/api/v1/streams", sample(t, hook.SRS6, hook.OnPublish, held)))
	awaitEvents(t, s, 3)
	gone.Close()
	// A second one that is held as long ends after the first.
	if got := send(t, s, hook.OnPublish, sample(t, hook.SRS6, hook.OnPublish, func(pl *hook.Payload) {
		pl.Stream,
			pl.ClientID = "held", "stays"
	})); got != codeText(hook.SRS6, "0") {
		t.Errorf("answered %q", got)
	}
	if got := openText(s); got != "connected stays, publishing stays/held, playing" {
		t.Errorf("open is %q", got)
	}
}

// awaitEvents waits until so many events are in the log.
func awaitEvents(t *testing.T, s *Server, n int64) {
	t.Helper()
	limit := time.Now().Add(patience)
	for {
		st := s.state(-1)
		if st.Counts.Events >= n {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d events came, want %d", st.Counts.Events, n)
		}
		s.board.await(st.version, time.After(patience), s.closing)
	}
}

// TestUndelivered: an answer that did not get out opens nothing.
func TestUndelivered(t *testing.T) {
	b := newBoard()
	r := &row{client: keyOf("", "a"), what: keyOf("v", "app", "s")}
	b.start(1, hook.OnPublish, r)
	b.answered(1)
	if b.publishing.order.Len() != 1 {
		t.Fatal("nothing was opened")
	}
	b.done(1, false)
	if n := b.publishing.order.Len(); n != 0 || len(b.flights) != 0 {
		t.Errorf("%d open, %d flights", n, len(b.flights))
	}
	b.answered(1) // of a request that is unknown
	b.done(1, true)
}

// TestBounds: memory stays bounded whatever callers send.
func TestBounds(t *testing.T) {
	tb := newTable(3)
	for i := range 10 {
		tb.open(&row{client: keyOf(fmt.Sprint(i % 5)), what: keyOf(fmt.Sprint(i))})
	}
	if tb.order.Len() != 3 || len(tb.byClient) != 3 || tb.forgotten != 7 {
		t.Errorf("%d rows of %d clients, %d forgotten", tb.order.Len(), len(tb.byClient), tb.forgotten)
	}
	for i := range 10 {
		tb.closeAll(keyOf(fmt.Sprint(i)))
	}
	if tb.order.Len() != 0 || len(tb.byClient) != 0 {
		t.Errorf("%d rows of %d clients are left", tb.order.Len(), len(tb.byClient))
	}

	s := New(Options{Profile: hook.SRS6})
	defer s.Close()
	long := strings.Repeat("ü", 100_000)
	for i := range 2 * maxLog {
		s.handle(&endpoint.Request{
			Seq: int64(i), Method: "POST", Target: "/api/v1/clients",
			Payload: &hook.Payload{Action: "on_close", ClientID: long, App: long, Stream: long, PageURL: "http://" +
				long},
		})
	}
	st := s.state(-1)
	if len(st.Log) != maxLog || st.Counts.Events != 2*maxLog || len(st.json()) > maxLog*2000 {
		t.Errorf("%d entries of %d events, %d bytes", len(st.Log), st.Counts.Events, len(st.json()))
	}
	if len(s.verdicts) != 0 || len(s.board.flights) != 0 {
		t.Errorf("%d verdicts and %d flights are kept", len(s.verdicts), len(s.board.flights))
	}
}

// TestKeyOf: texts cannot be moved from one part of a key to another.
func TestKeyOf(t *testing.T) {
	if keyOf("a", "bc") == keyOf("ab", "c") || keyOf("", "a") == keyOf("a", "") || keyOf("1:a") == keyOf("1:a", "") {
		t.Error("two lists of texts make one key")
	}
}
