package rtmpdefect

import (
	"hookproof/hook"
	"hookproof/internal/mutant"
)

var answerRows = []mutant.Row{
	{Name: "rejects-object", Defect: "a JSON object never accepts", Profiles: onlySRS7, Expected: ids("S-ANS-01"), Peer: hooked(rejects(object))},
	{Name: "rejects-blanks", Defect: "an accepting JSON object with blanks round it is refused", Profiles: onlySRS7, Expected: ids("S-ANS-01"), Peer: hooked(rejects(spacedObject))},
	{Name: "rejects-created", Defect: "status 201 is refused", Profiles: onlySRS7, Expected: ids("S-ANS-01"), Peer: hooked(rejects(created))},
	{Name: "rejects-chunked", Defect: "a chunked answer is refused", Expected: ids("S-ANS-01"), Peer: hooked(rejects(chunkedAnswer))},
	{Name: "rejects-http10", Defect: "an answer of HTTP/1.0 is refused", Expected: ids("S-ANS-01"), Peer: hooked(rejects(oldAnswer))},
	{Name: "rejects-long", Defect: "an answer over 64 KB is refused", Profiles: onlySRS7, Expected: ids("S-ANS-01"), Peer: hooked(rejects(longAnswer))},
	{Name: "rejects-accepted", Defect: "an accepted publisher is refused", Expected: ids("S-ANS-01", "S-ANS-08"), May: anything, Peer: hooked(sparing(on(rejects(anyAnswer), hook.OnPublish)))},
	{Name: "admits-at-connect", Defect: "a refusal at on_connect does not count", Expected: ids("S-ANS-02", "S-ANS-03", "S-ANS-07", "S-URL-02"), May: ids("S-CON-*"), Peer: hooked(admits(anyAnswer, hook.OnConnect))},
	{Name: "admits-at-publish", Defect: "a refusal at on_publish does not count", Expected: ids("S-ANS-02", "S-ANS-04", "S-ANS-07", "S-URL-02"), May: ids("S-ANS-*", "S-CON-*"), Peer: hooked(admits(anyAnswer, hook.OnPublish))},
	{Name: "admits-at-play", Defect: "a refusal at on_play does not count", Expected: ids("S-ANS-02", "S-ANS-05", "S-ANS-07", "S-URL-02"), May: ids("S-CON-*"), Peer: hooked(admits(anyAnswer, hook.OnPlay))},
	{Name: "admits-newline", Defect: "0 with blanks or a newline accepts", Expected: ids("S-ANS-02"), Peer: hooked(admits(padded))},
	{Name: "admits-code-text", Defect: `{"code":"0"} accepts`, Expected: ids("S-ANS-02"), Peer: hooked(admits(body200(`"code":"0"`)))},
	{Name: "admits-code-fraction", Defect: `{"code":0.0} accepts`, Expected: ids("S-ANS-02"), Peer: hooked(admits(body200(`"code":0.0`)))},
	{Name: "admits-success", Defect: "any status 2xx accepts", Expected: ids("S-ANS-02"), May: ids("S-ANS-*", "S-CON-*", "S-URL-02"), Peer: hooked(admits(success))},
	{Name: "admits-zero-prefix", Defect: "whatever begins with 0 accepts", Expected: ids("S-ANS-02"), Peer: hooked(admits(startsZero))},
	{Name: "admits-empty", Defect: "an empty answer accepts", Expected: ids("S-ANS-02"), Peer: hooked(admits(empty))},
	{Name: "admits-object", Defect: "any JSON object accepts", Expected: ids("S-ANS-02"), Peer: hooked(admits(body200("{")))},
	{Name: "admits-text-zero", Defect: `the JSON string "0" accepts`, Expected: ids("S-ANS-02"), Peer: hooked(admits(body200(`"0"`)))},
	{Name: "admits-error-status", Defect: "an error status with an accepting body accepts", Expected: ids("S-ANS-02"), Peer: hooked(admits(failedStatus))},
	{Name: "follows-redirect", Defect: "a redirect is taken for an acceptance", Expected: ids("S-ANS-02"), Peer: hooked(admits(redirect))},
	{Name: "admits-no-answer", Defect: "a reset, a broken or a missing answer accepts", Expected: ids("S-ANS-02", "S-CON-05"), Peer: hooked(admits(noWholeAnswer))},
	{Name: "admits-late", Defect: "a client whose answer takes too long is let on", Expected: ids("S-ANS-02"), Slow: true, Peer: hooked(on(admitsLate, opening...))},
	{Name: "publish-after-refusal", Defect: "on_publish follows although on_connect was refused", Expected: ids("S-ANS-03"), May: ids("S-CON-*", "S-ANS-02", "S-URL-*"),
		Peer: hooked(afterRefusal(hook.OnConnect, hook.OnPublish))},
	{Name: "refused-connect-not-closed", Defect: "no on_close follows a refused on_connect", Profiles: onlySRS7, Expected: ids("S-ANS-03"), May: ids("S-CON-*"), Peer: hooked(noCloseAfterRefusal(hook.OnConnect))},
	{Name: "unpublish-after-refusal", Defect: "on_unpublish follows a refused on_publish", Expected: ids("S-ANS-04"), May: ids("S-ANS-10", "S-CON-*"), Peer: hooked(afterRefusal(hook.OnPublish, hook.OnUnpublish))},
	{Name: "refused-publish-not-closed", Defect: "no on_close follows a refused on_publish", Expected: ids("S-ANS-04"), May: ids("S-ANS-10", "S-CON-*"), Peer: hooked(noCloseAfterRefusal(hook.OnPublish))},
	{Name: "refused-frames-leak", Defect: "the first frames of a refused publisher reach its players", Expected: ids("S-ANS-04"), May: ids("S-CON-*"), Peer: spoken(leaksRefused(isMedia))},
	{Name: "refused-headers-leak", Defect: "the sequence headers of a refused publisher reach its players", Expected: ids("S-ANS-04"), May: ids("S-CON-*"), Peer: spoken(leaksRefused(isHeader))},
	{Name: "refused-metadata-leaks", Defect: "the metadata of a refused publisher reach its players", Expected: ids("S-ANS-04"), Peer: spoken(leaksRefused(isMetadata))},
	{Name: "refused-headers-kept", Defect: "the sequence headers of a refused publisher reach the players of the next", Expected: ids("S-ANS-04"), May: ids("S-CON-*"), Peer: spoken(keepsHeaders)},
	{Name: "start-before-answer", Defect: "the publisher is told that it is on before on_publish is answered", Expected: ids("S-ANS-04"), Peer: spoken(startsEarly)},
	{Name: "stop-after-refusal", Defect: "on_stop follows a refused on_play", Expected: ids("S-ANS-05"), May: ids("S-CON-*"), Peer: hooked(afterRefusal(hook.OnPlay, hook.OnStop))},
	{Name: "refused-player-served", Defect: "a refused player gets a frame", Expected: ids("S-ANS-05"), May: ids("S-CON-*"), Peer: spoken(showsRefused(latestFrame))},
	{Name: "refused-player-headers", Defect: "a refused player gets the sequence headers", Expected: ids("S-ANS-05"), May: ids("S-CON-*"), Peer: spoken(showsRefused(headersOf))},
	{Name: "pending-frames-leak", Defect: "frames reach the players while on_publish is unanswered", Expected: ids("S-ANS-04", "S-ANS-06"), May: ids("S-CON-*"), Peer: spoken(leaksPending(isMedia))},
	{Name: "pending-headers-leak", Defect: "sequence headers reach the players while on_publish is unanswered", Expected: ids("S-ANS-04", "S-ANS-06"), May: ids("S-CON-*"), Peer: spoken(leaksPending(isHeader))},
	{Name: "pending-metadata-leaks", Defect: "metadata reach the players while on_publish is unanswered", Expected: ids("S-ANS-04", "S-ANS-06"), Peer: spoken(leaksPending(isMetadata))},
	{Name: "pending-stream-announced", Defect: "players are told that the stream has begun while on_publish is unanswered", Expected: ids("S-ANS-04", "S-ANS-06"), Peer: spoken(announcesPending)},
	{Name: "pending-player-served", Defect: "a player gets a frame while on_play is unanswered", Expected: ids("S-ANS-05", "S-ANS-06"), May: ids("S-CON-*"), Peer: spoken(playsPending(latestFrame))},
	{Name: "pending-player-headers", Defect: "a player gets the sequence headers while on_play is unanswered", Expected: ids("S-ANS-05", "S-ANS-06"), May: ids("S-CON-*"), Peer: spoken(playsPending(headersOf))},
	{Name: "late-disconnect", Defect: "a refused client is off only after some seconds", Expected: ids("S-ANS-07"), May: ids("S-CON-*"), Peer: spoken(lateDisconnect)},
	{Name: "no-disconnect", Defect: "a refused client stays connected", Expected: ids("S-ANS-02", "S-ANS-04", "S-ANS-05", "S-ANS-07", "S-ORD-06", "S-ORD-11", "S-URL-02"), May: ids("S-CON-*"), Slow: true, Peer: spoken(keepsOn(everybody))},
	{Name: "name-busy-after-refusal", Defect: "a refused publisher leaves its stream name taken", Expected: ids("S-ANS-08"), May: ids("S-ANS-04", "S-CON-*"), Peer: spoken(busyAfterRefusal)},
	{Name: "gives-up-closing", Defect: "behind a closing event whose answer was bad the client's others are not sent", Expected: ids("S-ANS-09"), May: ids("S-URL-03"), Peer: hooked(sparing(on(givesUpClosing, closing...)))},
	{Name: "repeats-closing", Defect: "a closing event whose answer was bad is sent again", Expected: ids("S-ANS-09", "S-URL-03"), Peer: hooked(sparing(on(repeatsClosing, closing...)))},
	{Name: "leavers-forgotten", Defect: "a client that leaves while it is asked gives no closing event of its stream", Expected: ids("S-ANS-10"), May: ids("S-CON-*"),
		Peer: watched(hookFunc(leaversForgotten))},
}

// closing are the events whose answer decides nothing.
var closing = []hook.Event{hook.OnUnpublish, hook.OnStop, hook.OnClose}

var loadRows = []mutant.Row{
	{Name: "verdicts-mixed", Defect: "under load a publisher gets the answer that was meant for another", Expected: ids("S-CON-01"), May: ids("S-CON-02"), Peer: hooked(on(sharesVerdict, hook.OnPublish))},
	{Name: "play-verdicts-mixed", Defect: "under load a player gets the answer that was meant for another", Expected: ids("S-CON-02"), Peer: hooked(on(sharesVerdict, hook.OnPlay))},
	{Name: "slow-hook-stops-all", Defect: "while one hook is slow the others wait", Expected: ids("S-ANS-06", "S-CON-03"), May: ids("S-CON-*"), Peer: hooked(sparing(oneSlowForAll))},
	{Name: "second-takes-over", Defect: "a second publisher of a stream drops the first", Expected: ids("S-CON-04"), May: ids("S-CON-*"), Peer: spoken(takesOver)},
	{Name: "loser-unpublishes", Defect: "a publisher that lost to a live one gives on_unpublish", Profiles: onlySRS7, Expected: ids("S-CON-04"), May: ids("S-ORD-*", "S-CFG-02"), Peer: hooked(sparing(unpublishesLosers))},
	{Name: "connections-limited", Defect: "no more than six clients of an app are let in", Expected: ids("S-CON-01", "S-CON-02", "S-CON-03", "S-CON-06"), May: ids("S-CON-04"), Peer: spoken(limitsApp)},
	{Name: "memory-left", Defect: "each client leaves 100 KB behind", Expected: ids("S-CON-06"), Memory: true, Peer: leak(100 << 10)},
	{Name: "unpublish-lost-under-load", Defect: "while others of its app are asked a stream's on_unpublish is lost", Expected: ids("S-CON-06"), May: ids("S-CON-*"), Peer: hooked(sparing(losesUnderLoad))},
}
