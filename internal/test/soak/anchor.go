package soak

import (
	"context"
	"sync"
	"time"

	"hookproof/internal/client"
)

// startAnchors has streams published that live until stop is closed, and
// returns once they do. wait waits for their end.
func (r *rig) startAnchors(ctx context.Context, stop <-chan struct{}) (wait func()) {
	var all, up sync.WaitGroup
	for i := range anchors {
		up.Add(1)
		all.Go(func() {
			once := sync.OnceFunc(up.Done)
			defer once()
			r.keepAnchor(ctx, i, stop, once)
		})
	}
	up.Wait()
	return all.Wait
}

// keepAnchor publishes one, again and again where its hooks fail; the link to
// the server spares it.
func (r *rig) keepAnchor(ctx context.Context, i int, stop <-chan struct{}, up func()) {
	for turn := r.nextMast.Add(1); ; turn = r.nextMast.Add(1) {
		select {
		case <-stop:
			return
		case <-ctx.Done():
			return
		default:
		}
		v := r.enter(firstAnchor + int(turn)*anchors + i)
		err := v.run(ctx, func(ctx context.Context) error {
			if err := v.connect(ctx); err != nil {
				return err
			}
			if err := v.c.Publish(ctx, v.stream, ""); err != nil {
				return err
			}
			return v.feed(ctx, stop, up)
		})
		if err == nil {
			return
		}
	}
}

// feed sends frames until stop is closed. up is called once the first are out.
func (v *visitor) feed(ctx context.Context, stop <-chan struct{}, up func()) error {
	const every, tags = 300 * time.Millisecond, 15
	loop, err := client.NewLoop(client.Clip())
	if err != nil {
		return err
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for range tags {
			if err := v.c.WriteMedia(loop.Next()); err != nil {
				return err
			}
		}
		up()
		select {
		case <-tick.C:
		case <-stop:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-v.c.Done():
			return &client.StepError{Phase: "publishing", Err: &client.DisconnectError{How: v.how()}}
		}
	}
}

func (v *visitor) how() client.How {
	end, _ := v.c.End()
	return end.How
}
