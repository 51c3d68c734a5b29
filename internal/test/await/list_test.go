package await

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	var l List[string]
	l.Put(2, "b")
	l.Put(1, "a") // out of order
	l.Put(2, "B")
	if got := l.All(); !slices.Equal(got, []string{"a", "B"}) {
		t.Errorf("want a B, got %q", got)
	}
	l.Clear()
	l.Clear()
	l.Put(1, "late")
	l.Put(3, "c")
	if got := l.All(); !slices.Equal(got, []string{"c"}) {
		t.Errorf("after Clear: want c, got %q", got)
	}
}

func TestUntil(t *testing.T) {
	var l List[int]
	done := make(chan error, 1)
	go func() { done <- l.Until(t.Context(), func(all []int) bool { return len(all) == 2 && all[1] == 5 }) }()
	l.Put(1, 1)
	l.Put(2, 4)
	l.Put(2, 5)
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := l.Until(ctx, func([]int) bool { return false })
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "there are 2") {
		t.Errorf("want a cancelled wait that tells of 2, got %v", err)
	}
}
