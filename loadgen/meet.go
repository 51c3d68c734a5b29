package loadgen

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/httpguard"
)

// comer is a shard that comes to the meeting, and what it is about to play.
type comer struct {
	Run    string `json:"run"`
	Shard  int    `json:"shard"`
	Of     int    `json:"of"`
	Seed   uint64 `json:"seed"`
	Load   string `json:"load"`
	Digest string `json:"digest"` // of the plan
}

// agreement is the answer that every shard gets.
type agreement struct {
	Meeting string        `json:"meeting"` // a name that no other meeting has
	After   time.Duration `json:"after"`   // how long after the answer the test begins
	Error   string        `json:"error"`   // why it does not
}

const (
	headStart   = 500 * time.Millisecond // from the agreement to the start: every shard has the answer by then
	lastWord    = 2 * time.Second        // the first shard's word about who is missing reaches the others
	retryMeet   = 200 * time.Millisecond // between two attempts to reach the meeting
	maxMeetBody = 4 << 10                // bytes
)

// meeting is where the first shard waits for the others.
type meeting struct {
	self comer
	mu   sync.Mutex
	here map[int]int // by shard: how many requests of it wait
	over chan struct{}
	end  agreement // valid once over is closed
}

// meet waits for all shards of the test and returns when it begins, and the meeting's name.
func (r *run) meet(ctx context.Context) (start time.Time, name string, err error) {
	within := r.cfg.MeetWithin
	if r.cfg.Shard.Number > 1 {
		within += lastWord
	}
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("the shards did not meet at %s within %v",
		r.cfg.Meet, r.cfg.MeetWithin))
	defer cancel()
	spec, err := json.Marshal(r.cfg.Plan)
	if err != nil {
		return start, "", err
	}
	self := comer{Run: r.cfg.Run, Shard: r.cfg.Shard.Number, Of: r.cfg.Shard.Of, Seed: r.cfg.Plan.Seed, Load: r.load(),
		Digest: fmt.Sprintf("%x", sha256.Sum256(spec))}
	var end agreement
	if self.Shard == 1 {
		end, err = host(ctx, r.cfg.Meet, self)
	} else {
		end, err = visit(ctx, r.cfg.Meet, self)
	}
	if err == nil && end.Error != "" {
		err = errors.New(end.Error)
	}
	return time.Now().Add(min(end.After, headStart)), end.Meeting, err
}

// host is the first shard's part: it serves the meeting until all have come.
func host(ctx context.Context, addr string, self comer) (agreement, error) {
	l, err := listenOn(ctx, addr)
	if err != nil {
		return agreement{}, fmt.Errorf("the shards' meeting: %w", cli.ListenError(err))
	}
	m := &meeting{self: self, here: map[int]int{1: 1}, over: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /meet", m.serve)
	const answerTime = time.Hour // a shard may wait as long as the deadline
	srv := httpguard.NewServer(l, mux, answerTime, slog.New(slog.DiscardHandler))
	served := make(chan struct{})
	go func() { // ends with srv
		defer close(served)
		if err := srv.Serve(httpguard.Limit(l, httpguard.MaxConns)); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	select {
	case <-m.over:
	case <-ctx.Done():
		m.finish(agreement{Error: fmt.Sprintf("%v: %s", context.Cause(ctx), m.missing())})
	}
	start := time.Now()
	answer, cancel := context.WithTimeout(context.WithoutCancel(ctx), headStart)
	defer cancel()
	srv.Shutdown(answer) // those who wait have their answer
	srv.Close()
	<-served
	end := m.end
	end.After -= time.Since(start)
	return end, nil
}

// listenOn listens where the other shards look for this one. Its own name may not be known yet.
func listenOn(ctx context.Context, addr string) (l net.Listener, err error) {
	for {
		var lc net.ListenConfig
		l, err = lc.Listen(ctx, "tcp", addr)
		var unknown *net.DNSError
		if err == nil || !errors.As(err, &unknown) || !pause(ctx) {
			return l, err
		}
	}
}

// pause waits before another attempt; false once ctx is done.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(retryMeet)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// serve is a shard that waits for the others. One that goes away is missing again.
func (m *meeting) serve(w http.ResponseWriter, q *http.Request) {
	var c comer
	if err := json.NewDecoder(http.MaxBytesReader(w, q.Body, maxMeetBody)).Decode(&c); err != nil {
		http.Error(w, "want the JSON of a shard", http.StatusBadRequest)
		return
	}
	if why := m.come(c); why != "" {
		m.finish(agreement{Error: why})
	}
	select {
	case <-m.over:
		json.NewEncoder(w).Encode(m.end) // a shard that is gone by now was there in time
	case <-q.Context().Done():
		m.mu.Lock()
		m.here[c.Shard]--
		m.mu.Unlock()
	}
}

// come counts a shard that has come, and returns what makes the meeting fail.
func (m *meeting) come(c comer) (why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	want := m.self
	want.Shard = c.Shard
	switch {
	case c != want:
		return fmt.Sprintf("shard %d plays another test: want run %q, seed %d, %d shards, %s; got run %.40q, seed %d, "+
			"%d shards, %.200s",
			c.Shard, want.Run, want.Seed, want.Of, want.Load, c.Run, c.Seed, c.Of, c.Load)
	case c.Shard < 1 || c.Shard > c.Of:
		return fmt.Sprintf("shard %d of %d cannot be", c.Shard, c.Of)
	case m.here[c.Shard] > 0:
		return fmt.Sprintf("two processes are shard %d of %d", c.Shard, c.Of)
	}
	m.here[c.Shard]++
	if len(m.absent()) == 0 {
		m.agree(agreement{Meeting: rand.Text(), After: headStart})
	}
	return ""
}

// finish ends the meeting.
func (m *meeting) finish(a agreement) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.agree(a)
}

// agree is finish with the lock held. What was agreed first stays.
func (m *meeting) agree(a agreement) {
	select {
	case <-m.over:
	default:
		m.end = a
		close(m.over)
	}
}

// absent lists the shards that are not here. The lock is held.
func (m *meeting) absent() (list []int) {
	for k := 1; k <= m.self.Of; k++ {
		if m.here[k] == 0 {
			list = append(list, k)
		}
	}
	return list
}

// missing names the absent shards.
func (m *meeting) missing() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	const most = 10
	var names []string
	for _, k := range m.absent() {
		names = append(names, strconv.Itoa(k))
	}
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return fmt.Sprintf("missing of %d shards: %s", m.self.Of, strings.Join(names, ", "))
}

// visit is the other shards' part: it comes to the meeting, again and again until the first shard is there.
func visit(ctx context.Context, addr string, self comer) (end agreement, err error) {
	body, err := json.Marshal(self)
	if err != nil {
		return end, err
	}
	t := meetTransport()
	defer t.CloseIdleConnections()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/meet", bytes.NewReader(body))
		if err != nil {
			return end, err
		}
		end, err = ask(t, req)
		if err == nil {
			return end, nil
		}
		if !pause(ctx) {
			return end, fmt.Errorf("%w: the first shard: %w", context.Cause(ctx), err)
		}
	}
}

// meetTransport reads heads that are as long as a meeting's words.
func meetTransport() *http.Transport {
	return &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: maxMeetBody}
}

func ask(t *http.Transport, req *http.Request) (end agreement, err error) {
	resp, err := t.RoundTrip(req)
	if err != nil {
		return end, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return end, fmt.Errorf("status %d", resp.StatusCode)
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, maxMeetBody)).Decode(&end)
	return end, err
}
