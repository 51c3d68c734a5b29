package client

import (
	"context"
	"errors"
)

// Publish publishes name (with its ?parameters) and waits for the status
// NetStream.Publish.Start. Unless there is a current stream it creates one, in
// the client's Style: FMLE sends releaseStream, FCPublish and createStream at
// once and waits for the last one's answer only, as ffmpeg and OBS do. An empty
// kind is "live". A refusal is a *StatusError or a *DisconnectError inside the
// error.
func (c *Client) Publish(ctx context.Context, name, kind string) error {
	if err := c.BeginPublish(ctx, name, kind); err != nil {
		return err
	}
	return c.AwaitPublish(ctx)
}

// BeginPublish is Publish without the wait for the status, which AwaitPublish
// is: what is sent next, media say, follows publish at once.
func (c *Client) BeginPublish(ctx context.Context, name, kind string) error {
	if err := c.prepare(ctx, name); err != nil {
		return err
	}
	return c.SendPublish(name, kind)
}

// prepare sends what a publisher of the client's style sends before publish.
func (c *Client) prepare(ctx context.Context, name string) error {
	var before []call
	if c.o.Style == FMLE {
		before = []call{c.next(0, "releaseStream", name), c.next(0, "FCPublish", name)}
	}
	if c.Stream() == 0 {
		_, err := c.createStream(ctx, before...)
		return err
	}
	if before == nil {
		return nil
	}
	return c.sendCalls(nil, before...)
}

// Play plays name (with its ?parameters) and waits for the status
// NetStream.Play.Start. Unless there is a current stream it creates one.
// Servers may send that status before they have asked their hook (SRS does);
// that media flows is what Await and Counters tell.
func (c *Client) Play(ctx context.Context, name string) error {
	if c.Stream() == 0 {
		if _, err := c.CreateStream(ctx); err != nil {
			return err
		}
	}
	if err := c.SendPlay(name); err != nil {
		return err
	}
	return c.AwaitPlay(ctx)
}

// errNotAsked says that there is nothing to await.
var errNotAsked = errors.New("nothing was asked that has such an answer")

// AwaitPublish waits for the answer to the last SendPublish. It may be asked
// again, after a time-out and after the answer.
func (c *Client) AwaitPublish(ctx context.Context) error {
	return c.awaitStatus(ctx, "publish", publishStart, &c.ask.publish)
}

// AwaitPlay waits for the answer to the last SendPlay. It may be asked again,
// after a time-out and after the answer.
func (c *Client) AwaitPlay(ctx context.Context) error {
	return c.awaitStatus(ctx, "play", playStart, &c.ask.play)
}

// awaitStatus waits for the answer to q, whose waiter stays registered until
// it comes.
func (c *Client) awaitStatus(ctx context.Context, phase, code string, q *question) error {
	c.ask.mu.Lock()
	asked := *q
	c.ask.mu.Unlock()
	switch {
	case asked.answered:
		return asked.err
	case asked.w == nil:
		return &StepError{Phase: phase, Err: errNotAsked}
	}
	awaited := "onStatus " + code
	ev, err := c.wait(ctx, asked.w, c.o.Timeout)
	if err != nil {
		last, instead := c.lastOf(asked.w)
		return &StepError{Phase: phase, Awaited: awaited, Last: last, Instead: instead, Err: err}
	}
	if ev.Code != code || ev.Name != "onStatus" {
		err = refusal(phase, awaited, ev)
	}
	c.ask.mu.Lock()
	defer c.ask.mu.Unlock()
	if q.w == asked.w { // not asked anew meanwhile
		*q = question{answered: true, err: err}
	}
	return err
}

// lastOf describes what came last while w waited, and what came instead of its answer.
func (c *Client) lastOf(w *waiter) (last, instead string) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return w.last.describe(), w.instead()
}

// Leave says what of its style's and role's goodbye was not said yet, and
// closes: FMLE publishers FCUnpublish and deleteStream, others closeStream and
// deleteStream. It does not wait for answers to them. A client without a stream
// just closes.
func (c *Client) Leave() error {
	var goodbye []call
	stream := c.stream.Swap(0)
	c.ask.mu.Lock()
	switch {
	case c.ask.role == publisher && c.o.Style == FMLE:
		goodbye = append(goodbye, c.next(0, "FCUnpublish", c.ask.name))
	case c.ask.role != idle && stream != 0:
		goodbye = append(goodbye, c.untracked(stream, "closeStream"))
	}
	c.ask.role = idle
	c.ask.mu.Unlock()
	if stream != 0 {
		goodbye = append(goodbye, c.untracked(0, "deleteStream", float64(stream)))
	}
	var err error
	if len(goodbye) > 0 {
		err = c.sendCalls(nil, goodbye...)
	}
	return errors.Join(err, c.Close())
}
