package chunk

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// begun is the beginning of a message of 1 MB: n bytes of it.
func begun(n int) io.Reader {
	m := Message{ChunkStream: 6, Type: video, Payload: make([]byte, 1<<20)}
	return bytes.NewReader(AppendMessage(nil, &m, MaxSize)[:12+n])
}

func budgeted(b *Budget, in io.Reader, evict func()) *Reader {
	r := NewReader(in, Limits{})
	r.chunkSize = MaxSize
	r.Share(b, evict)
	return r
}

// When a budget is used up, who has sat on a message for longest goes; who is done with one is young again.
func TestBudget(t *testing.T) {
	b := NewBudget(600 << 10)
	var evicted []string
	reader := func(name string, n int) *Reader {
		return budgeted(b, begun(n), func() { evicted = append(evicted, name) })
	}
	read := func(r *Reader) error { return r.Next(new(Message)) }
	small := reader("small", budgetFree/2)
	first, second, third := reader("first", 150<<10), reader("second", 150<<10), reader("third", 150<<10)
	for _, r := range []*Reader{small, first, second} {
		if err := read(r); err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
	}
	if len(evicted) > 0 || b.Used() != first.share.drawn+second.share.drawn || small.share.drawn != 0 {
		t.Fatalf("%q are evicted, %d bytes used", evicted, b.Used())
	}
	if err := read(third); err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	if len(evicted) != 1 || evicted[0] != "first" {
		t.Errorf("%q are evicted, want the first", evicted)
	}
	first.Release()
	second.Release()
	third.Release()
	if b.Used() != 0 {
		t.Errorf("%d bytes are used by nobody", b.Used())
	}
	whole := reader("whole", 1<<20)
	var limit *LimitError
	if err := read(whole); !errors.As(err, &limit) || limit.Max != 600<<10 {
		t.Errorf("more than all of the budget: %v", err)
	}
	if b.Used() != 0 || len(evicted) != 1 {
		t.Errorf("%d bytes are used, %q evicted", b.Used(), evicted)
	}
}

// A message that is complete counts no more.
func TestBudgetOfFinished(t *testing.T) {
	b := NewBudget(2 << 20)
	r := budgeted(b, begun(1<<20), nil)
	if err := r.Next(new(Message)); err != nil || b.Used() != 0 {
		t.Errorf("%v, %d bytes used", err, b.Used())
	}
}
