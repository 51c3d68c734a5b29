package hookdefect

import "hookproof/internal/mutant"

import (
	"bytes"
	"net/http"
	"unicode/utf8"
)

var brokenRows = []mutant.Row{
	{Name: "malformed-accepted", Defect: "accepts what it cannot parse", Expected: ids("H-BAD-01"),
		May: ids("H-BAD-04"), Peer: planted(func(s *parts) { s.broken = s.accept })},
	{Name: "rest-unread", Defect: "does not look after the first object", Expected: ids("H-BAD-01"),
		Peer: decodes(firstObject)},
	{Name: "array-unwrapped", Defect: "takes an array of one event for the event", Expected: ids("H-BAD-01"),
		Peer: decodes(unwrapped)},
	{Name: "no-action-accepted", Defect: "accepts a request without an action", Expected: ids("H-BAD-01"),
		Peer: decodes(closedWithoutAction)},
	{Name: "any-action-accepted", Defect: "accepts an action that does not exist", Expected: ids("H-BAD-01"),
		Peer: decodes(anyAction)},
	{Name: "action-case-folded", Defect: "takes ON_PUBLISH for on_publish", Expected: ids("H-BAD-01"),
		Peer: decodes(foldedAction)},
	{Name: "types-unchecked", Defect: "does not look at the types of values", Expected: ids("H-BAD-04"),
		Peer: decodes(untyped)},
	{Name: "broken-unanswered", Defect: "drops the connection of a caller whose request it cannot parse",
		Expected: ids("H-BAD-01"), May: ids("H-REQ-03"),
		Peer: planted(func(s *parts) { s.broken = reply{status: drop} })},
	{Name: "dies-of-a-number", Defect: "dies of a number where a string should be", Expected: ids("H-BAD-04"),
		Silent: true, Peer: dies(func(b []byte) bool { return bytes.Contains(b, []byte(`"app":7`)) })},
	{Name: "dies-of-nesting", Defect: "dies of a deeply nested body", Expected: ids("H-BAD-02"),
		Peer: dies(func(b []byte) bool {
			return bytes.Count(b, []byte("[")) > 1000 ||
				bytes.Count(b, []byte("{")) > 1000
		})},
	{Name: "dies-of-size", Defect: "dies of a body of 10 MB", Expected: ids("H-BAD-02"), Peer: planted(diesOfSize)},
	{Name: "dies-of-bytes", Defect: "dies of a body that is not UTF-8", Expected: ids("H-BAD-02"),
		Peer: dies(func(b []byte) bool { return !utf8.Valid(b) })},
	{Name: "one-at-a-time", Defect: "serves nobody while it waits for a slow body", Expected: ids("H-BAD-02"),
		May: ids("H-CON-02"), Silent: true, Peer: planted(oneAtATime)},
	{Name: "any-method", Defect: "serves GET, PUT and DELETE as POST", Expected: ids("H-BAD-03"),
		Peer: planted(func(s *parts) { s.method = func(string) bool { return true } })},
	{Name: "get-is-a-health-check", Defect: "answers every GET with 0", Expected: ids("H-BAD-03"),
		Peer: planted(healthCheck)},
}

var transportRows = []mutant.Row{
	{Name: "no-chunks", Defect: "wants a Content-Length", Expected: ids("H-NET-01"),
		Peer: before(func(r *http.Request) bool { return r.ContentLength < 0 }, reply{411, "length"})},
	{Name: "no-expect", Defect: "answers 417 to Expect", Expected: ids("H-NET-01"),
		Peer: before(func(r *http.Request) bool { return r.Header.Get("Expect") != "" }, reply{417, ""})},
	{Name: "one-request-a-connection", Defect: "ends a connection after its answer without saying so",
		Expected: ids("H-NET-01"), May: ids("H-NET-03"), Peer: planted(hangsUp)},
	{Name: "pipelined-lost", Defect: "loses a request that comes right after another one", Expected: ids("H-NET-03"),
		Peer: planted(losesPipelined)},
	{Name: "few-connections", Defect: "resets connections while 20 are open", Expected: ids("H-NET-02", "H-CON-01"),
		May: ids("H-CON-02"), Peer: planted(fewConnections)},
	{Name: "answers-of-others", Defect: "sends two callers each other's answers when they come at once",
		Expected: ids("H-CON-01"), May: ids("H-CON-02", "H-BAD-02"), Peer: planted(swaps)},
	{Name: "one-verdict-for-all", Defect: "keeps the verdict in a variable that all requests share",
		Expected: ids("H-CON-01"), May: ids("H-CON-02", "H-BAD-02"), Peer: planted(shares)},
	{Name: "pauses", Defect: "pauses for 350 ms at every 40th request", Expected: ids("H-CON-02"),
		Peer: planted(pauses)},
}
