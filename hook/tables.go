package hook

import (
	"net/http"
	"slices"
)

// SRS1 is the document of 2014 (v1_EN_HTTPCallback), checked against the
// source of SRS 1.0: integer client ids, and 200 with the byte 0 as the only
// answer that accepts.
var SRS1 = &Profile{
	Name:              "srs1",
	Title:             "the document of 2014 and SRS 1.0",
	Agents:            []Agent{{Begin: "SRS(Simple RTMP Server)"}, {Begin: "SRS/", From: "1", Until: "4"}},
	ConnectFirst:      true,
	ConnectAlone:      Must,
	CloseAfterRefusal: May,
	FreshConnections:  true,
	AcceptStatus:      []int{http.StatusOK},
	// SRS gave it up to 5.0.213.
	UnpublishAfterBusy: true,
	keys: [eventCount][]Key{
		OnConnect:   keys("action", "client_id:number", "ip", "vhost", "app", "tcUrl", "pageUrl"),
		OnClose:     keys("action", "client_id:number", "ip", "vhost", "app"),
		OnPublish:   srs1Stream,
		OnUnpublish: srs1Stream,
		OnPlay:      srs1Stream,
		OnStop:      srs1Stream,
	},
}

// SRS6 is what SRS 5.0.214 to 7.0.61 do on the wire, as seen of 5.0.216, 6.0.157 and 7.0.18, key order and all.
var SRS6 = &Profile{
	Name:              "srs6",
	Title:             "SRS 5.0.214 to 7.0.61 as observed",
	Agents:            []Agent{{Begin: "SRS/", From: "4", Until: "7.0.62"}},
	ConnectAlone:      May,
	ConnectAgain:      true,
	CloseAfterRefusal: Must,
	FreshConnections:  true,
	AcceptStatus:      []int{http.StatusOK, http.StatusCreated},
	AcceptObject:      true,
	keys: [eventCount][]Key{
		OnConnect: keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
			"stream", "param", "tcUrl", "pageUrl"),
		OnClose: keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
			"send_bytes:count", "recv_bytes:count"),
		OnPublish:   srs6Stream,
		OnUnpublish: srs6Stream,
		OnPlay:      keys(srs6Play...),
		OnStop:      keys(srs6Stop...),
	},
}

// SRS7 is what SRS 7.0.62 and later do on the wire, as seen of 7.0.128.
var SRS7 = &Profile{
	Name:              "srs7",
	Title:             "SRS 7.0.62 and later as observed",
	Agents:            []Agent{{Begin: "SRS/", From: "7.0.62"}},
	ConnectAlone:      May,
	ConnectAgain:      true,
	CloseAfterRefusal: Must,
	ClaimFirst:        true,
	FreshConnections:  true,
	AcceptStatus:      []int{http.StatusOK, http.StatusCreated},
	AcceptObject:      true,
	keys: [eventCount][]Key{
		OnConnect:   SRS6.keys[OnConnect],
		OnClose:     SRS6.keys[OnClose],
		OnPublish:   srs6Stream,
		OnUnpublish: srs6Stream,
		// clients came with 7.0.107, and is absent where the server keeps no statistics of the stream.
		OnPlay: keys(append(slices.Clip(srs6Play), "clients:count:optional")...),
		OnStop: keys(append(slices.Clip(srs6Stop), "clients:count:optional")...),
	},
}

var (
	srs1Stream = keys("action", "client_id:number", "ip", "vhost", "app", "stream")
	srs6Stream = keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
		"tcUrl", "stream", "param", "stream_url", "stream_id")

	srs6Play = []string{"server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app", "stream", "tcUrl",
		"param", "pageUrl", "stream_url", "stream_id"}
	// The table of PROTOCOL.md gives on_stop the keys of on_play; SRS sends it without pageUrl. So it is sent and not
	// asked for.
	srs6Stop = []string{"server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app", "tcUrl", "stream",
		"param", "pageUrl:optional", "stream_url", "stream_id"}
)

// keys builds a row of the tables from "name" or "name:kind".
func keys(specs ...string) []Key {
	row := make([]Key, len(specs))
	for i, spec := range specs {
		row[i] = parseKey(spec)
	}
	return row
}
