package viewer

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/flv"
)

// A Frame is an audio, video or data tag that a viewer got.
type Frame struct {
	At        time.Time
	Type      uint8  // of the tag: audio, video or data
	Timestamp uint32 // milliseconds
	Picture   bool   // or a sound: no header, no data
	Keyframe  bool
	Header    bool          // it configures a decoder
	Marker    client.Marker // zero unless the frame carries one
	Payload   []byte        // valid during the call only
}

// FLV is a viewer over HTTP-FLV.
type FLV struct {
	Status int // of the answer
	body   io.Reader
	conn   *net.TCPConn
	cause  atomic.Pointer[client.How]
	done   chan struct{}
	how    client.How
}

// Open asks for a stream, and waits for the answer, or for ctx. Without one the error is the connection's: see [HowOf].
// Play is to be called then.
func Open(ctx context.Context, o Options, target string) (*FLV, error) {
	conn, answer, err := request(ctx, o, target)
	if err != nil {
		return nil, err
	}
	return &FLV{Status: answer.StatusCode, body: answer.Body, conn: conn, done: make(chan struct{})}, nil
}

// Play gives frame what comes after an answer of 200, from a goroutine that ends with the connection. It is called
// once.
func (v *FLV) Play(frame func(*Frame)) {
	go func() {
		defer close(v.done)
		defer v.conn.Close()
		v.because(HowOf(v.read(v.body, frame)))
		v.how = *v.cause.Load()
	}()
}

// read reads the answer to its end, and returns the error that was it.
func (v *FLV) read(body io.Reader, frame func(*Frame)) error {
	if v.Status != http.StatusOK {
		if _, err := io.CopyN(io.Discard, body, maxBody); err != nil {
			return err
		}
		return errors.New("viewer: a refusal without an end")
	}
	r, err := flv.NewReader(body)
	for err == nil {
		var tag flv.Tag
		if err = r.Next(&tag); err == nil {
			frame(frameOf(&tag))
		}
	}
	return err
}

// frameOf says what a tag is.
func frameOf(tag *flv.Tag) *Frame {
	f := &Frame{At: time.Now(), Type: uint8(tag.Type), Timestamp: tag.Timestamp, Payload: tag.Data}
	switch tag.Type {
	case flv.TypeVideo:
		h, err := codec.ParseVideo(tag.Data)
		f.Header = err == nil && (h.SequenceHeader || h.Metadata)
		f.Keyframe = err == nil && h.Keyframe
		f.Picture = !f.Header && !h.SequenceEnd && !h.Command
	case flv.TypeAudio:
		h, err := codec.ParseAudio(tag.Data)
		f.Header = err == nil && (h.SequenceHeader || h.ChannelConfig)
		f.Picture = !f.Header && !h.SequenceEnd
	}
	if f.Picture {
		f.Marker, _ = client.ParseMarker(tag.Data)
	}
	return f
}

// because notes why the connection ends; the first one to say counts.
func (v *FLV) because(how client.How) { v.cause.CompareAndSwap(nil, &how) }

// Leave closes the connection as players do, and waits for Done.
func (v *FLV) Leave() {
	v.because(client.Local)
	v.conn.Close()
	<-v.done
}

// Vanish resets the connection, and waits for Done.
func (v *FLV) Vanish() {
	v.because(client.Local)
	v.conn.SetLinger(0)
	v.conn.Close()
	<-v.done
}

// Done is closed when the connection is over.
func (v *FLV) Done() <-chan struct{} { return v.done }

// How tells how the connection ended, once Done is closed.
func (v *FLV) How() client.How { return v.how }

// HowOf says from an error of the connection how it ended.
func HowOf(err error) client.How {
	var wrong *flv.FormatError
	if errors.As(err, &wrong) {
		return client.Protocol
	}
	return client.HowOf(err)
}
