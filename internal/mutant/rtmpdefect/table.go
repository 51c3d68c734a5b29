package rtmpdefect

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/mutant"
)

// Sound is the server without a defect, between the proxies alone.
var Sound = mutant.Row{Name: mutant.Sound, Defect: "none: the built-in server between the proxies alone",
	Peer: transparently}

// Table lists the mutants, in the order of the requirements they break, and the
// variants.
var Table = slices.Concat(requestRows, keyRows, identityRows, orderRows, answerRows, urlRows, loadRows, variantRows,
	spokenRows, connectRows, viewerRows)

// hooked is a mutant whose defect is in the hooks alone.
func hooked(d hookDefect) proxies {
	return func(*world) parts { return parts{hook: d} }
}

// spoken is a mutant whose defect is in the RTMP connections alone.
func spoken(d func(*world) *rtmpDefect) proxies {
	return func(w *world) parts { return parts{rtmp: d(w)} }
}

// watched is a mutant whose hooks' defect goes by what the connections did.
func watched(d hookDefect) proxies {
	return func(*world) parts { return parts{hook: d, rtmp: notesVanished()} }
}

// ids makes a list; it keeps the rows short.
func ids(all ...string) []string { return all }

var (
	sinceSRS3 = []*hook.Profile{hook.SRS3, hook.SRS4, hook.SRS6, hook.SRS7}
	sinceSRS6 = []*hook.Profile{hook.SRS6, hook.SRS7}
	// onlySRS6: later ones ask nobody about a publisher whose stream has one.
	onlySRS6 = []*hook.Profile{hook.SRS6}
	anything = ids("S-*")
	// unrouted may fail where an event lacks the app: the suite finds the client
	// by its client_id then, unless the event is its first, and what it cannot
	// place is nobody's, or may belong to the client of which no event must come.
	unrouted = ids("S-CFG-02", "S-ID-01", "S-ORD-12")
	// unjoined may fail where the events of a client have several client_ids:
	// some of them are nobody's then.
	unjoined = ids("S-ID-*", "S-ORD-*", "S-ANS-*", "S-CON-*", "S-CFG-*", "S-KEY-05", "S-KEY-06", "S-REQ-*", "S-URL-*")
)

var requestRows = []mutant.Row{
	{Name: "get-for-post", Defect: "every hook is a GET", Expected: ids("S-REQ-01"), Peer: hooked(method("GET"))},
	{Name: "put-for-post", Defect: "on_close is a PUT", Expected: ids("S-REQ-01"),
		Peer: hooked(on(method("PUT"), hook.OnClose))},
	{Name: "wrong-path", Defect: "the path of the URL gets a slash at its end", Expected: ids("S-REQ-01"),
		Peer: hooked(target(withSlash))},
	{Name: "query-dropped", Defect: "the query of the URL is left out", Expected: ids("S-REQ-01"),
		Peer: hooked(target(withoutQuery))},
	{Name: "length-too-short", Defect: "a byte is sent after the body that Content-Length does not count",
		Expected: ids("S-REQ-02"), Peer: hooked(change(shortLength))},
	{Name: "no-length", Defect: "the body is sent in chunks, without Content-Length", Expected: ids("S-REQ-02"),
		Peer: hooked(change(withoutLength))},
	{Name: "two-objects", Defect: "a second JSON object follows the first in the body of on_close",
		Expected: ids("S-REQ-02", "S-REQ-03", "S-KEY-02"),
		May:      ids("S-KEY-07", "S-KEY-11"), Peer: hooked(on(body(twoObjects), hook.OnClose))},
	{Name: "control-bytes-raw", Defect: "control bytes in strings are not escaped", Expected: ids("S-REQ-03"),
		Peer: hooked(body(rawControls))},
	{Name: "quotes-raw", Defect: "quotes and backslashes in strings are not escaped", Expected: ids("S-REQ-03"),
		May: ids("S-KEY-12"), Peer: hooked(body(rawQuotes))},
	{Name: "bytes-raw", Defect: "bytes that are not UTF-8 are sent as they are", Expected: ids("S-REQ-03"),
		Peer: hooked(body(rawBytes))},
	{Name: "no-content-type", Defect: "there is no Content-Type", Expected: ids("S-REQ-04"),
		Peer: hooked(field("Content-Type", ""))},
	{Name: "form-content-type", Defect: "Content-Type says that the body is a form", Expected: ids("S-REQ-04"),
		Peer: hooked(field("Content-Type", "application/x-www-form-urlencoded"))},
	{Name: "no-user-agent", Defect: "there is no User-Agent", Expected: ids("S-REQ-05"),
		Peer: hooked(field("User-Agent", ""))},
}

var keyRows = []mutant.Row{
	{Name: "connect-without-tcurl", Defect: "on_connect has no tcUrl", Expected: ids("S-KEY-01"),
		May: ids("S-KEY-08", "S-KEY-12"), Peer: hooked(on(without("tcUrl"), hook.OnConnect))},
	{Name: "connect-key-renamed", Defect: "on_connect has page_url in place of pageUrl", Expected: ids("S-KEY-01"),
		May:  ids("S-REQ-03", "S-ORD-*", "S-ANS-*", "S-CON-*"),
		Peer: hooked(on(renamed("pageUrl", "page_url"), hook.OnConnect))},
	{Name: "keys-of-srs4", Defect: "the keys are those of SRS 4", Profiles: sinceSRS6,
		Expected: ids("S-KEY-01", "S-KEY-02", "S-KEY-03", "S-KEY-04", "S-KEY-05", "S-KEY-06"),
		May:      ids("S-KEY-10"), Peer: hooked(hookFunc(keysOfSRS4))},
	{Name: "close-key-renamed", Defect: "on_close has vHost in place of vhost", Expected: ids("S-KEY-02"),
		Peer: hooked(on(renamed("vhost", "vHost"), hook.OnClose))},
	{Name: "close-bytes-text", Defect: "send_bytes of on_close is a string", Profiles: sinceSRS3,
		Expected: ids("S-KEY-02"), Peer: hooked(on(otherKind("send_bytes"), hook.OnClose))},
	{Name: "publish-key-null", Defect: "app of on_publish is null", Expected: ids("S-KEY-03"), May: unrouted,
		Peer: hooked(on(raw("app", "null"), hook.OnPublish))},
	{Name: "unpublish-without-app", Defect: "on_unpublish has no app", Expected: ids("S-KEY-04"), May: unrouted,
		Peer: hooked(on(without("app"), hook.OnUnpublish))},
	{Name: "unpublish-other-action", Defect: "the action of on_unpublish is on_done",
		Expected: ids("S-KEY-04", "S-ORD-01"), May: endless,
		Peer: hooked(on(sparing(value("action", constant("on_done"))), hook.OnUnpublish))},
	{Name: "play-key-array", Defect: "vhost of on_play is an array", Expected: ids("S-KEY-05"),
		Peer: hooked(on(raw("vhost", `["__defaultVhost__"]`), hook.OnPlay))},
	{Name: "stop-key-number", Defect: "app of on_stop is a number", Expected: ids("S-KEY-06"), May: unrouted,
		Peer: hooked(on(raw("app", "0"), hook.OnStop))},
	{Name: "client-id-other-type", Defect: "client_id of on_publish is of the other profile's type",
		Expected: ids("S-KEY-03"), May: unjoined,
		Peer: hooked(on(otherKind("client_id"), hook.OnPublish))},
	{Name: "ip-with-port", Defect: "ip has the port after it", Expected: ids("S-KEY-07"),
		Peer: hooked(value("ip", func(s string) string { return s + ":1935" }))},
	{Name: "ip-of-server", Defect: "ip is always 127.0.0.1", Expected: ids("S-KEY-07"),
		Peer: hooked(value("ip", constant("127.0.0.1")))},
	{Name: "ip-empty", Defect: "ip is empty in on_stop and on_unpublish", Expected: ids("S-KEY-07"),
		Peer: hooked(on(value("ip", constant("")), ends...))},
	{Name: "tcurl-without-query", Defect: "tcUrl has no query", Expected: ids("S-KEY-08", "S-KEY-12"),
		Peer: hooked(value("tcUrl", unquery))},
	{Name: "tcurl-cut", Defect: "tcUrl is cut at 256 bytes", Expected: ids("S-KEY-12"),
		Peer: hooked(value("tcUrl", cutAt(256)))},
	{Name: "tcurl-decoded", Defect: "percent escapes in tcUrl are decoded", Expected: ids("S-KEY-08", "S-KEY-12"),
		Peer: hooked(value("tcUrl", decodePercent))},
	{Name: "param-without-mark", Defect: "param lacks its leading ?", Profiles: sinceSRS3,
		Expected: ids("S-KEY-09", "S-KEY-12", "S-KEY-13"),
		Peer:     hooked(value("param", func(s string) string { return s[min(1, len(s)):] }))},
	{Name: "stop-other-stream", Defect: "stream of on_stop is another one", Expected: ids("S-KEY-09"),
		May:  ids("S-KEY-10", "S-ORD-*"),
		Peer: hooked(on(sparing(value("stream", constant("another"))), hook.OnStop))},
	{Name: "param-in-stream", Defect: "stream has the parameters after it", Expected: ids("S-KEY-09"),
		May: ids("S-KEY-12", "S-REQ-03"), Peer: hooked(body(withParam))},
	{Name: "param-at-unpublish-empty", Defect: "param of on_unpublish and on_stop is empty", Profiles: sinceSRS3,
		Expected: ids("S-KEY-09", "S-KEY-12", "S-KEY-13"), Peer: hooked(on(value("param", constant("")), ends...))},
	{Name: "param-of-first-stream", Defect: "a second stream of a connection has the param of the first",
		Profiles: sinceSRS3, Expected: ids("S-KEY-09", "S-KEY-13"),
		Peer: hooked(on(firstParam, hook.OnPublish, hook.OnUnpublish, hook.OnPlay, hook.OnStop))},
	{Name: "stream-url-relative", Defect: "stream_url lacks its leading slash", Profiles: sinceSRS6,
		Expected: ids("S-KEY-10"),
		Peer:     hooked(value("stream_url", func(s string) string { return s[min(1, len(s)):] }))},
	{Name: "stream-url-with-vhost", Defect: "stream_url names the default vhost", Profiles: sinceSRS6,
		Expected: ids("S-KEY-10"),
		Peer: hooked(value("stream_url", func(s string) string {
			if len(s) > 0 && s[0] == '/' {
				return "__defaultVhost__" + s
			}
			return s
		}))},
	{Name: "vhost-always-default", Defect: "vhost is always __defaultVhost__", Expected: ids("S-KEY-11"),
		Peer: hooked(value("vhost", constant("__defaultVhost__")))},
	{Name: "vhost-lost-with-parameters", Defect: "vhost of tcUrl is lost where the stream has parameters of its own",
		Profiles: sinceSRS3, Expected: ids("S-KEY-11"), Peer: hooked(body(vhostLost))},
	{Name: "vhost-as-sent", Defect: "vhost is an address where the client named no vhost", Expected: ids("S-KEY-11"),
		Peer: hooked(value("vhost", func(s string) string {
			if s == "__defaultVhost__" {
				return "127.0.0.1"
			}
			return s
		}))},
	{Name: "param-cut", Defect: "param is cut at 256 bytes", Profiles: sinceSRS3, Expected: ids("S-KEY-12"),
		Peer: hooked(value("param", cutAt(256)))},
	{Name: "param-without-blanks", Defect: "blanks and tabs in param are lost", Profiles: sinceSRS3,
		Expected: ids("S-KEY-12"), Peer: hooked(value("param", strings.NewReplacer(" ", "", "\t", "").Replace))},
	{Name: "tcurl-without-blanks", Defect: "blanks and tabs in tcUrl are lost", Expected: ids("S-KEY-12"),
		Peer: hooked(value("tcUrl", strings.NewReplacer(" ", "", "\t", "").Replace))},
	{Name: "param-grows", Defect: "param of a further stream has that of the first after its own", Profiles: sinceSRS3,
		Expected: ids("S-KEY-13"),
		Peer:     hooked(on(growingParam, hook.OnPublish, hook.OnUnpublish, hook.OnPlay, hook.OnStop))},
	{Name: "tcurl-params-doubled", Defect: "param has the parameters of tcUrl twice", Profiles: sinceSRS3,
		Expected: ids("S-KEY-13"), Peer: hooked(body(doubledQuery))},
	{Name: "param-decoded", Defect: "percent escapes in param are decoded", Profiles: sinceSRS3,
		Expected: ids("S-KEY-12"), Peer: hooked(value("param", decodePercent))},
}

var identityRows = []mutant.Row{
	{Name: "client-id-of-stream", Defect: "the events of a stream have another client_id than those of its connection",
		Expected: ids("S-ID-01"), May: unjoined,
		Peer: hooked(sparing(withID(idOfStream)))},
	{Name: "nobody-stops", Defect: "after the on_close of a player comes an on_stop of nobody",
		Expected: ids("S-ID-01"), May: ids("S-ORD-12"), Peer: hooked(sparing(on(nobodyStops, hook.OnClose)))},
	{Name: "client-id-per-stream", Defect: "a second stream of a connection has another client_id",
		Expected: ids("S-ID-01"), May: ids("S-ORD-10", "S-ORD-13"), Peer: hooked(sparing(withID(idPerStream)))},
	{Name: "client-id-shared", Defect: "all clients of an app have one client_id", Expected: ids("S-ID-02"),
		May: unjoined, Peer: hooked(sparing(withID(idOfApp)))},
	{Name: "client-id-reused", Defect: "a client gets the client_id of one that has left", Expected: ids("S-ID-02"),
		May: unjoined, Peer: hooked(sparing(withID(idReused)))},
	{Name: "client-id-empty", Defect: "client_id of on_stop is empty", Profiles: sinceSRS6,
		Expected: ids("S-ID-02", "S-KEY-06"), May: ids("S-ID-01", "S-ORD-*", "S-CFG-02", "S-CON-02"),
		Peer: hooked(on(emptyID, hook.OnStop))},
}
