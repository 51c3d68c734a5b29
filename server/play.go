package server

import (
	"errors"
	"fmt"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/server/internal/stream"
)

// play answers the play command: on_play is asked, then success is told, then media flows. A message
// stream that plays already stops that first (S-ORD-13).
func (c *session) play(cmd *command.Command, id uint32) error {
	ms := c.use(id)
	if ms == nil {
		return c.refuseStatus(id, errStreams, command.PlayFailed)
	}
	raw, err := cmd.String(1)
	if err != nil {
		return c.refuseStatus(id, err, command.PlayFailed)
	}
	if ms.publication != nil {
		return c.status(id, command.PlayFailed.With("This message stream is in use."))
	}
	if ms.player != nil {
		c.stop(ms)
	}
	t, err := c.identify(raw, hook.OnPlay)
	if err != nil {
		return c.refuseStatus(id, err, command.PlayFailed)
	}
	held := c.srv.streams.Hold(stream.Key{VHost: t.vhost.Name, App: t.app, Name: t.name})
	if err := c.ask(hook.OnPlay, t, held); err != nil {
		held.Release()
		return c.refuseStatus(id, err, command.PlayFailed)
	}
	return c.playAs(ms, t, held)
}

// playAs begins an accepted play. From here on it is one that on_stop ends, whatever becomes of it.
func (c *session) playAs(ms *messageStream, t target, held *stream.Stream) error {
	p := held.Play(ms.id, c, c.mediaShare())
	defer p.Start() // whatever happens: stop waits for it
	c.mu.Lock()
	ms.target, ms.held, ms.player = t, heldName{Stream: held}, p
	c.mu.Unlock()
	c.log("play", c.naming(t)...)
	c.settle()
	c.settled = true
	greeting, err := playGreeting(ms.id)
	if err == nil {
		err = c.conn.send(greeting...)
	}
	if err == nil {
		err = c.conn.flush() // the media goes where the greeting has gone
	}
	return err
}

// playGreeting is what a player is told before the first media. NetStream.Data.Start is left out: ffmpeg
// takes it for a track of its own.
func playGreeting(id uint32) ([]chunk.Message, error) {
	reset, err1 := command.OnStatus(id, command.PlayReset)
	start, err2 := command.OnStatus(id, command.PlayStart)
	access, err3 := command.Data(command.DataChunks, id, "|RtmpSampleAccess", true, true)
	begin := command.UserControl{Event: command.StreamBegin, Value: id}.Message()
	return []chunk.Message{begin, reset, start, access}, errors.Join(err1, err2, err3)
}

// Offer implements stream.Sink.
func (c *session) Offer(bufs [][]byte) ([][]byte, error) { return c.conn.offer(bufs) }

// Write implements stream.Sink.
func (c *session) Write(bufs [][]byte) error { return c.conn.writeAll(bufs) }

// Broken implements stream.Sink: a client that cannot be sent its media is no client any more.
func (c *session) Broken(err error) {
	var panicked *stream.PanicError
	if errors.As(err, &panicked) {
		c.panicked(panicked.Value, panicked.Stack)
	}
	c.conn.abort(fmt.Errorf("a player's connection: %w", err))
}

// stop ends a play. The last media is out before on_stop is told.
func (c *session) stop(ms *messageStream) {
	p, held, t := ms.player, ms.held, ms.target
	p.Close()
	<-p.Over()
	c.tell(hook.OnStop, t, held.Stream)
	c.mu.Lock()
	ms.player, ms.held = nil, heldName{}
	c.mu.Unlock()
	held.release()
	c.log("stop", c.naming(t)...)
}

// pause stops or resumes the media of a play; no event tells of it (S-ORD-13).
func (c *session) pause(cmd *command.Command, id uint32) error {
	ms := c.stream(id)
	if ms == nil || ms.player == nil {
		return c.status(id, command.NetStreamFailed.With("Nothing is playing."))
	}
	on, err := cmd.Bool(1)
	if err != nil {
		return c.status(id, command.NetStreamFailed.With(err.Error()))
	}
	ms.player.Pause(on)
	if on {
		return c.status(id, command.PauseNotify)
	}
	return c.status(id, command.UnpauseNotify)
}
