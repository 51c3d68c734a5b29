package hook

import (
	"errors"
	"fmt"
	"sync/atomic"
)

const (
	// smallAnswer is what an answer may take without asking, in bytes. Real
	// ones have one byte, or some dozens.
	smallAnswer = 64 << 10
	// manyLarge is how many answers of MaxAnswer bytes there is room for at a
	// time: enough for a server that says much, and an end for one whose
	// answers have none.
	manyLarge = 4
)

var errTooMany = errors.New("answers larger than allowed, all together")

// budget is the memory that the large answers of a caller share, in bytes.
type budget struct{ left atomic.Int64 }

// take asks for n bytes.
func (b *budget) take(n int64) error {
	if b.left.Add(-n) < 0 {
		b.left.Add(n)
		return fmt.Errorf("%w: no room for %d bytes more", errTooMany, n)
	}
	return nil
}

func (b *budget) give(n int64) { b.left.Add(n) }
