package soak

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"runtime/pprof"
	"sync"
	"time"

	"hookproof/internal/test/soak/books"
)

// Result is a run that is over.
type Result struct {
	Total      books.Count // over all rounds, the warm-up among them
	Faults     Faults
	Took       time.Duration // churn, the warm-up not counted, waiting for each round's end left out
	Came       int           // clients in that time
	Late       time.Duration // by which the last client of a round came late, at most
	Violations []books.Violation
	More       int // further ones

	Before   Footprint   // before anything stood
	Baseline Footprint   // after the warm-up
	Rounds   []Footprint // after each round
	After    Footprint   // when all was taken down
}

// Run puts up the rig, has its rounds of churn, settles their books and takes
// it down. The error says why that could not be done; what is wrong with the
// server is among the violations.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	cfg.setDefaults()
	if err := prime(cfg.atOnce()); err != nil {
		return nil, err
	}
	res := &Result{Before: measure()}
	r, err := newRig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := startProgress(r, res)
	err = r.rounds(ctx, res, p)
	p.end()
	res.Faults = r.faults()
	r.takeDown()
	res.finish(ctx, cfg.settle)
	return res, err
}

// prime has the runtime make what it keeps for good: files for the network, and
// the descriptors of as many goroutines as there may be at once, half a KB each.
func prime(atOnce int) error {
	const each = 20 // goroutines of a client and its connections
	gate := make(chan struct{})
	var all sync.WaitGroup
	for range atOnce * each {
		all.Go(func() { <-gate })
	}
	close(gate)
	all.Wait()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return l.Close()
}

// rounds has the warm-up and all rounds, up to one that does not end.
func (r *rig) rounds(ctx context.Context, res *Result, p *progress) error {
	for left, first := r.cfg.For, true; left > 0; first = false {
		d := min(r.cfg.Round, left)
		if first {
			d = r.cfg.Warmup
		} else {
			left -= d
		}
		start := time.Now()
		n, err := r.churn(ctx, d)
		if err != nil {
			res.violate("left-over", "a round does not end: %v\n%s", err, goroutines())
		}
		all, more := n.settle()
		p.settled(n, all, more)
		if !first {
			res.Took += n.took
			res.Came += n.came
			res.Late = max(res.Late, n.lateness)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return nil // what follows would measure what is left over
		}
		n = nil // its books can go
		p.note("round of %v over after %v: %s", d, time.Since(start).Round(time.Millisecond),
			res.leftOver(ctx, r.cfg.settle, first))
	}
	res.trend()
	return nil
}

// leftOver waits until no more goroutines and files are there than after the
// warm-up, for limit at most, and measures.
func (res *Result) leftOver(ctx context.Context, limit time.Duration, first bool) Footprint {
	if first {
		res.Baseline = measure()
		return res.Baseline
	}
	if err := await(ctx, limit, func() error { return exceeds(look(), res.Baseline) }); err != nil {
		res.violate("left-over", "a round leaves something behind: %v\n%s", err, goroutines())
	}
	f := measure()
	res.Rounds = append(res.Rounds, f)
	if grown := f.Heap - res.Baseline.Heap; grown > heapSlack {
		res.violate("left-over", "after round %d the heap is %.2f MB larger than after the warm-up, more than %.2f MB",
			len(res.Rounds), mb(grown), mb(heapSlack))
	}
	return f
}

// finish compares what is there in the end with what was in the beginning.
func (res *Result) finish(ctx context.Context, limit time.Duration) {
	if err := await(context.WithoutCancel(ctx), limit,
		func() error { return exceeds(look(), res.Before) }); err != nil {
		res.violate("left-over", "after the end something is left: %v\n%s", err, goroutines())
	}
	res.After = measure()
}

// exceeds says what of the goroutines and files is more than it was.
func exceeds(now, was Footprint) error {
	if now.Goroutines > was.Goroutines || now.Files > was.Files {
		return fmt.Errorf("%d goroutines and %d files, where there were %d and %d", now.Goroutines, now.Files,
			was.Goroutines, was.Files)
	}
	return nil
}

func (res *Result) violate(rule, format string, args ...any) {
	res.Violations = append(res.Violations, books.Violation{Rule: rule, Client: -1, Text: fmt.Sprintf(format, args...)})
}

// goroutines lists those that there are, as evidence of what is left over.
func goroutines() string {
	const most = 8 << 10
	var b bytes.Buffer
	// A profile that cannot be written is no evidence, and no more.
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1)
	return string(b.Bytes()[:min(b.Len(), most)])
}
