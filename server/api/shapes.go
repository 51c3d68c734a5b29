package api

import (
	"cmp"
	"hash/fnv"
	"math"
	"strconv"
	"time"

	"hookproof/server"
)

// kbps are rates in kbit/s.
type kbps struct {
	Recv int64 `json:"recv_30s"`
	Send int64 `json:"send_30s"`
}

// vhostShape is a vhost as SRS tells it (SrsStatisticVhost::dumps).
type vhostShape struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Enabled   bool     `json:"enabled"`
	Clients   int      `json:"clients"`
	Streams   int      `json:"streams"`
	SendBytes int64    `json:"send_bytes"`
	RecvBytes int64    `json:"recv_bytes"`
	Kbps      kbps     `json:"kbps"`
	HLS       hlsShape `json:"hls"`
}

// hlsShape says whether a vhost has HLS, and how long its segments are, in seconds.
type hlsShape struct {
	Enabled  bool    `json:"enabled"`
	Fragment float64 `json:"fragment,omitempty"`
}

// streamShape is a stream as SRS tells it (SrsStatisticStream::dumps).
type streamShape struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	VHost     string       `json:"vhost"` // its id
	App       string       `json:"app"`
	TCURL     string       `json:"tcUrl"`
	URL       string       `json:"url"`
	LiveMS    int64        `json:"live_ms"` // the time now, as with SRS
	Clients   int          `json:"clients"`
	Frames    int64        `json:"frames"`
	SendBytes int64        `json:"send_bytes"`
	RecvBytes int64        `json:"recv_bytes"`
	Kbps      kbps         `json:"kbps"`
	Publish   publishShape `json:"publish"`
	Video     *videoShape  `json:"video"` // null while unknown
	Audio     *audioShape  `json:"audio"`
}

type publishShape struct {
	Active bool   `json:"active"`
	CID    string `json:"cid,omitempty"`
}

// videoShape lacks SRS's profile and level: the server does not look at them.
type videoShape struct {
	Codec  string `json:"codec"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// audioShape lacks SRS's sample_rate, channel and profile, for the same reason.
type audioShape struct {
	Codec string `json:"codec"`
}

// clientShape is a client as SRS tells it (SrsStatisticClient::dumps).
type clientShape struct {
	ID        string  `json:"id"`
	VHost     string  `json:"vhost"`  // its id
	Stream    string  `json:"stream"` // its id; empty while the client is idle
	IP        string  `json:"ip"`
	PageURL   string  `json:"pageUrl"`
	SWFURL    string  `json:"swfUrl"`
	TCURL     string  `json:"tcUrl"`
	URL       string  `json:"url"`
	Name      string  `json:"name"` // of the stream
	Type      string  `json:"type"`
	Publish   bool    `json:"publish"`
	Alive     float64 `json:"alive"` // seconds
	SendBytes int64   `json:"send_bytes"`
	RecvBytes int64   `json:"recv_bytes"`
	Kbps      kbps    `json:"kbps"`
}

// shapeClient turns a client into its shape.
func shapeClient(c server.ClientInfo, now time.Time, rate kbps) clientShape {
	// SRS tells FMLE's publishers from Flash's by the commands they sent; the
	// server treats both alike.
	kind := map[server.Kind]string{
		server.KindPublish: "fmle-publish", server.KindPlay: "rtmp-play", server.KindFLV: "flv-play",
		server.KindHLS: "hls-play",
	}[c.Kind]
	return clientShape{
		ID: c.ID, VHost: vhostID(c.VHost), Stream: c.StreamID, IP: c.IP,
		PageURL: c.PageURL, SWFURL: c.SWFURL, TCURL: c.TCURL,
		URL: streamURL(c.VHost, c.App, c.Stream), Name: c.Stream,
		Type: cmp.Or(kind, "Unknown"), Publish: c.Kind == server.KindPublish,
		Alive:     math.Round(now.Sub(c.Since).Seconds()*1000) / 1000,
		SendBytes: c.SentBytes, RecvBytes: c.RecvBytes, Kbps: rate,
	}
}

// shapeStream turns a stream into its shape.
func shapeStream(s server.StreamInfo, now time.Time, rate kbps) streamShape {
	shape := streamShape{
		ID: s.ID, Name: s.Name, VHost: vhostID(s.VHost), App: s.App, TCURL: s.TCURL,
		URL: streamURL(s.VHost, s.App, s.Name), LiveMS: now.UnixMilli(),
		Clients: s.Clients, Frames: s.Frames, SendBytes: s.SentBytes, RecvBytes: s.RecvBytes, Kbps: rate,
		Publish: publishShape{Active: s.Publisher != "", CID: s.Publisher},
	}
	if s.Video != "" {
		shape.Video = &videoShape{s.Video, s.Width, s.Height}
	}
	if s.Audio != "" {
		shape.Audio = &audioShape{s.Audio}
	}
	return shape
}

// shapeVHosts turns the configured vhosts into their shapes, in the order of
// the configuration, with the sums over their clients and live streams.
func shapeVHosts(vhosts []server.VHost, clients []server.ClientInfo, rate map[string]kbps,
	streams []server.StreamInfo) []vhostShape {
	shapes := make([]vhostShape, len(vhosts))
	byName := make(map[string]*vhostShape, len(vhosts))
	for i, v := range vhosts {
		shapes[i] = vhostShape{ID: vhostID(v.Name), Name: v.Name, Enabled: v.Enabled}
		if v.HLS.Enabled {
			shapes[i].HLS = hlsShape{true, v.HLS.Fragment.Seconds()}
		}
		byName[v.Name] = &shapes[i]
	}
	for i := range clients {
		c := &clients[i]
		if v := byName[c.VHost]; v != nil {
			v.Clients++
			v.SendBytes, v.RecvBytes = v.SendBytes+c.SentBytes, v.RecvBytes+c.RecvBytes
			v.Kbps.Send, v.Kbps.Recv = v.Kbps.Send+rate[c.ID].Send, v.Kbps.Recv+rate[c.ID].Recv
		}
	}
	for i := range streams {
		if v := byName[streams[i].VHost]; v != nil && streams[i].Publisher != "" {
			v.Streams++
		}
	}
	return shapes
}

// vhostID returns the id of a vhost: SRS draws one at the start, here the name
// decides, so that it outlives a restart.
func vhostID(name string) string {
	h := fnv.New64a()
	h.Write([]byte(name))
	digits := strconv.FormatUint(h.Sum64(), 36)
	return "vid-" + ("0000000" + digits)[len(digits):]
}

// streamURL is the stream_url of the hooks (S-KEY-10); empty without a stream.
func streamURL(vhost, app, stream string) string {
	switch {
	case stream == "":
		return ""
	case vhost == server.DefaultVHost:
		return "/" + app + "/" + stream
	}
	return vhost + "/" + app + "/" + stream
}
