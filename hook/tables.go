package hook

import "net/http"

// SRS1 is the document of 2014 (v1_EN_HTTPCallback), checked against the
// source of SRS 1.0: integer client ids, and 200 with the byte 0 as the only
// answer that accepts.
var SRS1 = &Profile{
	Name:              "srs1",
	Title:             "the document of 2014 and SRS 1.0",
	Agents:            []string{"SRS(Simple RTMP Server)", "SRS/3."},
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

// SRS7 is what SRS 7.0.18 does on the wire, key order and all.
var SRS7 = &Profile{
	Name:              "srs7",
	Title:             "SRS 7.0.18 as observed",
	Agents:            []string{"SRS/4.", "SRS/5.", "SRS/6.", "SRS/7."},
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
		OnPublish:   srs7Stream,
		OnUnpublish: srs7Stream,
		OnPlay: keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
			"stream", "tcUrl", "param", "pageUrl", "stream_url", "stream_id"),
		// The table of PROTOCOL.md gives on_stop the keys of on_play; SRS 7
		// sends it without pageUrl. So it is sent and not asked for.
		OnStop: keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
			"tcUrl", "stream", "param", "pageUrl:optional", "stream_url", "stream_id"),
	},
}

var (
	srs1Stream = keys("action", "client_id:number", "ip", "vhost", "app", "stream")
	srs7Stream = keys("server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app",
		"tcUrl", "stream", "param", "stream_url", "stream_id")
)

// keys builds a row of the tables from "name" or "name:kind".
func keys(specs ...string) []Key {
	row := make([]Key, len(specs))
	for i, spec := range specs {
		row[i] = parseKey(spec)
	}
	return row
}
