package ownclock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTimeoutEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Start(nil)
		defer c.Close()
		began := time.Now()
		ctx, cancel := c.WithTimeout(context.Background(), time.Second)
		defer cancel()
		<-ctx.Done()
		if d := time.Since(began); d < time.Second || d > time.Second+2*beat {
			t.Errorf("ended after %v", d)
		}
		if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			t.Errorf("cause %v", context.Cause(ctx))
		}
	})
}

func TestCancelEndsAndForgets(t *testing.T) {
	c := Start(nil)
	defer c.Close()
	ctx, cancel := c.WithTimeout(t.Context(), time.Hour)
	cancel()
	<-ctx.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) != 0 {
		t.Errorf("%d are waiting still", len(c.waiting))
	}
}

// A beat that comes late counts as one beat only.
func TestTimeInWhichTheProcessIsNotRunDoesNotCount(t *testing.T) {
	c := &Clock{waiting: map[*waiter]struct{}{}}
	ctx, cancel := c.WithTimeout(t.Context(), 2*beat)
	defer cancel()
	c.pass(min(10*time.Second, beat))
	if ctx.Err() != nil {
		t.Error("ended after one beat of two")
	}
	c.pass(beat)
	if ctx.Err() == nil {
		t.Error("did not end after two beats")
	}
}
