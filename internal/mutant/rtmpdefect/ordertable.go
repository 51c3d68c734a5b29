package rtmpdefect

import "hookproof/internal/mutant"

import "hookproof/hook"

// overtaken may fail where on_close can come before the event that it should
// follow: whatever looks at the end of a stream.
var overtaken = ids("S-ORD-*", "S-CON-*", "S-URL-*", "S-KEY-*", "S-ID-*", "S-REQ-*", "S-CFG-*", "S-ANS-09", "S-ANS-10")

// counted may fail where events of a client are lost, doubled or out of order:
// whatever counts them.
var counted = ids("S-ORD-*", "S-ANS-*", "S-CON-*", "S-URL-*", "S-CFG-02")

// endless may fail where on_unpublish is never seen: whatever looks at it.
var endless = ids("S-KEY-09", "S-KEY-10", "S-KEY-12", "S-KEY-13", "S-ORD-*", "S-ANS-09", "S-ANS-10", "S-CON-*")

var orderRows = []mutant.Row{
	{Name: "connect-lost", Defect: "on_connect is never sent", Expected: ids("S-KEY-01", "S-ORD-01", "S-ORD-02"), May: ids("S-REQ-03", "S-KEY-08", "S-KEY-12", "S-ORD-*", "S-ANS-*", "S-URL-*", "S-CON-*"), Peer: hooked(on(sparing(drop), hook.OnConnect))},
	{Name: "publish-lost", Defect: "on_publish is never sent", Expected: ids("S-KEY-03", "S-ORD-01"), May: anything, Peer: hooked(sparing(on(drop, hook.OnPublish)))},
	{Name: "unpublish-lost", Defect: "on_unpublish is never sent", Expected: ids("S-KEY-04", "S-ORD-01", "S-ORD-05", "S-ORD-06", "S-ORD-10", "S-ANS-09", "S-ANS-10"), May: endless,
		Peer: hooked(sparing(on(drop, hook.OnUnpublish)))},
	{Name: "stop-lost", Defect: "on_stop is never sent", Expected: ids("S-KEY-06", "S-ORD-02", "S-ORD-05", "S-ORD-06", "S-ORD-13", "S-ANS-09", "S-ANS-10"), May: ids("S-KEY-09", "S-ORD-*", "S-CFG-02", "S-CON-*"),
		Peer: hooked(sparing(on(drop, hook.OnStop)))},
	{Name: "close-lost", Defect: "on_close is never sent", Expected: ids("S-KEY-02", "S-ORD-01", "S-ORD-02", "S-ORD-04", "S-ORD-05", "S-ORD-06", "S-ANS-04", "S-ANS-05", "S-ANS-09", "S-ANS-10"), May: counted,
		Peer: hooked(sparing(on(drop, hook.OnClose)))},
	{Name: "connect-doubled", Defect: "on_connect is sent twice", Expected: ids("S-ORD-01", "S-ORD-02"), May: counted, Peer: hooked(sparing(on(double, hook.OnConnect)))},
	{Name: "connect-after-close", Defect: "on_connect is sent once more after on_close", Expected: ids("S-ORD-01", "S-ORD-02"), May: counted, Peer: hooked(sparing(on(connectsAgain, hook.OnClose)))},
	{Name: "publish-doubled", Defect: "on_publish is sent twice", Expected: ids("S-ORD-01", "S-ORD-10"), May: counted, Peer: hooked(sparing(on(double, hook.OnPublish)))},
	{Name: "unpublish-doubled", Defect: "on_unpublish is sent twice", Expected: ids("S-ORD-01", "S-ORD-10"), May: counted, Peer: hooked(sparing(on(double, hook.OnUnpublish)))},
	{Name: "play-doubled", Defect: "on_play is sent twice", Expected: ids("S-ORD-02", "S-ORD-09", "S-ORD-13"), May: counted, Peer: hooked(sparing(on(double, hook.OnPlay)))},
	{Name: "stop-doubled", Defect: "on_stop is sent twice", Expected: ids("S-ORD-02", "S-ORD-13"), May: counted, Peer: hooked(sparing(on(double, hook.OnStop)))},
	{Name: "close-doubled", Defect: "on_close is sent twice", Expected: ids("S-ORD-01", "S-ORD-02", "S-ORD-04"), May: counted, Peer: hooked(sparing(on(double, hook.OnClose)))},
	{Name: "connect-after-publish", Defect: "on_connect is sent behind the client's next event", Expected: ids("S-ORD-01", "S-ORD-02", "S-ANS-03"), May: counted,
		Peer: hooked(sparing(behind(hook.OnConnect)))},
	{Name: "unpublish-after-close", Defect: "on_unpublish and on_stop are sent behind the client's next event", Expected: ids("S-ORD-01", "S-ORD-02", "S-ORD-05"), May: overtaken,
		Peer: hooked(sparing(behind(ends...)))},
	{Name: "close-overlaps", Defect: "the server does not wait for the answers to on_unpublish and on_stop", Expected: ids("S-ORD-03"), May: overtaken,
		Peer: hooked(sparing(on(goesOn, ends...)))},
	{Name: "connect-overlaps", Defect: "the server does not wait for a slow answer to on_connect", Expected: ids("S-ORD-03"), May: ids("S-CON-*", "S-ANS-*", "S-URL-*", "S-ORD-*"),
		Peer: hooked(sparing(on(goesOn, hook.OnConnect)))},
	{Name: "idle-forgotten", Defect: "a client that only connected gives no on_close", Expected: ids("S-ORD-04"), Peer: hooked(sparing(forgetsIdle))},
	{Name: "vanished-forgotten", Defect: "a stream whose client vanished gives no closing event of its own", Expected: ids("S-ORD-05", "S-ANS-10"), May: ids("S-CON-*"),
		Peer: watched(dropsEndsOf(func(s *session) bool { return s.vanished }))},
	{Name: "vanishing-unseen", Defect: "a broken connection is not noticed", Expected: ids("S-ORD-05", "S-ANS-10", "S-CON-06"), May: ids("S-CON-*"), Peer: spoken(vanishUnseen)},
	{Name: "name-busy-after-vanishing", Defect: "the stream name of a publisher whose connection broke stays taken", Expected: ids("S-ORD-05"), Peer: spoken(busyAfterVanishing)},
	{Name: "kicked-forgotten", Defect: "a stream that the server ended itself gives no closing event of its own", Expected: ids("S-ORD-06", "S-ORD-07", "S-ORD-11"), May: ids("S-CON-*"), Slow: true,
		Peer: watched(dropsEndsOf(unasked))},
	{Name: "kicked-stays", Defect: "a client kicked off gives its events, but stays connected", Expected: ids("S-ORD-06", "S-ORD-11"), May: ids("S-CON-05"), Slow: true, Peer: spoken(keepsOn(thoseOn))},
	{Name: "ends-silently", Defect: "a server that is told to end drops its clients without their closing events", Expected: ids("S-ORD-07"), Peer: hooked(on(silentEnd, closing...))},
	{Name: "stop-with-publisher", Defect: "the publisher's leaving gives on_stop for its players", Expected: ids("S-ORD-08"), May: ids("S-ORD-*", "S-ANS-*", "S-CON-*"), Peer: hooked(on(stopsPlayers, hook.OnUnpublish))},
	{Name: "players-cut", Defect: "the publisher's leaving drops its players", Expected: ids("S-ORD-08"), May: ids("S-CON-*"), Peer: spoken(cutsPlayers)},
	{Name: "early-play-unasked", Defect: "a player that comes before the publisher gives neither on_play nor on_stop", Expected: ids("S-ORD-09"), May: ids("S-KEY-*", "S-ORD-*", "S-ANS-*", "S-CON-*", "S-URL-02"),
		Peer: hooked(on(noEarlyPlay, hook.OnPlay, hook.OnStop))},
	{Name: "early-play-empty", Defect: "a player that comes before the publisher gets no media", Expected: ids("S-ORD-09"), May: ids("S-ANS-04", "S-ANS-06", "S-CON-*"), Peer: spoken(noMediaForEarly)},
	{Name: "republish-silent", Defect: "on_unpublish is not sent when the client publishes again", Expected: ids("S-ORD-03", "S-ORD-10"), May: ids("S-ID-01"), Peer: hooked(sparing(onlyAtClose(hook.OnUnpublish)))},
	{Name: "silence-unnoticed", Defect: "a publisher that has fallen silent is never dropped", Expected: ids("S-ORD-11"), Slow: true, Peer: spoken(livesOn)},
	{Name: "half-connected-closes", Defect: "a peer that never sent connect gives on_close", Expected: ids("S-ID-01", "S-ORD-12"), Peer: spoken(closesHalfConnected)},
	{Name: "replay-silent", Defect: "on_stop is not sent when the client plays another stream", Expected: ids("S-ORD-13"), Peer: hooked(sparing(onlyAtClose(hook.OnStop)))},
	{Name: "pause-stops", Defect: "pause gives on_stop", Expected: ids("S-ORD-13"), Peer: spoken(stopsOnPause)},
}

var urlRows = []mutant.Row{
	{Name: "first-url-only", Defect: "only the first URL of an event is called", Expected: ids("S-URL-01", "S-URL-02", "S-URL-03"), Peer: hooked(several(firstOnly))},
	{Name: "urls-backwards", Defect: "the URLs of closing events are called in the wrong order", Expected: ids("S-URL-01", "S-URL-03"), Peer: hooked(several(backwards))},
	{Name: "urls-twice", Defect: "every URL is called twice", Expected: ids("S-URL-01", "S-URL-02", "S-URL-03"), Peer: hooked(several(callsTwice))},
	{Name: "urls-on-after-refusal", Defect: "the further URLs are called after a refusal, too", Expected: ids("S-URL-02"), Peer: hooked(several(onAfterRefusal))},
	{Name: "last-url-decides", Defect: "only the answer of the last URL counts", Expected: ids("S-URL-02"), Peer: hooked(several(lastDecides))},
	{Name: "urls-stop-at-failure", Defect: "behind a failing URL of a closing event no further one is called", Expected: ids("S-URL-03"), Peer: hooked(several(stopsAtFailure))},
	{Name: "hooks-off-called", Defect: "on_connect is sent for vhosts whose hooks are off", Expected: ids("S-CFG-01"), Peer: spoken(callsUnasked("off", "unset"))},
	{Name: "unset-event-called", Defect: "on_connect is sent where it has no URL", Expected: ids("S-CFG-02"), Peer: spoken(callsUnasked("partial"))},
	{Name: "hooks-of-other-vhost", Defect: "hooks of another vhost go to the URLs of the default one", Expected: ids("S-CFG-03"), Peer: hooked(target(atDefault))},
	{Name: "no-https", Defect: "https is not spoken", Expected: ids("S-CFG-04"), Peer: proxies(func(*world) parts { return parts{noTLS: true} })},
}
