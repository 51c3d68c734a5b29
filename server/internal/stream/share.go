package stream

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Share bounds what one client makes the streams hold: as a publisher the caches of all it publishes, as a player what
// waits to be written to it, each at most so many bytes. A nil *Share bounds nothing.
type Share struct {
	most    int
	waiting atomic.Int64

	mu           sync.Mutex
	publications []*Publication
}

// NewShare returns a share of so many bytes.
func NewShare(most int) *Share { return &Share{most: most} }

// hold adds to what waits to be written; false where that is too much.
func (sh *Share) hold(bytes int) bool {
	return sh == nil || sh.waiting.Add(int64(bytes)) <= int64(sh.most)
}

// join divides the share anew among all that the client publishes.
func (sh *Share) join(p *Publication) {
	if sh == nil {
		return
	}
	sh.mu.Lock()
	sh.publications = append(sh.publications, p)
	all := slices.Clone(sh.publications)
	sh.divide()
	sh.mu.Unlock()
	for _, other := range all {
		s := other.s
		s.mu.Lock()
		s.trim(s.registry.now())
		s.mu.Unlock()
	}
}

func (sh *Share) leave(p *Publication) {
	if sh == nil {
		return
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.publications = slices.DeleteFunc(sh.publications, func(other *Publication) bool { return other == p })
	sh.divide()
}

// divide lets every publication have as much. The caller holds mu.
func (sh *Share) divide() {
	for _, p := range sh.publications {
		p.most.Store(int64(sh.most / len(sh.publications)))
	}
}
