package hookmutant

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// crowded counts the requests under way, and says how many there are.
func crowded(s *parts, do func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler)) {
	var under atomic.Int64
	s.around = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer under.Add(-1)
			do(under.Add(1), w, r, next)
		})
	}
}

// wait passes time, unless the caller goes.
func wait(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// slowCrowd takes its time when many are there.
func slowCrowd(s *parts) {
	turn := make(chan struct{}, 1)
	crowded(s, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n > 8 {
			turn <- struct{}{}
			wait(r, 20*time.Millisecond)
			<-turn
		}
		next.ServeHTTP(w, r)
	})
}

// swaps gives two requests that are there at once each other's answers.
func swaps(s *parts) {
	meet := make(chan chan reply)
	crowded(s, func(n int64, w http.ResponseWriter, r *http.Request, _ http.Handler) {
		mine := s.reply(w, r)
		if n < 2 {
			s.write(w, mine)
			return
		}
		swap := make(chan reply, 1)
		t := time.NewTimer(20 * time.Millisecond)
		defer t.Stop()
		select {
		case meet <- swap:
			other := <-swap
			swap <- mine
			mine = other
		case other := <-meet:
			other <- mine
			mine = <-other
		case <-t.C:
		}
		s.write(w, mine)
	})
}

// shares keeps the answer where the next request puts its own.
func shares(s *parts) {
	var mu sync.Mutex
	var verdict reply
	crowded(s, func(n int64, w http.ResponseWriter, r *http.Request, _ http.Handler) {
		mine := s.reply(w, r)
		mu.Lock()
		verdict = mine
		mu.Unlock()
		if n > 1 {
			wait(r, 2*time.Millisecond)
			mu.Lock()
			mine = verdict
			mu.Unlock()
		}
		s.write(w, mine)
	})
}
