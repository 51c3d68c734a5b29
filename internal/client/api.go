package client

import (
	"context"
	"time"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

// Signatures; the bodies follow.

type Client struct{}

// Dial connects and shakes hands.
func Dial(ctx context.Context, o Options) (*Client, error) { panic("not yet") }

// DialRaw connects (TCP only): for peers that never finish a handshake. Raw sends, the rest is refused.
func DialRaw(ctx context.Context, o Options) (*Client, error) { panic("not yet") }

// HandshakeBytes returns C0 and C1 (1537 bytes), to be sent whole or in part through Raw.
func HandshakeBytes() []byte { panic("not yet") }

// Waiting steps.
func (c *Client) Connect(ctx context.Context) error                                 { panic("not yet") }
func (c *Client) ReleaseStream(ctx context.Context, name string) error              { panic("not yet") }
func (c *Client) FCPublish(ctx context.Context, name string) error                  { panic("not yet") }
func (c *Client) CreateStream(ctx context.Context) (uint32, error)                  { panic("not yet") }
func (c *Client) Publish(ctx context.Context, name, kind string) error              { panic("not yet") } // whole style sequence; kind "live" when empty
func (c *Client) Play(ctx context.Context, name string) error                       { panic("not yet") } // createStream when needed, play, waits for Play.Start
func (c *Client) AwaitPublish(ctx context.Context) error                            { panic("not yet") }
func (c *Client) AwaitPlay(ctx context.Context) error                               { panic("not yet") }
func (c *Client) FCUnpublish(ctx context.Context, name string) error                { panic("not yet") }
func (c *Client) CloseStream(ctx context.Context) error                             { panic("not yet") }
func (c *Client) DeleteStream(ctx context.Context) error                            { panic("not yet") }
func (c *Client) Pause(ctx context.Context, on bool) error                          { panic("not yet") }
func (c *Client) Seek(ctx context.Context, to time.Duration) error                  { panic("not yet") }
func (c *Client) Call(ctx context.Context, name string, args ...any) (Event, error) { panic("not yet") } // waits for _result or _error

// Sending without waiting. Stream 0 of UseStream is none.
func (c *Client) UseStream(id uint32) { panic("not yet") } // the stream that further steps are about
func (c *Client) Stream() uint32      { panic("not yet") }
func (c *Client) SendConnect() error  { panic("not yet") }
func (c *Client) SendCommand(stream uint32, name string, args ...any) (tx float64, err error) {
	panic("not yet")
}                                                     // with a new transaction
func (c *Client) SendPublish(name, kind string) error { panic("not yet") }
func (c *Client) SendPlay(name string) error          { panic("not yet") }
func (c *Client) SendMessage(m *chunk.Message) error  { panic("not yet") }
func (c *Client) Raw(b []byte) error                  { panic("not yet") }
func (c *Client) Cork()                               { panic("not yet") } // hold what is sent …
func (c *Client) Uncork() error                       { panic("not yet") } // … and write it at once

// Media. WriteMedia writes at once; Pace by the tags' timestamps at speed (1 = real time), until the end or ctx is done.
func (c *Client) WriteMedia(tags ...flv.Tag) error                              { panic("not yet") }
func (c *Client) Pace(ctx context.Context, tags []flv.Tag, speed float64) error { panic("not yet") }

// The end.
func (c *Client) Leave(ctx context.Context) error { panic("not yet") } // the style's goodbye (FCUnpublish/closeStream, deleteStream), then Close
func (c *Client) Close() error                    { panic("not yet") } // FIN, waits up to Linger for the server's; no goodbye
func (c *Client) Vanish()                         { panic("not yet") } // RST
func (c *Client) HalfClose() error                { panic("not yet") }
func (c *Client) StallReading(on bool)            { panic("not yet") }

// Observation.
func (c *Client) Await(ctx context.Context, match func(Event) bool) (Event, error) { panic("not yet") }
func (c *Client) Done() <-chan struct{}                                            { panic("not yet") }
func (c *Client) End() (Event, bool)                                               { panic("not yet") } // the Disconnected event, once Done
func (c *Client) Events() []Event                                                  { panic("not yet") }
func (c *Client) Counters() Counters                                               { panic("not yet") }
func (c *Client) Publishers() []Seen                                               { panic("not yet") } // whose marked frames were received
func (c *Client) LocalAddr() string                                                { panic("not yet") }

// Counters of one client; frames do not include sequence headers.
type Counters struct {
	AudioFrames, VideoFrames, Keyframes, SequenceHeaders, DataMessages uint64 // received
	MediaBytes                                                         uint64
	Marked, Unmarked                                                   uint64 // received frames with and without a marker
	SentFrames                                                         uint64
	BytesIn, BytesOut                                                  uint64
	FirstFrame, LastFrame                                              time.Time // zero: none
}

// Marker is a publisher's stamp in a frame.
type Marker struct {
	Publisher uint64 // Options.Publisher; 0: no marker
	Seq       uint64 // of the frame, from 0
	SentAt    time.Time
}

// Seen counts the marked frames of one publisher.
type Seen struct {
	Publisher   uint64
	Frames      uint64
	First, Last Marker
}

// Clip is the embedded clip's tags (shared: do not change): metadata, sequence headers, 3 s of H.264 + AAC.
func Clip() []flv.Tag { panic("not yet") }

// Whole runs.
type PublishRun struct {
	Options
	Name, Kind string          // stream name with its parameters; kind "" is live
	Tags       []flv.Tag       // nil: Clip
	Speed      float64         // 0: at once; 1: real time
	Hold       <-chan struct{} // published and sent, stay until closed (or disconnected, or ctx)
}
type PlayRun struct {
	Options
	Name  string
	Until func(Counters) bool // leave when true; nil: stay until ctx is done or disconnected
}

func RunPublisher(ctx context.Context, r PublishRun) (*Client, error) { panic("not yet") } // the client is always left; returned for its evidence
func RunPlayer(ctx context.Context, r PlayRun) (*Client, error)       { panic("not yet") }
