package client

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// step waits for w's event, an answer that send asks for.
func (c *Client) step(ctx context.Context, phase, awaited string, match func(Event) bool, send func() error) (Event,
	error) {
	w := c.expect(match)
	err := send()
	if err != nil {
		c.drop(w)
		return Event{}, err
	}
	return c.answer(ctx, phase, awaited, w)
}

// answer waits for w's event and drops w.
func (c *Client) answer(ctx context.Context, phase, awaited string, w *waiter) (Event, error) {
	ev, err := c.wait(ctx, w, c.o.Timeout)
	c.drop(w)
	if err != nil {
		return ev, &StepError{Phase: phase, Awaited: awaited, Last: w.last.describe(), Instead: w.instead(), Err: err}
	}
	return ev, nil
}

// answered matches the _result or _error of a transaction.
func answered(transaction float64) func(Event) bool {
	return func(ev Event) bool {
		return ev.Kind == Received && ev.Transaction == transaction && (ev.Name == "_result" || ev.Name == "_error")
	}
}

// refusal makes a step's error of an event that refuses.
func refusal(phase, awaited string, ev Event) error {
	err := &StatusError{Name: ev.Name, Code: ev.Code, Level: ev.Level, Description: ev.Description}
	return &StepError{Phase: phase, Awaited: awaited, Last: ev.describe(), Err: err}
}

// call sends a command and waits for its _result; an _error is a *StatusError.
func (c *Client) call(ctx context.Context, stream uint32, name string, args ...any) (Event, error) {
	call := c.next(stream, name, args...)
	awaited := "_result of " + name
	ev, err := c.step(ctx, name, awaited, answered(call.Transaction), func() error { return c.sendCalls(nil, call) })
	if err == nil && ev.Name == "_error" {
		err = refusal(name, awaited, ev)
	}
	return ev, err
}

// Call sends any command on the connection's own stream and waits for its
// _result, which it returns. args follow the null command object.
func (c *Client) Call(ctx context.Context, name string, args ...any) (Event, error) {
	return c.call(ctx, 0, name, args...)
}

const connectSuccess = "NetConnection.Connect.Success"

// Connect sends connect and waits for NetConnection.Connect.Success. Another
// answer is a *StatusError.
func (c *Client) Connect(ctx context.Context) error {
	awaited := "_result " + connectSuccess
	ev, err := c.step(ctx, "connect", awaited, answered(1), c.SendConnect)
	if err == nil && (ev.Name == "_error" || ev.Code != connectSuccess) {
		err = refusal("connect", awaited, ev)
	}
	return err
}

// ReleaseStream sends releaseStream and waits for its _result.
func (c *Client) ReleaseStream(ctx context.Context, name string) error {
	_, err := c.call(ctx, 0, "releaseStream", name)
	return err
}

// FCPublish sends FCPublish and waits for its _result or onFCPublish.
func (c *Client) FCPublish(ctx context.Context, name string) error {
	return c.fc(ctx, "FCPublish", name)
}

// FCUnpublish sends FCUnpublish and waits for its _result or onFCUnpublish,
// which not every server sends.
func (c *Client) FCUnpublish(ctx context.Context, name string) error {
	c.ask.unpublished()
	return c.fc(ctx, "FCUnpublish", name)
}

func (c *Client) fc(ctx context.Context, name, stream string) error {
	call := c.next(0, name, stream)
	isResult := answered(call.Transaction)
	awaited := fmt.Sprintf("_result of %s or on%[1]s", name)
	ev, err := c.step(ctx, name, awaited, func(ev Event) bool {
		return isResult(ev) || ev.Kind == Received && ev.Name == "on"+name
	}, func() error { return c.sendCalls(nil, call) })
	if err == nil && (ev.Name == "_error" || ev.Level == "error") {
		err = refusal(name, awaited, ev)
	}
	return err
}

// CreateStream sends createStream and waits for the id, which it returns and
// makes the current stream.
func (c *Client) CreateStream(ctx context.Context) (uint32, error) {
	return c.createStream(ctx)
}

// createStream sends createStream after the calls that precede it, in one
// write, and waits for the id only.
func (c *Client) createStream(ctx context.Context, before ...call) (uint32, error) {
	const phase, awaited = "createStream", "_result of createStream with a stream id"
	call := c.next(0, phase)
	ev, err := c.step(ctx, phase, awaited, answered(call.Transaction), func() error {
		return c.sendCalls(nil, append(before, call)...)
	})
	if err != nil {
		return 0, err
	}
	if ev.Name == "_error" {
		return 0, refusal(phase, awaited, ev)
	}
	id, ok := streamID(ev.Args)
	if !ok {
		return 0, &StepError{Phase: phase, Awaited: awaited, Last: fmt.Sprintf("_result with %v", ev.Args),
			Err: fmt.Errorf("the answer has no stream id from 1 to 4294967295")}
	}
	c.UseStream(id)
	return id, nil
}

func streamID(args []any) (uint32, bool) {
	if len(args) < 2 {
		return 0, false
	}
	f, ok := args[1].(float64)
	if !ok || !(f >= 1 && f <= 0xffffffff) || f != float64(uint32(f)) {
		return 0, false
	}
	return uint32(f), true
}

// Pause pauses (on) or goes on, and waits for the status.
func (c *Client) Pause(ctx context.Context, on bool) error {
	code := "NetStream.Unpause.Notify"
	if on {
		code = "NetStream.Pause.Notify"
	}
	return c.notified(ctx, "pause", code, func() error { return c.SendPause(on) })
}

// Seek sends seek and waits for the status.
func (c *Client) Seek(ctx context.Context, to time.Duration) error {
	return c.notified(ctx, "seek", "NetStream.Seek.Notify", func() error { return c.SendSeek(to) })
}

// notified waits for a status of the current stream: code, or a refusal.
func (c *Client) notified(ctx context.Context, phase, code string, send func() error) error {
	stream := c.Stream()
	awaited := "onStatus " + code
	ev, err := c.step(ctx, phase, awaited, func(ev Event) bool {
		return ev.ofStream(stream) && (ev.Code == code || ev.Level == "error")
	}, send)
	if err == nil && ev.Code != code {
		err = refusal(phase, awaited, ev)
	}
	return err
}

// ofStream tells whether the event is a status of that message stream. Some
// servers send status on stream 0 whatever it is about.
func (e *Event) ofStream(stream uint32) bool {
	return e.Kind == Status && (e.Stream == stream || e.Stream == 0)
}

const (
	publishStart = "NetStream.Publish.Start"
	playStart    = "NetStream.Play.Start"
)

// publishAnswer matches what decides on a publish: its start, any error, or
// another status that begins with NetStream.Publish.
func publishAnswer(stream uint32, transaction float64) func(Event) bool {
	isAnswer := answered(transaction)
	return func(ev Event) bool {
		if isAnswer(ev) {
			return ev.Name == "_error"
		}
		return ev.ofStream(stream) && (ev.Level == "error" || strings.HasPrefix(ev.Code, "NetStream.Publish.") &&
			ev.Code != "NetStream.Publish.Idle")
	}
}

// playAnswer matches what decides on a play: its start or an error.
func playAnswer(stream uint32, transaction float64) func(Event) bool {
	isAnswer := answered(transaction)
	return func(ev Event) bool {
		if isAnswer(ev) {
			return ev.Name == "_error"
		}
		if !ev.ofStream(stream) {
			return false
		}
		switch ev.Code {
		case playStart, "NetStream.Play.Failed", "NetStream.Play.StreamNotFound":
			return true
		}
		return ev.Level == "error"
	}
}
