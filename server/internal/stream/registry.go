package stream

import (
	"cmp"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Key names a stream. Names are compared byte by byte.
type Key struct{ VHost, App, Name string }

// Options shape the fan-out of all streams of a registry.
type Options struct {
	// ChunkSize is the chunk size that players were told, in bytes.
	ChunkSize int
	// Queue and QueueBytes bound how far a player may be behind before it drops to the newest keyframe.
	Queue      time.Duration
	QueueBytes int
	// Memory bounds what all streams and waiting writes hold together, in bytes: see [Registry.Held]. 0: no bound.
	Memory int64
	// NewID makes the id of a stream entry.
	NewID func() string
}

// Registry holds the streams that somebody publishes or plays.
type Registry struct {
	o      Options
	began  time.Time
	memory memory

	mu      sync.Mutex
	streams map[Key]*Stream

	frames, dropped atomic.Int64
}

// NewRegistry returns an empty registry.
func NewRegistry(o Options) *Registry {
	r := &Registry{o: o, began: time.Now(), streams: map[Key]*Stream{}}
	r.memory.most = cmp.Or(o.Memory, math.MaxInt64)
	return r
}

// Hold returns the stream of that name and keeps it, with its id, until Release; every Hold needs its Release.
func (r *Registry) Hold(k Key) *Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.streams[k]
	if s == nil {
		s = &Stream{registry: r, key: k, id: r.o.NewID(), ring: ring{memory: &r.memory}}
		r.streams[k] = s
	}
	s.holds++
	return s
}

// HoldLive is Hold of a stream that somebody publishes now; nil where nobody does.
func (r *Registry) HoldLive(k Key) *Stream {
	r.mu.Lock()
	s := r.streams[k]
	if s != nil {
		s.holds++
	}
	r.mu.Unlock()
	if s != nil && !s.Live() {
		s.Release()
		return nil
	}
	return s
}

// Live reports whether somebody publishes now.
func (s *Stream) Live() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.holder != nil && !s.holder.stopped
}

// Release ends a Hold. The last one forgets the stream: its cached media and its id.
func (s *Stream) Release() {
	if !s.registry.release(s) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ring.clear()
	s.setHeaders(nil)
}

// release reports whether this was the last hold.
func (r *Registry) release(s *Stream) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.holds--
	if s.holds == 0 {
		delete(r.streams, s.key)
	}
	return s.holds == 0
}

// Streams lists all streams, in no order.
func (r *Registry) Streams() []*Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*Stream, 0, len(r.streams))
	for _, s := range r.streams {
		all = append(all, s)
	}
	return all
}

// Frames counts the audio and video messages of all publishers so far; Dropped those that players were not
// sent because they were too slow.
func (r *Registry) Frames() int64 { return r.frames.Load() }

// Dropped is described at Frames.
func (r *Registry) Dropped() int64 { return r.dropped.Load() }

func (r *Registry) now() time.Duration { return time.Since(r.began) }
