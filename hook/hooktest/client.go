package hooktest

import (
	"context"
	"sync"
	"testing"
	"time"

	"hookproof/internal/client"
)

// Client is a scripted RTMP client. Its methods may be called from any
// goroutine, but those that wait end the test when it is in vain.
type Client struct {
	// Patience is how long each wait may take; 0: DefaultPatience.
	Patience time.Duration

	t       testing.TB
	c       *client.Client
	refused error // why it was not let on; nil: it was

	stop context.CancelFunc // ends sending
	sent sync.WaitGroup
}

// Publish connects to server, such as rtmp://127.0.0.1:1935/live?token=x,
// publishes stream, which may carry parameters (cam1?token=x), and sends an
// H.264 and AAC clip over and over until it leaves. It returns once the server
// has let the client on or has not: see Err. What is left of it ends with the
// test.
func Publish(t testing.TB, server, stream string) *Client {
	t.Helper()
	return begin(t, server, func(ctx context.Context, c *Client) error {
		if err := c.c.Publish(ctx, stream, "live"); err != nil {
			return err
		}
		return c.send()
	})
}

// Play connects to server and plays stream. It returns once the server says
// that it plays, or that it does not: see Err. SRS says that it plays before it
// asks the hook server, so it is frames that prove a player to be let on (see
// AwaitFrames), and the end of the connection that proves it refused (see
// AwaitEnd).
func Play(t testing.TB, server, stream string) *Client {
	t.Helper()
	return begin(t, server, func(ctx context.Context, c *Client) error { return c.c.Play(ctx, stream) })
}

func begin(t testing.TB, server string, step func(context.Context, *Client) error) *Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), DefaultPatience)
	defer cancel()
	in, err := client.Dial(ctx, client.Options{URL: server})
	if err != nil {
		t.Fatalf("hooktest: %s: %v", server, err)
	}
	c := &Client{t: t, c: in, stop: func() {}}
	t.Cleanup(c.Vanish)
	if c.refused = in.Connect(ctx); c.refused == nil {
		c.refused = step(ctx, c)
	}
	return c
}

// send begins to send the clip in real time.
func (c *Client) send() error {
	loop, err := client.NewLoop(client.Clip())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.sent.Go(func() {
		for c.c.Pace(ctx, loop.Round(), 1) == nil {
		}
	})
	return nil
}

// Err says why the server did not let the client on, or how it has ended the
// connection since. It is nil while the client is connected, and after Leave
// and Vanish.
func (c *Client) Err() error {
	if c.refused != nil {
		return c.refused
	}
	if end, over := c.c.End(); over && end.How != client.Local {
		return &client.DisconnectError{How: end.How, Err: end.Err}
	}
	return nil
}

// Frames counts the audio and video frames received, sequence headers left out.
func (c *Client) Frames() int {
	n := c.c.Counters()
	return int(n.AudioFrames + n.VideoFrames)
}

// AwaitFrames waits until n more frames have come than there are, and ends the
// test when they do not.
func (c *Client) AwaitFrames(n int) {
	c.t.Helper()
	want := c.Frames() + n
	ctx, cancel := context.WithTimeout(context.Background(), patience(c.Patience))
	defer cancel()
	_, err := c.c.Await(ctx, func(client.Event) bool { return c.Frames() >= want })
	if err != nil {
		c.t.Fatalf("hooktest: want %d frames, got %d: %v", want, c.Frames(), err)
	}
}

// AwaitEnd waits until the server has ended the connection and returns how; it
// ends the test when the server does not.
func (c *Client) AwaitEnd() error {
	c.t.Helper()
	select {
	case <-c.c.Done():
	case <-time.After(patience(c.Patience)):
		c.t.Fatalf("hooktest: want the connection to end, but it is open")
	}
	return c.Err()
}

// Leave ends publishing or playing as encoders do, closes the connection and
// waits for its end.
func (c *Client) Leave() {
	c.halt()
	if c.refused == nil {
		_ = c.c.Leave() // fails only if the server was faster
	}
	c.Vanish()
}

// Vanish ends the connection by a TCP reset, as a killed client does.
func (c *Client) Vanish() {
	c.c.Vanish()
	c.halt()
	<-c.c.Done()
}

func (c *Client) halt() {
	c.stop()
	c.sent.Wait()
}
