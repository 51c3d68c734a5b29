package loadgen

import (
	"context"
	"slices"
	"time"
)

// turn is a moment in the plan: a client comes, or leaves.
type turn struct {
	at      time.Duration
	session *session
	departs bool
}

// turns lists what is to happen, in order.
func (r *run) turns() []turn {
	list := make([]turn, 0, 2*len(r.own))
	for _, s := range r.own {
		list = append(list, turn{s.Arrive, s, false}, turn{s.Depart, s, true})
	}
	slices.SortStableFunc(list, func(a, b turn) int { return int(a.at - b.at) })
	return list
}

// play lets everything happen when it is due, whatever became of what was due
// before. It returns why it ended early, or "".
func (r *run) play(ctx context.Context) string {
	timer := time.NewTimer(0)
	defer timer.Stop()
	steps, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	list := r.turns()
	for i := range list {
		t := &list[i]
		timer.Reset(time.Until(r.planned(t.at)))
		select {
		case <-timer.C:
			r.take(steps, t)
		case <-ctx.Done():
			r.cutShort(list[i:])
			r.wg.Wait()
			return context.Cause(ctx).Error()
		case <-r.serverGone():
			r.cutShort(list[i:])
			r.wg.Wait()
			return "the built-in server ended"
		}
	}
	r.wg.Wait() // before steps' context is cancelled
	return ""
}

func (r *run) take(ctx context.Context, t *turn) {
	s := t.session
	if t.departs {
		r.wg.Go(s.depart)
		return
	}
	s.due = r.planned(t.at)
	r.wg.Go(func() { s.arrive(ctx) })
}

// cutShort lets those leave who have come.
func (r *run) cutShort(rest []turn) {
	came := map[*session]bool{}
	for i := range rest {
		if !rest[i].departs {
			came[rest[i].session] = false
		}
	}
	for i := range rest {
		s := rest[i].session
		if _, absent := came[s]; rest[i].departs && !absent {
			r.wg.Go(s.depart)
		}
	}
}

// serverGone is closed when the built-in server has ended by itself.
func (r *run) serverGone() <-chan struct{} {
	if r.child == nil {
		return nil
	}
	return r.child.Ended()
}
