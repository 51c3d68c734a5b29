package hookdefect

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/mutant"
)

// variantRows are hook servers that the suite must not accuse: what they do
// differently is legal. Those with Expected miss a SHOULD or a MAY.
var variantRows = slices.Concat(refusingVariants, answeringVariants, knowingVariants, reachedVariants)

// legal makes variants of rows.
func legal(rows ...mutant.Row) []mutant.Row {
	for i := range rows {
		rows[i].Variant = true
	}
	return rows
}

var refusingVariants = legal(
	mutant.Row{Name: "refuses-with-403", Defect: "refuses with status 403 and an empty body",
		Peer: planted(refusing(403, ""))},
	mutant.Row{Name: "refuses-with-401", Defect: "refuses with status 401 and text",
		Peer: planted(refusing(401, "unauthorized\n"))},
	mutant.Row{Name: "refuses-with-404", Defect: "refuses with status 404 and a page",
		Peer: planted(refusing(404, "<html>no such stream</html>"))},
	mutant.Row{Name: "refuses-with-422", Defect: "refuses with status 422 and JSON of its own",
		Peer: planted(refusing(422, `{"error":{"token":["is invalid"]}}`))},
	mutant.Row{Name: "refuses-with-code-7", Defect: "refuses with code 7 and status 200", Profiles: sinceSRS3,
		Peer: planted(refusing(200, `{"code":7}`))},
	mutant.Row{Name: "refuses-with-number-7", Defect: "refuses with the number 7 and status 200",
		Peer: planted(refusing(200, "7"))},
	mutant.Row{Name: "refuses-with-negative-code", Defect: "refuses with code -1 and status 200", Profiles: sinceSRS3,
		Peer: planted(refusing(200, `{"code":-1}`))},
	mutant.Row{Name: "refuses-with-500", Defect: "refuses with status 500", Expected: ids("H-REJ-04"),
		Peer: planted(refusing(500, "refused"))},
	mutant.Row{Name: "refuses-by-redirect", Defect: "refuses with a redirect to a login page",
		Expected: ids("H-REJ-04"), Peer: planted(refusing(302, ""))},
)

var answeringVariants = legal(
	mutant.Row{Name: "answers-numbers", Defect: "answers the numbers of the document to a new caller",
		Profiles: sinceSRS3,
		Peer:     planted(both(accepting(200, "0"), refusing(200, "1")))},
	mutant.Row{Name: "answers-indented", Defect: "indents the answer and ends it with a newline", Profiles: sinceSRS3,
		Peer: planted(accepting(200, "{\n  \"code\": 0,\n  \"data\": null\n}\n"))},
	mutant.Row{Name: "code-comes-last", Defect: "has other keys before code", Profiles: sinceSRS3,
		Peer: planted(accepting(200, `{"data":{"code":5,"list":[1,2]},"msg":"ok","code":0}`))},
	mutant.Row{Name: "nested-a-little", Defect: "has an array nested 50 deep in the answer", Profiles: sinceSRS3,
		Peer: accepting(200, `{"code":0,"d":`+nested(50)+`}`)},
	mutant.Row{Name: "four-kilobytes-of-keys", Defect: "has 4 KB of other keys in the answer", Profiles: sinceSRS3,
		Peer: planted(accepting(200, `{"code":0,"data":{"note":"`+strings.Repeat("x", 4<<10)+`"}}`))},
	mutant.Row{Name: "answers-as-html", Defect: "calls its answer HTML",
		Peer: planted(withHeader("Content-Type", "text/html; charset=UTF-8"))},
	mutant.Row{Name: "answers-with-cookies", Defect: "sets cookies and names its version", Peer: planted(withHeader(
		"Set-Cookie", "sid=1; HttpOnly", "Set-Cookie", "lang=en", "Server", "Apache-Coyote/1.1", "X-Powered-By",
		"PHP/5.2"))},
	mutant.Row{Name: "answers-in-chunks", Defect: "sends the answer in chunks", Peer: planted(piecemeal(16))},
	mutant.Row{Name: "answers-byte-by-byte", Defect: "sends each byte of the answer in a chunk of its own",
		Peer: planted(piecemeal(1))},
	mutant.Row{Name: "speaks-http-1.0", Defect: "answers in HTTP/1.0, without a length", May: ids("H-NET-03"),
		Peer: planted(byHand(oldHTTP))},
	mutant.Row{Name: "ends-each-connection", Defect: "ends the connection after each answer, and says so",
		May: ids("H-NET-03"), Peer: planted(byHand(lastAnswer))},
	mutant.Row{Name: "slow-at-first", Defect: "takes 1.5 s for each of its first answers", Patient: true,
		Peer: planted(slowAtFirst)},
	mutant.Row{Name: "one-thread", Defect: "serves one request at a time, quickly", Peer: planted(oneThread)},
)

var knowingVariants = legal(
	mutant.Row{Name: "plays-live-streams", Defect: "refuses on_play of a stream that nobody publishes",
		Peer: planted(keeps(liveToPlay))},
	mutant.Row{Name: "one-publisher-a-stream", Defect: "refuses on_publish of a stream that is published",
		Peer: planted(keeps(onePublisher))},
	mutant.Row{Name: "connected-clients-only", Defect: "refuses clients whose on_connect it has not accepted",
		Profiles: sinceSRS3, Peer: planted(keeps(connectedFirst))},
	mutant.Row{Name: "reads-jwt", Defect: "wants a signed token (JWT)", Peer: planted(readsJWT)},
	mutant.Row{Name: "signs-streams", Defect: "wants the HMAC of the stream's name", Profiles: sinceSRS4,
		Peer: planted(signsStreams)},
	mutant.Row{Name: "user-and-password", Defect: "wants two keys", Peer: planted(twoKeys)},
	mutant.Row{Name: "token-last-wins", Defect: "of several tokens the last one counts", Expected: ids("H-REJ-08"),
		Peer: planted(ofSeveral(func(all []string) []string { return all[len(all)-1:] }))},
	mutant.Row{Name: "token-first-wins", Defect: "of several tokens the first one counts", Expected: ids("H-REJ-08"),
		Peer: planted(ofSeveral(func(all []string) []string { return all[:1] }))},
)

var reachedVariants = legal(
	mutant.Row{Name: "one-url", Defect: "has one URL for all events",
		Peer: planted(rewritten(func(_ hook.Event, url string) string {
			return url[:strings.Index(url, "/api/")] + "/hooks?key=1"
		}))},
	mutant.Row{Name: "a-url-an-event", Defect: "has a URL for each event",
		Peer: planted(rewritten(func(ev hook.Event, url string) string {
			return url[:strings.Index(url, "/api/")] + "/hooks/" + ev.String()
		}))},
	mutant.Row{Name: "publishers-only", Defect: "has URLs for on_publish and on_unpublish only",
		Peer: planted(serving(hook.OnPublish, hook.OnUnpublish))},
	mutant.Row{Name: "players-only", Defect: "has a URL for on_play only", Peer: planted(serving(hook.OnPlay))},
	mutant.Row{Name: "connections-only", Defect: "has URLs for on_connect and on_close only",
		Peer: planted(serving(hook.OnConnect, hook.OnClose))},
	mutant.Row{Name: "speaks-tls", Defect: "is reached by https", Peer: planted(overTLS)},
	mutant.Row{Name: "wants-basic", Defect: "wants a user and a password in the URL", Peer: planted(afterBasic)},
	mutant.Row{Name: "wants-header", Defect: "wants a header field of its gateway", Peer: planted(afterGateway)},
)
