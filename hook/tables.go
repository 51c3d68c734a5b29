package hook

import (
	"net/http"
	"slices"
)

// SRS1 is the document of 2014 (v1_EN_HTTPCallback), checked against the
// source of SRS 1.0: integer client ids, and 200 with the byte 0 as the only
// answer that accepts.
var SRS1 = &Profile{
	Name:  "srs1",
	First: "1", Last: "2",
	Title:             "the document of 2014 and SRS 1.0",
	Agents:            []Agent{{Begin: "SRS(Simple RTMP Server)"}, {Begin: "SRS/", From: "1", Until: "3"}},
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

// SRS3 is what SRS 3 does on the wire, as seen of 3.0.170: the integer client ids of SRS 1, with param.
var SRS3 = &Profile{
	Name:  "srs3",
	First: "3", Last: "3",
	Title:              "SRS 3 as observed",
	Agents:             []Agent{{Begin: "SRS/", From: "3", Until: "4"}},
	ConnectAlone:       May,
	ConnectAgain:       true,
	CloseAfterRefusal:  Must,
	UnpublishAfterBusy: true,
	FreshConnections:   true,
	SkipInterim:        true,
	AcceptStatus:       []int{http.StatusOK, http.StatusCreated},
	AcceptObject:       true,
	keys: [eventCount][]Key{
		OnConnect:   keys("action", "client_id:number", "ip", "vhost", "app", "tcUrl", "pageUrl"),
		OnClose:     keys("action", "client_id:number", "ip", "vhost", "app", "send_bytes:count", "recv_bytes:count"),
		OnPublish:   keys("action", "client_id:number", "ip", "vhost", "app", "tcUrl", "stream", "param"),
		OnUnpublish: keys("action", "client_id:number", "ip", "vhost", "app", "stream", "param"),
		OnPlay:      keys("action", "client_id:number", "ip", "vhost", "app", "stream", "param", "pageUrl"),
		OnStop:      keys("action", "client_id:number", "ip", "vhost", "app", "stream", "param"),
	},
}

// SRS4 is what SRS 4 does on the wire, as seen of 4.0.271.
var SRS4 = &Profile{
	Name:  "srs4",
	First: "4", Last: "4",
	Title:              "SRS 4 as observed",
	Agents:             []Agent{{Begin: "SRS/", From: "4", Until: "5"}},
	ConnectAlone:       May,
	ConnectAgain:       true,
	CloseAfterRefusal:  Must,
	UnpublishAfterBusy: true,
	FreshConnections:   true,
	SkipInterim:        true,
	AcceptStatus:       []int{http.StatusOK, http.StatusCreated},
	AcceptObject:       true,
	keys: [eventCount][]Key{
		OnConnect: keys("server_id", "action", "client_id:text", "ip", "vhost", "app",
			"stream", "param", "tcUrl", "pageUrl"),
		OnClose: keys("server_id", "action", "client_id:text", "ip", "vhost", "app",
			"send_bytes:count", "recv_bytes:count"),
		OnPublish:   keys("server_id", "action", "client_id:text", "ip", "vhost", "app", "tcUrl", "stream", "param"),
		OnUnpublish: keys("server_id", "action", "client_id:text", "ip", "vhost", "app", "stream", "param"),
		OnPlay:      keys("server_id", "action", "client_id:text", "ip", "vhost", "app", "stream", "param", "pageUrl"),
		OnStop:      keys("server_id", "action", "client_id:text", "ip", "vhost", "app", "stream", "param"),
	},
}

// SRS6 is what SRS 5.0.214 to 7.0.61 do on the wire, as seen of 5.0.216, 6.0.157 and 7.0.18, key order and all.
var SRS6 = &Profile{
	Name:  "srs6",
	First: "5", Last: "7.0.61",
	Title:             "SRS 5.0.214 to 7.0.61 as observed",
	Agents:            []Agent{{Begin: "SRS/", From: "5", Until: "7.0.62"}},
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
		OnPublish:   keys(append(slices.Clip(srs6Stream), "stream_id")...),
		OnUnpublish: keys(append(slices.Clip(srs6Stream), "stream_id:optional")...),
		OnPlay:      keys(srs6Play...),
		OnStop:      keys(srs6Stop...),
	},
}

// SRS7 is what SRS 7.0.62 and later do on the wire, as seen of 7.0.128.
var SRS7 = &Profile{
	Name:  "srs7",
	First: "7.0.62", Last: "7",
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
		OnPublish:   SRS6.keys[OnPublish],
		OnUnpublish: SRS6.keys[OnUnpublish],
		// clients came with 7.0.107.
		OnPlay: keys(append(slices.Clip(srs6Play), "clients:count:optional")...),
		OnStop: keys(append(slices.Clip(srs6Stop), "clients:count:optional")...),
	},
}

// SRS8 is what SRS 8 is to send by its change log and its unit tests: the keys of SRS 7, and param once, where earlier
// ones repeat the parameters of tcUrl in it. No request of it was seen.
var SRS8 = &Profile{
	Name:  "srs8",
	Title: "SRS 8 by its change log, not seen",
	First: "8", Last: "8",
	Preview:           true,
	ConnectAlone:      SRS7.ConnectAlone,
	ConnectAgain:      SRS7.ConnectAgain,
	CloseAfterRefusal: SRS7.CloseAfterRefusal,
	ClaimFirst:        SRS7.ClaimFirst,
	FreshConnections:  SRS7.FreshConnections,
	AcceptStatus:      SRS7.AcceptStatus,
	AcceptObject:      SRS7.AcceptObject,
	keys:              SRS7.keys,
}

var (
	srs1Stream = keys("action", "client_id:number", "ip", "vhost", "app", "stream")

	// stream_id, and clients after it, are left out where the server keeps no statistics of the stream: of players over
	// HTTP that name another vhost, and of some publishers over SRT and WebRTC.
	srs6Stream = []string{"server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app", "tcUrl",
		"stream", "param", "stream_url"}
	srs6Play = []string{"server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app", "stream", "tcUrl",
		"param", "pageUrl", "stream_url", "stream_id:optional"}
	// The table of PROTOCOL.md gives on_stop the keys of on_play; SRS sends it without pageUrl. So it is sent and not
	// asked for.
	srs6Stop = []string{"server_id", "service_id", "action", "client_id:text", "ip", "vhost", "app", "tcUrl", "stream",
		"param", "pageUrl:optional", "stream_url", "stream_id:optional"}
)

// keys builds a row of the tables from "name" or "name:kind".
func keys(specs ...string) []Key {
	row := make([]Key, len(specs))
	for i, spec := range specs {
		row[i] = parseKey(spec)
	}
	return row
}
