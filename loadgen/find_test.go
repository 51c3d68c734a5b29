package loadgen

import (
	"context"
	"errors"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name               string
		start, most, limit int
		good, bad          int // at least and at most of what is found; 0: none
	}{
		{"from below", 100, 100000, 1730, 1560, 1730},
		{"from above", 1000, 100000, 90, 80, 90},
		{"none at all", 100, 100000, 0, 0, 0},
		{"up to the bound", 100, 300, 1000, 300, 300},
		{"one", 1, 10, 1, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			last := 0
			f, err := Find(t.Context(), c.start, c.most, func(_ context.Context, n int) (*Output, error) {
				last = n
				return &Output{}, nil
			}, func(*Output) bool { return last <= c.limit })
			if err != nil {
				t.Fatal(err)
			}
			good := 0
			if f.Good != nil {
				good = f.Good.Sessions
			}
			if good < c.good || good > c.bad || len(f.Probes) > 20 {
				t.Errorf("found %d with %d probes, want %d to %d", good, len(f.Probes), c.good, c.bad)
			}
		})
	}
	if _, err := Find(t.Context(), 1, 2, func(context.Context, int) (*Output, error) { return nil, errors.New("x") },
		nil); err == nil {
		t.Error("a probe's error is lost")
	}
}
