package rtmpdefect

import (
	"hookproof/hook"
	"hookproof/internal/mutant"
)

// overHTTP are the profiles that have viewers over HTTP, overHLS those that have hooks of HLS.
var (
	overHTTP = []*hook.Profile{hook.SRS3, hook.SRS4, hook.SRS6, hook.SRS7}
	overHLS  = []*hook.Profile{hook.SRS4, hook.SRS6, hook.SRS7}
)

// viewerRows are servers with a defect, or a difference, in what they do about viewers over HTTP.
var viewerRows = []mutant.Row{
	{Name: "flv-stop-lost", Defect: "on_stop of HTTP-FLV viewers is not sent", Profiles: overHTTP,
		Expected: ids("S-FLV-01", "S-FLV-02", "S-FLV-04", "S-FLV-05", "S-FLV-06", "S-FLV-07"),
		Peer:     hooked(ofFLV(drop, hook.OnStop))},
	{Name: "flv-stop-doubled", Defect: "on_stop of HTTP-FLV viewers is sent twice", Profiles: overHTTP,
		Expected: ids("S-FLV-01", "S-FLV-02", "S-FLV-04", "S-FLV-05", "S-FLV-06", "S-FLV-07"),
		Peer:     hooked(ofFLV(double, hook.OnStop))},
	{Name: "flv-unasked", Defect: "HTTP-FLV viewers are let on without on_play", Profiles: overHTTP,
		Expected: ids("S-FLV-01", "S-FLV-03"), May: ids("S-FLV-*"), Peer: hooked(ofFLV(drop, hook.OnPlay))},
	{Name: "flv-stream-with-extension", Defect: "stream of HTTP-FLV viewers is the name of the file",
		Profiles: overHTTP, Expected: ids("S-FLV-02"),
		Peer: hooked(where(isFLV, value("stream", func(s string) string { return s + ".flv" })))},
	{Name: "flv-refused-served", Defect: "HTTP-FLV viewers that are refused are served", Profiles: overHTTP,
		Expected: ids("S-FLV-03"), May: ids("S-FLV-04", "S-FLV-08"),
		Peer: hooked(ofFLV(letsRefusedOn, hook.OnPlay))},
	{Name: "flv-refused-stop", Defect: "on_stop of HTTP-FLV viewers is sent also where on_play was refused",
		Profiles: overHTTP, Expected: ids("S-FLV-03", "S-FLV-04"), Peer: hooked(ofFLV(stopsRefused, hook.OnPlay))},
	{Name: "flv-pending-stop-lost", Profiles: overHTTP, Expected: ids("S-FLV-04"), May: ids("S-FLV-05"),
		Defect: "on_stop of HTTP-FLV viewers that left while on_play was unanswered is not sent",
		Peer:   hooked(ofFLV(ofPage(leftEarly, drop), hook.OnStop))},
	{Name: "flv-orphan-stop-lost", Profiles: overHTTP, Expected: ids("S-FLV-05"),
		Defect: "on_stop of HTTP-FLV viewers whose publisher left while on_play was unanswered is not sent",
		Peer:   hooked(ofFLV(ofPage(notFound, drop), hook.OnStop))},
	{Name: "flv-dies-of-leaving", Profiles: overHTTP, Expected: ids("S-FLV-05"), May: ids("S-ANS-11"),
		Defect: "the server ends when a publisher leaves while on_play of an HTTP-FLV viewer is unanswered",
		Peer:   hooked(on(diesOfLeaving, hook.OnUnpublish))},
	{Name: "flv-kick-kept", Defect: "HTTP-FLV viewers that are kicked off stay connected", Profiles: overHTTP,
		Expected: ids("S-FLV-06"), Silent: true,
		Peer: proxies(func(*world) parts {
			return parts{http: &httpDefect{over: func(*watcher) bool { return false }}}
		})},
	{Name: "viewer-address-believed", Defect: "ip of viewers over HTTP is what they say it is", Profiles: overHTTP,
		Expected: ids("S-FLV-07", "S-HLS-09"), Peer: hooked(where(isViewer, believed))},
	{Name: "viewer-vhost-believed", Profiles: overHTTP, Expected: ids("S-FLV-08", "S-HLS-07"),
		Defect: "viewers that name a vhost without hooks see the streams of the default one",
		Peer:   proxies(otherVHost)},
	{Name: "flv-unknown-stop-lost", Profiles: overHTTP, Expected: ids("S-FLV-09"),
		Defect: "an HTTP-FLV viewer of a stream that nobody publishes causes on_play and no on_stop",
		Peer:   proxies(unknownFLV(func(v *watcher) { v.asks(false) }))},

	{Name: "hls-play-doubled", Defect: "HLS viewers are asked about twice", Profiles: overHLS,
		Expected: ids("S-HLS-01"), May: ids("S-HLS-02", "S-HLS-03", "S-HLS-04"),
		Peer: hooked(ofHLS(double, hook.OnPlay))},
	{Name: "hls-stop-lost", Defect: "on_stop of HLS viewers is not sent", Profiles: overHLS, Slow: true,
		Expected: ids("S-HLS-02", "S-HLS-03", "S-HLS-04"), Silent: true, Peer: hooked(ofHLS(drop, hook.OnStop))},
	{Name: "hls-without-param", Defect: "param of HLS viewers is empty", Profiles: overHLS, Slow: true,
		Expected: ids("S-HLS-03"), Peer: hooked(where(isHLS, value("param", constant(""))))},
	{Name: "hls-refused-served", Defect: "HLS viewers that are refused are served", Profiles: overHLS, Slow: true,
		Expected: ids("S-HLS-04", "S-HLS-05", "S-HLS-06"), May: ids("S-HLS-07"),
		Peer: hooked(ofHLS(letsRefusedOn, hook.OnPlay))},
	{Name: "hls-refused-stop", Defect: "on_stop of HLS viewers is sent also where on_play was refused",
		Profiles: overHLS, Slow: true, Expected: ids("S-HLS-04"), Peer: hooked(ofHLS(stopsRefused, hook.OnPlay))},
	{Name: "hls-context-trusted", Defect: "HLS viewers with a context are let on without on_play",
		Profiles: overHLS, Expected: ids("S-HLS-05", "S-HLS-06"), Peer: hooked(where(hasContext, drop))},
	{Name: "hls-segments-open", Defect: "segments are given to everybody", Profiles: overHLS,
		Expected: ids("S-HLS-08"), Peer: proxies(openSegments)},
	{Name: "hls-unknown-served", Defect: "there is a playlist of every stream", Profiles: overHLS,
		Expected: ids("S-HLS-10"),
		Peer: insteadOf(404, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n#EXTM3U\n",
			"nothing.m3u8")},

	{Name: "viewers-refused-unanswered", Defect: "viewers that are refused get no answer, as from SRS", Variant: true,
		Profiles: overHTTP, Slow: true, Peer: insteadOf(401, "", ".flv", ".m3u8", ".ts")},
	{Name: "viewers-refused-in-words", Defect: "viewers that are refused are told so at length", Variant: true,
		Profiles: overHTTP, Slow: true,
		Peer: insteadOf(401, "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\nConnection: close\r\n\r\nforbidden",
			".flv", ".m3u8", ".ts")},
	{Name: "flv-unknown-asked", Defect: "HTTP-FLV viewers of a stream that nobody publishes are asked about, and wait",
		Variant: true, Profiles: overHTTP, Peer: proxies(unknownFLV(func(v *watcher) { v.asks(true) }))},
	{Name: "hls-stream-with-extension", Defect: "stream of HLS viewers is the name of the playlist, as with SRS",
		Variant: true, Profiles: overHLS, Slow: true,
		Peer: hooked(where(isHLS, value("stream", func(s string) string { return s + ".m3u8" })))},
}
