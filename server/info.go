package server

import (
	"time"

	"hookproof/hook"
)

// Kind says what a client does.
type Kind string

// The kinds of client. One that publishes and plays at once counts as a publisher.
const (
	KindIdle    Kind = "idle"
	KindPublish Kind = "publish"
	KindPlay    Kind = "play"
	KindFLV     Kind = "flv" // plays over HTTP-FLV
	KindHLS     Kind = "hls" // plays by HLS: a viewer of several requests
)

// ClientInfo describes one client whose connect was accepted, or that plays over HTTP.
type ClientInfo struct {
	// ID is the client_id of its hooks, as text; Kick takes it.
	ID string
	// IP is its address without the port, Addr with it.
	IP, Addr string
	// VHost and App are of its connect, Stream and StreamID of what it publishes or plays, empty while idle.
	VHost, App, Stream, StreamID string
	// TCURL, PageURL, SWFURL and FlashVer are what its connect said.
	TCURL, PageURL, SWFURL, FlashVer string
	Kind                             Kind
	// Since is when the TCP connection came.
	Since time.Time
	// RecvBytes and SentBytes count the whole connection, handshake included; of HLS the segments alone.
	RecvBytes, SentBytes int64
}

// StreamInfo describes one stream that has a publisher or players.
type StreamInfo struct {
	// ID is the stream_id of the hooks: the same for the publisher and the players, new once all had left.
	ID string
	// VHost, App and Name together name it.
	VHost, App, Name string
	// Publisher is the client id of the live publisher; empty while there is none.
	Publisher string
	// TCURL is what its connect said.
	TCURL string
	// Live is when publishing began; zero while nobody publishes.
	Live time.Time
	// Players is how many play it or wait for it; Clients counts the publisher too.
	Players, Clients int
	// Video and Audio name the codecs as in codec.VideoHeader and codec.AudioHeader ("avc1", "mp4a" …); empty while
	// unknown. Width and Height are 0 while unknown.
	Video, Audio  string
	Width, Height int
	// Frames counts the audio and video messages of this publisher, RecvBytes their payload.
	Frames, RecvBytes int64
	// SentBytes is what its players were sent since the stream exists.
	SentBytes int64
}

// Stats are the counters of a server since New.
type Stats struct {
	// Started is when Start was called.
	Started time.Time
	// Connections is what is open now, Accepted and Refused what came: served, and closed for MaxConnections.
	Connections, Accepted, Refused int64
	// Displaced is how many did nothing and had to leave for another when there were MaxConnections.
	Displaced int64
	// Clients, Publishers, Players and Idle are sessions now; Idle is Clients that do neither. Players are of all
	// kinds; FLVPlayers and HLSPlayers are those over HTTP.
	Clients, Publishers, Players, Idle int64
	FLVPlayers, HLSPlayers             int64
	// Streams is how many streams there are now; LiveStreams how many have a publisher.
	Streams, LiveStreams int64
	// RecvBytes and SentBytes count all connections, those that are closed among them.
	RecvBytes, SentBytes int64
	// Frames counts the audio and video messages received, Dropped those that slow players were not sent.
	Frames, Dropped int64
	// Skipped counts the messages of clients that could not be used: media that belongs nowhere, broken data, commands
	// that cannot be read.
	Skipped int64
	// Media is how many bytes of media are held now: what streams cache, and what waits to be written to players.
	Media int64
	// Segments is how many bytes of HLS segments are held now.
	Segments int64
	// HookCalls counts requests by event, HookRefusals the clients refused by it.
	HookCalls, HookRefusals [len(hook.Events)]int64
	// HookRetries counts the requests of closing events that were sent again, HookLost the URLs that a
	// closing event was given up for.
	HookRetries, HookLost [len(hook.Events)]int64
	// Hooks is what the hook callers are doing now.
	Hooks hook.Load
}
