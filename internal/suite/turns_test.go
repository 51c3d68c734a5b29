package suite

import (
	"context"
	"testing"
)

// TestTurns: a case begins once all of the earlier turns are over.
func TestTurns(t *testing.T) {
	var all turns
	for _, turn := range []int{0, 0, 1, 3} {
		all.add(turn)
	}
	if err := all.await(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	began := make(chan int)
	for _, turn := range []int{3, 1} {
		go func() {
			if all.await(t.Context(), turn) == nil {
				began <- turn
			}
		}()
	}
	all.over(0)
	select {
	case turn := <-began:
		t.Fatalf("turn %d has begun before turn 0 was over", turn)
	default:
	}
	for i, want := range []int{1, 3} {
		all.over(i) // the second of turn 0, then turn 1
		if got := <-began; got != want {
			t.Errorf("turn %d has begun, want %d", got, want)
		}
	}
	all.add(0)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := all.await(ended, 2); err == nil {
		t.Error("an interrupted case waits on")
	}
}
