package hookdefect

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// wait passes time, unless the caller goes.
func wait(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// instead puts a handler of its own in the place of the server's.
func (s *parts) instead(do func(w http.ResponseWriter, r *http.Request)) {
	s.around = func(http.Handler) http.Handler { return http.HandlerFunc(do) }
}

// pauses lets every 40th request wait: a share of some in a hundred.
func pauses(s *parts) {
	var n atomic.Int64
	s.instead(func(w http.ResponseWriter, r *http.Request) {
		a := s.reply(w, r)
		if n.Add(1)%40 == 0 {
			wait(r, 350*time.Millisecond)
		}
		s.write(w, a)
	})
}

// meeting is how long a request waits for another one to come.
const meeting = 3 * time.Millisecond

// swaps sends two requests that are there at once each other's answers.
func swaps(s *parts) {
	type pair struct{ there, back chan reply }
	meet := make(chan pair)
	s.instead(func(w http.ResponseWriter, r *http.Request) {
		mine := s.reply(w, r)
		p := pair{make(chan reply, 1), make(chan reply, 1)}
		t := time.NewTimer(meeting)
		defer t.Stop()
		select {
		case meet <- p:
			p.back <- mine
			mine = <-p.there
		case other := <-meet:
			other.there <- mine
			mine = <-other.back
		case <-t.C:
		}
		s.write(w, mine)
	})
}

// shares keeps the answer where the next request puts its own.
func shares(s *parts) {
	var mu sync.Mutex
	var verdict reply
	s.instead(func(w http.ResponseWriter, r *http.Request) {
		mine := s.reply(w, r)
		mu.Lock()
		verdict = mine
		mu.Unlock()
		wait(r, meeting)
		mu.Lock()
		mine = verdict
		mu.Unlock()
		s.write(w, mine)
	})
}
