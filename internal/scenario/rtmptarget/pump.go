package rtmptarget

import (
	"context"

	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
	"hookproof/reports"
)

// startPump begins to send the clip, over and over, in its own time.
func (a *Actor) startPump() {
	if a.Mute {
		return
	}
	a.scene.mu.Lock()
	defer a.scene.mu.Unlock()
	if a.pump != nil || a.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(a.ctx)
	c := a.c.Load()
	a.scene.Log.Add(reports.Observation{Kind: reports.KindNote, Actor: a.Name, Name: check.MediaNote,
		Text: "begins to send its media"})
	a.pump, a.stop = begin(func() error { return loop(ctx, c, marked(client.Clip(), a.Number)) }), cancel
}

// stopPump ends it and waits for its end.
func (a *Actor) stopPump() {
	a.scene.mu.Lock()
	pump, stop := a.pump, a.stop
	a.pump, a.stop = nil, nil
	a.scene.mu.Unlock()
	if stop != nil {
		stop()
		pump.wait()
	}
}

// loop sends a clip until ctx is done or the connection is over. Timestamps
// go on from one round to the next.
func loop(ctx context.Context, c *client.Client, clip []flv.Tag) error {
	length := clip[len(clip)-1].Timestamp + 40
	for round := uint32(0); ; round++ {
		tags := clip
		if round > 0 {
			tags = make([]flv.Tag, len(clip))
			for i, t := range clip {
				t.Timestamp += round * length
				tags[i] = t
			}
		}
		if err := c.Pace(ctx, tags, 1); err != nil {
			return err
		}
	}
}
