package client

import (
	"sync"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// call is a command that is about to be sent.
type call struct {
	stream uint32
	command.Command
}

// next makes a command with a new transaction; args follow the null command
// object.
func (c *Client) next(stream uint32, name string, args ...any) call {
	tx := float64(c.tx.Add(1))
	return call{stream, command.Command{Name: name, Transaction: tx, Args: append([]any{nil}, args...)}}
}

// sendCalls encodes commands and sends them, and what precedes them, in one
// write.
func (c *Client) sendCalls(before []chunk.Message, calls ...call) error {
	out := before
	for i := range calls {
		on := uint32(command.CommandChunks)
		if calls[i].stream != 0 {
			on = command.StreamChunks
		}
		m, err := calls[i].Message(on, calls[i].stream)
		if err != nil {
			return &StepError{Phase: calls[i].Name, Err: err}
		}
		out = append(out, m)
	}
	phase := "send"
	for i := range calls {
		phase = calls[i].Name
		c.emit(&Event{
			Kind: Sent, Name: phase, Transaction: calls[i].Transaction, Stream: calls[i].stream,
			Type: message.TypeIDCommandMessageAMF0, Size: len(out[len(before)+i].Payload), Args: calls[i].Args,
		})
	}
	return c.send(phase, func(o *outbound) {
		for i := range out {
			o.put(&out[i])
		}
		if len(calls) > 0 && calls[0].Name == "connect" && c.o.ChunkSize > 0 && o.chunkSize != c.o.ChunkSize {
			o.announce = c.o.ChunkSize // with what follows
		}
	})
}

// SendCommand sends any command with a new transaction, which it returns. args
// follow the null command object.
func (c *Client) SendCommand(stream uint32, name string, args ...any) (transaction float64, err error) {
	call := c.next(stream, name, args...)
	return call.Transaction, c.sendCalls(nil, call)
}

// SendConnect sends connect, transaction 1. What is sent next is preceded by
// Set Chunk Size, so that connect may be joined with more by Cork.
func (c *Client) SendConnect() error {
	obj := c.o.ConnectObject
	if obj == nil {
		obj = c.connectObject()
	}
	args := append([]any{obj}, c.o.ConnectArgs...)
	return c.sendCalls(nil, call{0, command.Command{Name: "connect", Transaction: 1, Args: args}})
}

// connectObject is what ffmpeg and librtmp send, in their order.
func (c *Client) connectObject() amf.Object {
	o := amf.Object{
		{Key: "app", Value: c.target.app},
		{Key: "type", Value: "nonprivate"},
		{Key: "flashVer", Value: c.o.FlashVer},
	}
	if c.o.SWFURL != "" {
		o = append(o, amf.Property{Key: "swfUrl", Value: c.o.SWFURL})
	}
	o = append(o, amf.Property{Key: "tcUrl", Value: c.target.tcURL})
	if c.o.PageURL != "" {
		o = append(o, amf.Property{Key: "pageUrl", Value: c.o.PageURL})
	}
	return append(o,
		amf.Property{Key: "fpad", Value: false},
		amf.Property{Key: "capabilities", Value: 15.0},
		amf.Property{Key: "audioCodecs", Value: 4071.0},
		amf.Property{Key: "videoCodecs", Value: 252.0},
		amf.Property{Key: "videoFunction", Value: 1.0},
		amf.Property{Key: "objectEncoding", Value: c.o.ObjectEncoding},
	)
}

// pending is what was asked of the server last.
type pending struct {
	mu            sync.Mutex
	publish, play question
	role          role
	name          string // of the stream last published or played
}

// question is a publish or play whose answer is awaited, or has come.
type question struct {
	w        *waiter // nil: not asked, or answered
	answered bool
	err      error // the answer: nil is success
}

// role is what a client was last used as.
type role uint8

const (
	idle role = iota
	publisher
	player
)

// SendReleaseStream sends releaseStream.
func (c *Client) SendReleaseStream(name string) error {
	_, err := c.SendCommand(0, "releaseStream", name)
	return err
}

// SendFCPublish sends FCPublish.
func (c *Client) SendFCPublish(name string) error {
	_, err := c.SendCommand(0, "FCPublish", name)
	return err
}

// SendCreateStream sends createStream; CreateStream waits for the id as well.
func (c *Client) SendCreateStream() error {
	_, err := c.SendCommand(0, "createStream")
	return err
}

// SendPublish sends publish on the current stream; an empty kind is "live".
// AwaitPublish waits for the status.
func (c *Client) SendPublish(name, kind string) error {
	if kind == "" {
		kind = "live"
	}
	stream := c.Stream()
	call := c.next(stream, "publish", name, kind)
	c.ask.replace(c, publisher, name, c.expect(publishAnswer(stream, call.Transaction)))
	return c.sendCalls(nil, call)
}

// anyStart is ffmpeg's and librtmp's start argument of play: live or recorded,
// whichever there is.
const anyStart = -2000.0

// playBuffer is the buffer length that play announces, in milliseconds.
const playBuffer = 3000

// SendPlay sends SetBufferLength and play on the current stream. AwaitPlay
// waits for the status.
func (c *Client) SendPlay(name string) error {
	stream := c.Stream()
	call := c.next(stream, "play", name, anyStart)
	c.ask.replace(c, player, name, c.expect(playAnswer(stream, call.Transaction)))
	buffer := command.UserControl{Event: command.SetBufferLength, Value: stream, Buffer: playBuffer}.Message()
	return c.sendCalls([]chunk.Message{buffer}, call)
}

// replace notes what was asked last. The waiter of an earlier question of the
// same sort is dropped.
func (p *pending) replace(c *Client, r role, name string, w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := &p.publish
	if r == player {
		q = &p.play
	}
	if q.w != nil {
		c.drop(q.w)
	}
	*q = question{w: w}
	p.role, p.name = r, name
}

// unpublished notes that nothing is published or played any more.
func (p *pending) unpublished() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.role = idle
}

// SendFCUnpublish sends FCUnpublish.
func (c *Client) SendFCUnpublish(name string) error {
	c.ask.unpublished()
	_, err := c.SendCommand(0, "FCUnpublish", name)
	return err
}

// CloseStream sends closeStream for the current stream, which can be used
// again. Nothing answers it.
func (c *Client) CloseStream() error {
	c.ask.unpublished()
	return c.sendCalls(nil, c.untracked(c.Stream(), "closeStream"))
}

// DeleteStream sends deleteStream for the current stream and forgets it: the
// next Publish or Play creates another. Nothing answers it.
func (c *Client) DeleteStream() error {
	c.ask.unpublished()
	id := c.stream.Swap(0)
	return c.sendCalls(nil, c.untracked(0, "deleteStream", float64(id)))
}

// untracked makes a command that has no answer: transaction 0.
func (c *Client) untracked(stream uint32, name string, args ...any) call {
	call := c.next(stream, name, args...)
	call.Transaction = 0
	return call
}

// SendPause sends pause or, with on false, unpause.
func (c *Client) SendPause(on bool) error {
	return c.sendCalls(nil, c.untracked(c.Stream(), "pause", on, 0.0))
}

// SendSeek sends seek.
func (c *Client) SendSeek(to time.Duration) error {
	return c.sendCalls(nil, c.untracked(c.Stream(), "seek", float64(to.Milliseconds())))
}
