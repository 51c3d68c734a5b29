package server

import (
	"errors"
	"fmt"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/command"
)

// command does what a client asks for. Before connect nothing else is heard.
func (c *session) command(cmd *command.Command, streamID uint32) error {
	if cmd.Name == "connect" {
		return c.connect(cmd)
	}
	if !c.connected.Load() {
		return fmt.Errorf("command %q before connect", redact.Clip(cmd.Name, mostQuoted))
	}
	switch cmd.Name {
	case "releaseStream":
		return c.releaseStream(cmd)
	case "FCPublish":
		c.fcPublish = true
		return c.result(cmd)
	case "createStream":
		return c.createStream(cmd)
	case "publish":
		return c.publish(cmd, streamID)
	case "FCUnpublish":
		return c.fcUnpublish(cmd)
	case "play":
		return c.play(cmd, streamID)
	case "closeStream":
		return c.closeStream(streamID)
	case "deleteStream":
		return c.deleteStream(cmd)
	}
	return c.minor(cmd, streamID)
}

// minor answers the commands that change nothing about who publishes and plays.
func (c *session) minor(cmd *command.Command, streamID uint32) error {
	switch cmd.Name {
	case "pause", "pauseRaw":
		return c.pause(cmd, streamID)
	case "seek":
		return c.status(streamID, command.SeekNotify.With("A live stream goes on where it is."))
	case "getStreamLength":
		return c.result(cmd, 0.0) // live streams have none
	case "_checkbw":
		return c.result(cmd)
	case "FCSubscribe":
		name, _ := cmd.String(1)
		return c.notify("onFCSubscribe", command.PlayStart.With("Subscribed to "+redact.Clip(name, mostQuoted)+"."))
	case "_result", "_error", "onStatus", "FCUnsubscribe", "receiveAudio", "receiveVideo":
		return nil // answers, and hints that ask for none
	}
	if cmd.Transaction == 0 {
		return nil
	}
	m, err := command.Error(cmd.Transaction, nil, command.CallFailed.Object()).Message(command.CommandChunks, 0)
	if err != nil {
		return err
	}
	return c.conn.send(m)
}

// releaseStream is the first command to name the stream, so it is where a client enters, unless it has.
func (c *session) releaseStream(cmd *command.Command) error {
	raw, err := cmd.String(1)
	if err != nil {
		return c.result(cmd)
	}
	t, err := c.target(raw)
	if err == nil {
		err = c.enter(t, hook.OnPublish)
	}
	if err != nil {
		return c.refuse(err, command.Error(cmd.Transaction, nil, command.ConnectRejected.With(told(err)).Object()))
	}
	return c.result(cmd)
}

func (c *session) createStream(cmd *command.Command) error {
	id := c.newStream()
	if id == 0 {
		return c.refuse(errStreams, command.Error(cmd.Transaction, nil,
			command.NetStreamFailed.With("Too many message streams.").Object()))
	}
	return c.result(cmd, float64(id))
}

// target is the stream that a command names.
func (c *session) target(raw string) (target, error) {
	l, a := &c.set.cfg.Limits, c.client.address
	app, name, param := a.stream(raw)
	if len(app) > l.StreamName || len(name) > l.StreamName {
		return target{}, fmt.Errorf("stream name longer than %d bytes", l.StreamName)
	}
	if len(param) > l.Param {
		return target{}, fmt.Errorf("stream parameters longer than %d bytes", l.Param)
	}
	v, err := c.srv.current.Load().resolve(a.host, param)
	return target{vhost: v, app: app, name: name, param: param}, err
}

// errStreams refuses a client that wants one more message stream than it may have.
var errStreams = errors.New("too many message streams")

// errNoName refuses a publish or play without a name.
var errNoName = errors.New("the stream has no name")

// identify finds the stream that a publish or play names, and enters with it.
func (c *session) identify(raw string, next hook.Event) (target, error) {
	if most := c.set.cfg.Limits.Openings; !c.openings.take(time.Now(), most) {
		return target{}, fmt.Errorf("more than %d publishes and plays in %d seconds", most, most)
	}
	t, err := c.target(raw)
	if err != nil {
		return t, err
	}
	if err := c.enter(t, next); err != nil {
		return t, err
	}
	if t.name == "" {
		return t, errNoName
	}
	return t, nil
}

// result answers a command that wants an answer.
func (c *session) result(cmd *command.Command, values ...any) error {
	if cmd.Transaction == 0 {
		return nil
	}
	if len(values) == 0 {
		values = []any{amf.Undefined{}} // as SRS does; srs-librtmp takes no answer without a second value
	}
	m, err := command.Result(cmd.Transaction, append([]any{nil}, values...)...).Message(command.CommandChunks, 0)
	if err != nil {
		return err
	}
	return c.conn.send(m)
}

// status tells a message stream its status.
func (c *session) status(streamID uint32, s command.Status) error {
	m, err := command.OnStatus(streamID, s)
	if err != nil {
		return err
	}
	return c.conn.send(m)
}

// notify calls the client, which does not answer.
func (c *session) notify(name string, s command.Status) error {
	m, err := (&command.Command{Name: name, Args: []any{nil, s.Object()}}).Message(command.CommandChunks, 0)
	if err != nil {
		return err
	}
	return c.conn.send(m)
}
