package client

import (
	"context"
	"errors"

	"hookproof/internal/rtmp/flv"
)

// PublishRun is a publisher's whole life.
type PublishRun struct {
	Options
	Name, Kind string          // stream name with its ?parameters; an empty Kind is live
	Tags       []flv.Tag       // what is sent; nil: Clip
	Speed      float64         // of sending: 0 at once, 1 in real time
	Hold       <-chan struct{} // when not nil: stay after the last tag until it is closed
}

// RunPublisher connects, publishes, sends and leaves. The client is returned
// for its evidence, unless dialling failed; its connection is over. A ctx that
// ends during Hold ends the run without an error, a server that ends the
// connection does not.
func RunPublisher(ctx context.Context, r PublishRun) (*Client, error) {
	c, err := Dial(ctx, r.Options)
	if err != nil {
		return nil, err
	}
	return c, c.end(r.run(ctx, c))
}

func (r *PublishRun) run(ctx context.Context, c *Client) error {
	if err := c.Connect(ctx); err != nil {
		return err
	}
	if err := c.Publish(ctx, r.Name, r.Kind); err != nil {
		return err
	}
	tags := r.Tags
	if tags == nil {
		tags = Clip()
	}
	if err := c.Pace(ctx, tags, r.Speed); err != nil {
		return err
	}
	if r.Hold == nil {
		return nil
	}
	return c.stay(ctx, "publishing", r.Hold)
}

// PlayRun is a player's whole life.
type PlayRun struct {
	Options
	Name string
	// Until is asked after each frame; when it says yes, the player leaves. nil:
	// it stays until ctx is done.
	Until func(Counters) bool
}

// RunPlayer connects, plays and leaves. The client is returned for its
// evidence, unless dialling failed; its connection is over. With Until, a ctx
// that ends first is an error; without, it is the end of the run.
func RunPlayer(ctx context.Context, r PlayRun) (*Client, error) {
	c, err := Dial(ctx, r.Options)
	if err != nil {
		return nil, err
	}
	return c, c.end(r.run(ctx, c))
}

func (r *PlayRun) run(ctx context.Context, c *Client) error {
	if err := c.Connect(ctx); err != nil {
		return err
	}
	var enough *waiter
	if r.Until != nil {
		enough = c.expect(func(ev Event) bool { return ev.Kind == Media && r.Until(c.Counters()) })
		defer c.drop(enough)
	}
	if err := c.Play(ctx, r.Name); err != nil {
		return err
	}
	if enough == nil {
		return c.stay(ctx, "playing", nil)
	}
	if _, err := c.wait(ctx, enough, 0); err != nil {
		last, instead := c.lastOf(enough)
		return &StepError{Phase: "playing", Awaited: "enough frames", Last: last, Instead: instead, Err: err}
	}
	return nil
}

// stay waits until hold is closed or ctx is done; the connection's end is an
// error.
func (c *Client) stay(ctx context.Context, phase string, hold <-chan struct{}) error {
	select {
	case <-hold:
		return nil
	case <-ctx.Done():
		return nil
	case <-c.done:
		end, _ := c.End()
		return &StepError{Phase: phase, Err: &DisconnectError{How: end.How, Err: end.Err}}
	}
}

// end leaves after a run that went well, and closes after one that did not.
func (c *Client) end(err error) error {
	if err != nil {
		return errors.Join(err, c.Close())
	}
	return c.Leave()
}
