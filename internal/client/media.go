package client

import (
	"context"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/flv"
)

// stamper knows what a publisher's stamps need to know.
type stamper struct {
	seq     uint64
	scratch []byte // for stamped payloads; only publishers that stamp have one
	nalSize int    // bytes of a NAL unit's length in the current H.264 stream; 0: not known yet
}

// WriteMedia sends tags on the current stream, at once and as few writes as
// may be. onMetaData goes as @setDataFrame, as publishers send it. With
// Options.Publisher set, H.264 and AAC frames are stamped.
func (c *Client) WriteMedia(tags ...flv.Tag) error {
	stream := c.Stream()
	if stream == 0 {
		return &StepError{Phase: "send media", Err: ErrStream}
	}
	for len(tags) > 0 {
		n := 0
		err := c.send("send media", func(o *outbound) { n = c.putTags(o, stream, tags) })
		if err != nil {
			return err
		}
		tags = tags[n:]
	}
	return nil
}

// putTags puts tags into the buffer until it is full and returns how many.
func (c *Client) putTags(o *outbound, stream uint32, tags []flv.Tag) int {
	for i := range tags {
		if o.buf != nil && len(*o.buf) >= batchSize {
			return i
		}
		m := chunk.Message{Type: tags[i].Type, Stream: stream, Timestamp: tags[i].Timestamp, Payload: tags[i].Data}
		switch m.Type {
		case message.TypeIDAudioMessage:
			m.ChunkStream = command.AudioChunks
		case message.TypeIDVideoMessage:
			m.ChunkStream = command.VideoChunks
		default:
			m.ChunkStream = command.DataChunks
			m.Payload = append([]byte(setDataFrame), m.Payload...)
		}
		if c.o.Publisher != 0 {
			m.Payload = o.stamp.stamp(&tags[i], m.Payload, c.o.Publisher)
		}
		if isFrame(&tags[i]) {
			c.n.sent.Add(1)
		}
		o.put(&m)
	}
	return len(tags)
}

// setDataFrame is the AMF0 string that precedes a publisher's metadata.
const setDataFrame = "\x02\x00\x0d@setDataFrame"

// stamp returns the payload with a marker in it or, where it can carry none,
// as it is. The result is good until the next call.
func (s *stamper) stamp(tag *flv.Tag, payload []byte, publisher uint64) []byte {
	out, ok := s.appendStamped(s.scratch[:0], tag, publisher, s.seq, clockAt(time.Now()))
	if !ok {
		return payload
	}
	s.seq++
	s.scratch = out
	return out
}

// Pace sends tags when they are due by their timestamps, speed times as fast
// as real time (speed 0: all at once), beginning now. It ends when all are
// sent, when ctx is done (its cause) or when the connection is over.
func (c *Client) Pace(ctx context.Context, tags []flv.Tag, speed float64) error {
	if speed <= 0 {
		return c.WriteMedia(tags...)
	}
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := 0; i < len(tags); {
		if ctx.Err() != nil {
			return &StepError{Phase: "send media", Err: context.Cause(ctx)}
		}
		n := dueTags(tags[i:], tags[0].Timestamp, time.Duration(float64(time.Since(start))*speed))
		if n > 0 {
			if err := c.WriteMedia(tags[i : i+n]...); err != nil {
				return err
			}
			i += n
			continue
		}
		ahead := time.Duration(tags[i].Timestamp-tags[0].Timestamp) * time.Millisecond
		timer.Reset(time.Until(start.Add(time.Duration(float64(ahead) / speed))))
		select {
		case <-timer.C:
		case <-c.done:
			end, _ := c.End()
			return &StepError{Phase: "send media", Err: &DisconnectError{How: end.How, Err: end.Err}}
		case <-ctx.Done():
		}
	}
	return nil
}

// dueTags returns how many of tags are due when that much of the media's time
// has passed since first.
func dueTags(tags []flv.Tag, first uint32, passed time.Duration) int {
	for i := range tags {
		if time.Duration(tags[i].Timestamp-first)*time.Millisecond > passed {
			return i
		}
	}
	return len(tags)
}
