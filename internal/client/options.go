package client

import (
	"time"

	"hookproof/internal/rtmp/amf"
)

// Style is the order of commands with which a client begins and ends to
// publish. Servers tell the two apart: S-ORD-10 depends on it.
type Style uint8

const (
	// FMLE is what ffmpeg and OBS send: releaseStream, FCPublish, createStream,
	// publish; and FCUnpublish, deleteStream at the end.
	FMLE Style = iota
	// Flash is createStream, publish; and closeStream, deleteStream at the end.
	Flash
)

// String returns "fmle" or "flash".
func (s Style) String() string {
	if s == Flash {
		return "flash"
	}
	return "fmle"
}

// Defaults of Options.
const (
	DefaultTimeout   = 10 * time.Second
	DefaultLinger    = 500 * time.Millisecond
	DefaultChunkSize = 60000
	DefaultFlashVer  = "FMLE/3.0 (compatible; hookproof)"
)

// Options say whom a client connects to, and how it presents itself. Only URL
// is needed. Strings are sent byte for byte, invalid UTF-8 among them.
type Options struct {
	// URL is rtmp://host[:port]/app[/instance][?query]; the port defaults to
	// 1935. Everything after host:port is the app, the query included.
	URL string
	// TCURL and App replace what connect would say; empty: from URL.
	TCURL, App string
	// PageURL and SWFURL are left out of connect when empty.
	PageURL, SWFURL string
	// FlashVer defaults to DefaultFlashVer.
	FlashVer string
	// ObjectEncoding is sent in connect: 0 (AMF0, the default) or 3. Commands
	// are sent as AMF0 either way.
	ObjectEncoding float64
	// ConnectObject, when not nil, is sent as connect's command object instead
	// of the one made from the fields above (to leave out tcUrl, say).
	ConnectObject amf.Object
	// ConnectArgs are sent after connect's command object.
	ConnectArgs []any

	// LocalAddr is the address to connect from, "127.0.0.2" or with a port.
	LocalAddr string
	// Timeout bounds each step and each write; 0 is DefaultTimeout.
	Timeout time.Duration
	// Linger is how long Close waits for the server to end its side after
	// ours; 0 is DefaultLinger, less than 0 closes without waiting.
	Linger time.Duration
	// Style is how Publish begins and Leave ends.
	Style Style
	// ChunkSize is announced with the first command after connect, in bytes,
	// 1 to 0xffffff; 0 is DefaultChunkSize, less than 0 announces none and
	// keeps to 128.
	ChunkSize int
	// ReceiveBuffer is the socket's receive buffer in bytes, 0 for the system's.
	// A small one makes StallReading felt at once.
	ReceiveBuffer int
	// OnFrame, when not nil, is told of audio and video instead of Observe, for
	// thousands of players: no Event is made of them, Counters and Publishers
	// leave them out, and their bodies are not kept but for the first 256
	// bytes, where headers and markers stand. Called as Observe is, in the
	// reading goroutine.
	OnFrame func(Frame)
	// Publisher, when not 0, is stamped into every H.264 and AAC frame this
	// client publishes (Marker). It should be unique in a run.
	Publisher uint64

	// Observe is told every event, media included. It is called without locks
	// held, in the goroutine in which the event happened, so events of the
	// reading and of the writing side may arrive concurrently and Event.Seq has
	// their order. It must not block and must not wait for the client.
	Observe func(Event)
	// Quiet keeps no events: Events is empty, and Await sees only what comes
	// after it. For thousands of clients in one process.
	Quiet bool
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Linger == 0 {
		o.Linger = DefaultLinger
	}
	if o.ChunkSize == 0 {
		o.ChunkSize = DefaultChunkSize
	}
	if o.FlashVer == "" {
		o.FlashVer = DefaultFlashVer
	}
	return o
}
