package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/httpguard"
	"hookproof/loadgen"
	"hookproof/loadgen/result"
)

// web serves the report's page while the test runs. It is drawn in the
// generator's process, once a second and only while somebody looks.
type web struct {
	server *http.Server
	done   chan struct{}

	mu       sync.Mutex
	watchers int
	seen     time.Time     // when a browser asked last
	event    string        // the newest, ready to be sent
	next     chan struct{} // closed when there is another one
	over     bool          // the newest is the last one
	told     chan struct{} // gets a value when a browser was told the last one
}

// Times of the stream of events.
const (
	webWait  = 10 * time.Second       // for something new; then the browser asks again
	webRetry = 200 * time.Millisecond // after which it asks
	webGrace = 2 * webRetry           // for a browser that is about to ask when the test ends
)

// withWeb adds -web, if it was given, to what shows a test. A nil *web is fine.
func (o *options) withWeb(s cli.Streams, cfg *loadgen.Config) (*web, error) {
	if o.web == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", local(o.web))
	if err != nil {
		return nil, fmt.Errorf("-web: %w", cli.ListenError(err))
	}
	w := &web{done: make(chan struct{}), next: make(chan struct{}), told: make(chan struct{}, 1)}
	html, policy := result.LivePage()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Security-Policy", policy)
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write(html) // an error is the browser's
	})
	mux.HandleFunc("GET /events", w.feed)
	w.server = httpguard.NewServer(l, mux, webWait+5*time.Second, slog.New(slog.NewTextHandler(s.Err, nil)))
	go func() { // ends with finish
		defer close(w.done)
		if err := w.server.Serve(httpguard.Limit(l, httpguard.MaxConns)); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	show := cfg.Live
	cfg.Live = func(st loadgen.State) {
		w.show(&st)
		if show != nil {
			show(st)
		}
	}
	fmt.Fprintf(s.Err, "loadgen: live at http://%s/\n", l.Addr())
	return w, nil
}

// show draws a state for those who look.
func (w *web) show(st *loadgen.State) {
	w.mu.Lock()
	watched := w.watchers > 0
	w.mu.Unlock()
	if !watched {
		return
	}
	running := fmt.Sprintf("%.0f of %.0f s: %s; %d of %d sessions started, %d publish, %d play",
		st.At, st.Length.Seconds(), st.Phase, st.Started, st.Planned, st.Publishing, st.Playing)
	if html, err := st.Report().LiveContent(running); err == nil {
		w.tell(message(html), false)
	}
}

// message is the server-sent event of a page's content.
func message(html string) string {
	data, _ := json.Marshal(html) // of a string: cannot fail
	return fmt.Sprintf("retry: %d\ndata: %s\n\n", webRetry.Milliseconds(), data)
}

// tell makes an event the newest.
func (w *web) tell(event string, over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.event, w.over = event, over
	close(w.next)
	w.next = make(chan struct{})
}

// feed waits for something new and tells it, as one answer.
func (w *web) feed(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.watchers++
	next, over := w.next, w.over
	w.mu.Unlock()
	timer := time.NewTimer(webWait)
	defer timer.Stop()
	if !over {
		select {
		case <-next:
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	w.mu.Lock()
	w.watchers--
	w.seen = time.Now()
	event, isLast := w.event, w.over
	w.mu.Unlock()
	rw.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	_, _ = fmt.Fprint(rw, event) // an error is the browser's
	if isLast {
		select {
		case w.told <- struct{}{}:
		default:
		}
	}
}

// finish shows the result of a test, nil for one that could not run, to those
// who look, and ends the service.
func (w *web) finish(out *loadgen.Output) {
	if w == nil {
		return
	}
	event := ""
	if out != nil {
		if html, err := out.Report.LiveContent(""); err == nil {
			event = message(html)
		}
	}
	w.tell(event+"event: over\ndata: \n\n", true)
	w.mu.Lock()
	watched := w.watchers > 0 || time.Since(w.seen) < webGrace
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if watched {
		select {
		case <-w.told:
		case <-ctx.Done():
		}
	}
	_ = w.server.Shutdown(ctx) // what is not over by then is cut off
	w.server.Close()
	<-w.done
}
