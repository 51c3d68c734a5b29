package explore

import (
	"context"
	"time"

	"hookproof/internal/explore/program"
)

// tries is how often a smaller program is played when the violation does not come each
// time.
const tries = 4

// shrink makes the program of a violation smaller as long as it breaks the same
// requirement. Steps that did nothing go first.
func (e *Explorer) shrink(ctx context.Context, v *Violation, r *played) {
	ctx, cancel := context.WithTimeout(ctx, e.o.ShrinkFor)
	defer cancel()
	best := 1
	if v.Unstable() {
		best = tries
	}
	tried := map[string]bool{v.Program.String(): true}
	attempt := func(p program.Program) bool {
		text := p.String()
		if tried[text] || len(p) == 0 {
			return false
		}
		tried[text] = true
		for range best {
			started := time.Now()
			r := play(ctx, e.target, p, "explore/smaller", e.o.Started)
			if r.reason != "" {
				return false
			}
			if r.breaks(v.Requirement) {
				v.Program, v.Started, v.Took = p, started, time.Since(started)
				v.take(r)
				return true
			}
		}
		return false
	}
	attempt(useful(v.Program, r.took))
	for smaller := true; smaller && ctx.Err() == nil; {
		smaller = false
		for _, p := range program.Smaller(v.Program) {
			if ctx.Err() == nil && attempt(p) {
				smaller = true
				break
			}
		}
	}
}

// useful leaves out the steps that did nothing.
func useful(p program.Program, took []bool) (q program.Program) {
	for i := range p {
		if i >= len(took) || took[i] {
			q = append(q, p[i])
		}
	}
	return q
}
