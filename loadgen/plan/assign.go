package plan

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// lead is how long before a player its publisher is due, where that can be:
// what a player waits for should be the server, not the publisher.
const lead = time.Second

// assign has every publisher publish a stream of its own and every player the least
// played of those that are live when it comes. It returns the number of
// streams.
func (m *maker) assign() int {
	streams := 0
	c := chooser{most: m.spec.Streams}
	for i := range m.sessions {
		s := &m.sessions[i]
		if s.Role != Publish {
			continue
		}
		s.Stream, s.Source = streams, i
		streams++
		if !s.Refused {
			c.coming = append(c.coming, s)
		}
	}
	if len(c.coming) == 0 {
		return m.assignNobody(streams)
	}
	for i := range m.sessions {
		if s := &m.sessions[i]; s.Role == Play {
			p := c.choose(s)
			s.Stream, s.Source = p.Stream, p.Index
		}
	}
	return streams
}

// assignNobody spreads players over streams that nobody publishes.
func (m *maker) assignNobody(first int) int {
	n := max(m.spec.Streams, 1)
	for i := range m.sessions {
		if s := &m.sessions[i]; s.Role == Play {
			s.Stream, s.Source = first+i%n, -1
		}
	}
	return first + n
}

// chooser chooses for players, in order of their arrival, the streams that they play.
type chooser struct {
	most   int        // streams at once; 0: all
	coming []*Session // publishers whose streams are not live yet, in order of arrival
	live   byPlayers
	end    time.Duration // the earliest departure among live
	latest *Session      // the stream opened last
}

// choose picks the least played live stream; if none is, the next one to be; at
// the very end the one that was live last.
func (c *chooser) choose(s *Session) *Session {
	c.prune(s.Arrive + lead)
	for len(c.coming) > 1 && c.coming[0].Depart <= s.Arrive+lead {
		c.coming = c.coming[1:]
	}
	for len(c.coming) > 0 && c.coming[0].Arrive+lead <= s.Arrive && (c.most == 0 || len(c.live) < c.most) {
		c.open()
	}
	switch {
	case len(c.live) > 0:
		c.live[0].players++
		p := c.live[0].publisher
		heap.Fix(&c.live, 0)
		return p
	case len(c.coming) > 0:
		c.open() // not live yet, or about to end: there is no better one
		c.live[0].players++
		c.latest = c.live[0].publisher
	}
	return c.latest
}

// open takes the next stream among the live ones.
func (c *chooser) open() {
	p := c.coming[0]
	c.coming = c.coming[1:]
	if len(c.live) == 0 || p.Depart < c.end {
		c.end = p.Depart
	}
	c.latest = p
	heap.Push(&c.live, playable{publisher: p})
}

// prune lets go of the streams that end before a player at that time could
// make anything of them.
func (c *chooser) prune(at time.Duration) {
	if len(c.live) == 0 || c.end > at {
		return
	}
	c.live = slices.DeleteFunc(c.live, func(p playable) bool { return p.publisher.Depart <= at })
	heap.Init(&c.live)
	for i, p := range c.live {
		if i == 0 || p.publisher.Depart < c.end {
			c.end = p.publisher.Depart
		}
	}
}

// playable is a live stream.
type playable struct {
	publisher *Session
	players   int
}

// byPlayers is a heap, the least played stream first.
type byPlayers []playable

func (h byPlayers) Len() int { return len(h) }
func (h byPlayers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].players, h[j].players), cmp.Compare(h[i].publisher.Index, h[j].publisher.Index)) < 0
}
func (h byPlayers) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *byPlayers) Push(x any) { *h = append(*h, x.(playable)) }

// Pop takes the last element.
func (h *byPlayers) Pop() any {
	p := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return p
}
