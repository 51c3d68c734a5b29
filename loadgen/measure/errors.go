package measure

import (
	"cmp"
	"slices"
	"sync"
)

// maxKinds bounds the kinds that are told apart; their names are ours, so
// more than this is a mistake somewhere.
const maxKinds = 200

// Errors counts what went wrong, by kind.
type Errors struct {
	mu    sync.Mutex
	kinds map[string]*Kind
	total int64
}

// Kind is one kind of error: how often it came, and the first that had it.
type Kind struct {
	Kind   string `json:"kind"`   // "publish: time-out"
	Count  int64  `json:"count"`  // how often
	Client string `json:"client"` // whom it met first
	Detail string `json:"detail"` // what that one was told
}

// Add counts an error of a client.
func (e *Errors) Add(kind, client, detail string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.total++
	if k := e.kinds[kind]; k != nil {
		k.Count++
		return
	}
	if len(e.kinds) >= maxKinds {
		kind = "others"
	}
	if e.kinds == nil {
		e.kinds = map[string]*Kind{}
	}
	e.kinds[kind] = &Kind{Kind: kind, Count: 1, Client: client, Detail: detail}
}

// Total is the number of all errors.
func (e *Errors) Total() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.total
}

// List returns the kinds, the most frequent first.
func (e *Errors) List() []Kind {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []Kind{}
	for _, k := range e.kinds {
		list = append(list, *k)
	}
	SortKinds(list)
	return list
}

// SortKinds puts the most frequent first.
func SortKinds(list []Kind) {
	slices.SortFunc(list, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
}
