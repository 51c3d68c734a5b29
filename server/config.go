package server

import (
	"net/netip"
	"time"

	"hookproof/hook"
	"hookproof/internal/rtmp/chunk"
)

// DefaultVHost is the vhost of every client that names no configured one (S-KEY-11).
const DefaultVHost = "__defaultVhost__"

// Config says what a Server does. DefaultConfig has working values; Validate names what is wrong.
type Config struct {
	// Listen holds the RTMP addresses, host:port; port 0 takes a free one.
	Listen []string
	// MaxConnections bounds the clients served at once; one more gets the place of a client that does nothing, or
	// is closed as it comes. 1 or more.
	MaxConnections int
	// ChunkSize is the chunk size of everything the server sends, in bytes, 128 to 65,536.
	ChunkSize int
	// VHosts holds the virtual hosts. Without one named DefaultVHost, clients of unknown hosts are refused.
	VHosts []VHost
	// API is the HTTP API; off by default.
	API API
	// HTTP is where viewers come over HTTP; off by default.
	HTTP HTTP
	// Timeouts bound how long a quiet client may stay.
	Timeouts Timeouts
	// Limits bound what one client may cost.
	Limits Limits
	// Play shapes the delivery of media to players.
	Play Play
	// Memory bounds the media that is held.
	Memory Memory
	// ServerID is the server_id of the hook payloads; empty: one made at the start.
	ServerID string
	// LogParams shows the parameters of streams and tcUrls in the log and in the HTTP API; they carry tokens, so they
	// are masked unless set.
	LogParams bool
}

// VHost is one virtual host: its streams, and the hooks that its clients are asked of (S-CFG-03).
type VHost struct {
	// Name is compared byte by byte with what the client names.
	Name string
	// Enabled off refuses every client at connect.
	Enabled bool
	// GOPCache sends a new player what came since the last keyframe; off, it waits for the next one.
	GOPCache bool
	// GOPFrames and GOPTime bound what GOPCache keeps, in audio and video messages (SRS: gop_cache_max_frames) and in
	// time: a longer group of pictures is not kept. 0: no such bound.
	GOPFrames int
	GOPTime   time.Duration
	// Merge is the longest time that writes to many players are put off to be sent as one; few players are not
	// put off. It is what many players cost against how late they get a frame. 0 never puts off.
	Merge time.Duration
	// FirstPacket and Publish are the vhost's own Timeouts of that name. 0: those of the server.
	FirstPacket, Publish time.Duration
	// Hooks says who is asked.
	Hooks Hooks
	// Remux serves every stream of the vhost as HTTP-FLV at /APP/STREAM.flv of HTTP (SRS: http_remux).
	Remux bool
	// HLS serves them at /APP/STREAM.m3u8.
	HLS HLS
}

// HLS says how the streams of a vhost are served in segments.
type HLS struct {
	Enabled bool
	// Fragment is how long a segment is at least, Window how much of a stream the playlist has (SRS: hls_fragment,
	// hls_window). A viewer that asks for nothing for two windows has left. More than 0 if Enabled.
	Fragment, Window time.Duration
	// Ctx tells viewers apart by a parameter of their own, hls_ctx, as SRS does. Off, those of one address with the
	// same parameters are one viewer.
	Ctx bool
}

// Hooks are the HTTP callbacks of a vhost.
type Hooks struct {
	// Enabled off calls nothing and accepts everyone (S-CFG-01).
	Enabled bool
	// Profile is the name of a hook.Profile: "srs1" or "srs7", say.
	Profile string
	// Timeout bounds one call, all of it; an opening event without an answer by then is refused. More than 0.
	Timeout time.Duration
	// URLs are called one by one in this order (S-URL-01); an event without any accepts (S-CFG-02).
	URLs map[hook.Event][]string
	// InsecureTLS accepts any certificate of an https hook server, as SRS does.
	InsecureTLS bool
	// KeepAlive sends many calls over one connection, where the server of the profile makes a connection for every
	// call (hook.Profile.FreshConnections): cheaper, but a hook server that serves one request on a connection and does
	// not say so loses events.
	KeepAlive bool
	// MaxCalls bounds the calls of this vhost that one hook server, by its host and port, is asked at once;
	// further clients wait for their turn, the first to come first. 0: hook.DefaultMaxCalls.
	MaxCalls int
	// Retry is for how long a closing event is sent again that did not reach its hook server, see
	// hook.Caller.Deliver: then the hook server may get it twice. 0: it is lost, as in SRS.
	Retry time.Duration
}

// API is the HTTP API's listener.
type API struct {
	Enabled bool
	// Listen is host:port; a port alone is not enough, so that nobody opens it to the world unawares.
	Listen string
	// Metrics serves /metrics for Prometheus on the same address.
	Metrics bool
}

// HTTP is the listener for HTTP-FLV and HLS.
type HTTP struct {
	Enabled bool
	// Listen is host:port.
	Listen string
	// CrossOrigin lets web pages of every origin read what is served (SRS: crossdomain).
	CrossOrigin bool
	// Proxies are the addresses whose X-Forwarded-For is believed: the ip of the hooks is then what they say. Without
	// any it is the peer's, whatever the peer says.
	Proxies []netip.Prefix
}

// Timeouts bound how long a client may stay without doing what it came for. 0 is none, except where said.
type Timeouts struct {
	// Connect is from the TCP connection to a complete connect command; never none.
	Connect time.Duration
	// Idle is how long a connected client may stay without publishing or playing.
	Idle time.Duration
	// FirstPacket is from Publish.Start to the first bytes of the publisher (SRS: firstpkt_timeout).
	FirstPacket time.Duration
	// Publish is the longest silence of a publisher after that (SRS: normal_timeout).
	Publish time.Duration
	// Ping is how often a quiet player is asked for a sign of life, and Player how long it may owe one
	// (S-ORD-11). Without Ping there is no Player either: players need not say anything of themselves.
	Ping, Player time.Duration
	// Write is how long one write may wait for a client that does not read; never none.
	Write time.Duration
	// Linger is how long a refused client may take to read why before its connection is cut.
	Linger time.Duration
}

// Limits bound what one client may cost. Bytes, or counts.
type Limits struct {
	// Unconnected holds for what comes before connect is accepted, Connected afterwards, Publishing once a
	// publish was accepted.
	Unconnected, Connected, Publishing MessageLimits
	// Unfinished is what the messages under way of all clients may occupy together, beyond 32 KB of each client, in
	// bytes; then the client that has sat on one for longest has to go. It is taken at the start, not by Reload.
	Unfinished int
	// Streams is the number of message streams of one connection.
	Streams int
	// Openings is how many publishes and plays one connection may ask for at once; each second allows one more.
	// Each is two hook calls, so this bounds what one client can make of the hook server.
	Openings int
	// StreamName and Param bound a stream's name and its parameters; TCURL bounds tcUrl and pageUrl.
	StreamName, Param, TCURL int
}

// MessageLimits bound the messages of one client; zero values mean their defaults.
type MessageLimits = chunk.Limits

// Play shapes the delivery of media.
type Play struct {
	// Queue bounds how far a player may fall behind; then it drops to the newest keyframe.
	Queue time.Duration
	// QueueBytes bounds what a stream keeps for its players, whatever its time.
	QueueBytes int
}

// Memory bounds the media that is held: what streams cache for new and slow players, and what waits to be written.
type Memory struct {
	// Media is for all clients together, in bytes. Beyond it the largest GOP caches are dropped first, then the players
	// whose writes have waited longest. The segments of HLS may have half as much besides. 0: a quarter of the memory
	// of the machine or its container.
	Media int64
	// Client is what the caches of one client's publications may hold together, what may wait to be written to its
	// plays, and what the segments of each stream may hold, in bytes.
	Client int
}

// DefaultConfig listens on 127.0.0.1:1935 with the default vhost, GOP cache on and hooks off.
func DefaultConfig() Config {
	return Config{
		Listen:         []string{"127.0.0.1:1935"},
		MaxConnections: 10000,
		ChunkSize:      60000,
		VHosts:         []VHost{DefaultVHostConfig(DefaultVHost)},
		API:            API{Listen: "127.0.0.1:1985", Metrics: true},
		HTTP:           HTTP{Listen: "127.0.0.1:8080", CrossOrigin: true},
		Timeouts: Timeouts{
			Connect: 10 * time.Second, Idle: 30 * time.Second,
			FirstPacket: 20 * time.Second, Publish: 5 * time.Second,
			Ping: 10 * time.Second, Player: 30 * time.Second,
			Write: 10 * time.Second, Linger: 500 * time.Millisecond,
		},
		Limits: DefaultLimits(),
		Play:   Play{Queue: 10 * time.Second, QueueBytes: 16 << 20},
		Memory: Memory{Client: 32 << 20},
	}
}

// DefaultVHostConfig is an enabled vhost of that name, SRS's 350 ms of merging, hooks off but ready: profile srs1,
// 30 s, no retry, no URL.
func DefaultVHostConfig(name string) VHost {
	return VHost{
		Name: name, Enabled: true, Merge: 350 * time.Millisecond,
		GOPCache: true, GOPFrames: 2500, GOPTime: 30 * time.Second,
		HLS: HLS{Fragment: 10 * time.Second, Window: time.Minute, Ctx: true},
		Hooks: Hooks{Profile: "srs1", Timeout: 30 * time.Second, MaxCalls: hook.DefaultMaxCalls,
			URLs: map[hook.Event][]string{}},
	}
}

// DefaultLimits lets pass what real encoders send: 4K keyframes, 4,096-byte tokens and then some.
func DefaultLimits() Limits {
	early := chunk.ConnectLimits()
	// a 4 KB token is in app and tcUrl
	early.MessageSize, early.CommandSize, early.Buffered = 16<<10, 16<<10, 24<<10
	known := chunk.DefaultLimits()
	known.MessageSize, known.Buffered = 256<<10, 320<<10 // commands, and media of who does not wait for Publish.Start
	return Limits{
		Unconnected: early, Connected: known, Publishing: chunk.DefaultLimits(),
		Unfinished: 512 << 20, Streams: 16, Openings: 32, StreamName: 2048, Param: 32 << 10, TCURL: 32 << 10,
	}
}
