package hookdefect

import (
	"slices"

	"hookproof/hook"
	"hookproof/internal/mutant"
)

// Sound is the hook server without a defect.
var Sound = mutant.Row{Name: mutant.Sound, Defect: "none: a hook server that conforms", Peer: planted(func(*parts) {})}

// Table lists the mutants, by what they break first.
var Table = slices.Concat(answerRows, refusalRows, tokenRows, readingRows, brokenRows, transportRows, variantRows)

// ids makes a list; it keeps the rows short.
func ids(all ...string) []string { return all }

var (
	onlySRS1  = []*hook.Profile{hook.SRS1}
	sinceSRS3 = []*hook.Profile{hook.SRS3, hook.SRS4, hook.SRS6, hook.SRS7}
	sinceSRS4 = []*hook.Profile{hook.SRS4, hook.SRS6, hook.SRS7}
	sinceSRS6 = []*hook.Profile{hook.SRS6, hook.SRS7}
	// accepts are the requirements that ask for an accepting answer to every event.
	accepts = ids("H-RSP-01", "H-RSP-02", "H-RSP-03", "H-RSP-04", "H-RSP-05", "H-RSP-06")
	exactly = append(ids("H-RSP-07"), accepts...)
)

var answerRows = []mutant.Row{
	{Name: "refuses-all", Defect: "refuses every client", Expected: ids("H-RSP-01", "H-RSP-03", "H-RSP-05"),
		NotRun: ids("H-REJ-*"), Headline: "accepts nobody",
		Peer: planted(func(s *parts) { s.allow = func(*hook.Payload) bool { return false } })},
	{Name: "zero-quoted", Defect: "accepts with \"0\", in quotes", Expected: exactly, Peer: accepting(200, `"0"`)},
	{Name: "zero-and-newline", Defect: "accepts with 0 and a newline", Expected: exactly, Peer: accepting(200, "0\n")},
	{Name: "ok", Defect: "accepts with ok", Expected: exactly, Peer: accepting(200, "ok")},
	{Name: "empty-answer", Defect: "accepts with an empty body", Expected: exactly, Peer: accepting(200, "")},
	{Name: "code-as-string", Defect: `accepts with {"code":"0"}`, Expected: exactly,
		Peer: accepting(200, `{"code":"0"}`)},
	{Name: "code-not-integer", Defect: `accepts with {"code":0.0}`, Expected: exactly,
		Peer: accepting(200, `{"code":0.0}`)},
	{Name: "object-for-old-callers", Defect: `accepts with {"code":0}, which callers of srs1 do not know`,
		Profiles: onlySRS1, Expected: exactly, Peer: accepting(200, `{"code":0}`)},
	{Name: "code-twice", Defect: "the answer has the key code twice", Profiles: sinceSRS3, Expected: ids("H-RSP-07"),
		Peer: accepting(200, `{"code":0,"code":0}`)},
	{Name: "nested-answer", Defect: "the answer has an array nested 900 deep", Profiles: sinceSRS3,
		Expected: ids("H-RSP-09"), Peer: accepting(200, `{"code":0,"d":`+nested(900)+`}`)},
	{Name: "nested-answer-once", Defect: "the answer to on_stop has an array nested 900 deep",
		Profiles: sinceSRS3, Expected: ids("H-RSP-09"),
		Peer: closing("on_stop", reply{200, `{"code":0,"d":` + nested(900) + `}`})},
	{Name: "status-201", Defect: "accepts with status 201", Expected: accepts, Peer: accepting(201, "0")},
	{Name: "no-content", Defect: "accepts with status 204", Expected: accepts, Peer: accepting(204, "")},
	{Name: "redirect", Defect: "answers with a redirect to a path with a slash", Expected: accepts,
		Peer: accepting(307, "")},
	{Name: "on-stop-unanswered", Defect: "on_stop is never answered", Expected: ids("H-RSP-06", "H-RSP-08"),
		Silent: true, Peer: closing("on_stop", reply{status: hang})},
	{Name: "on-close-refused", Defect: "on_close is answered with 1", Expected: ids("H-RSP-02"),
		Peer: closing("on_close", reply{200, "1"})},
	{Name: "strangers-leave", Defect: "a closing event of a client that it does not know is answered with 404",
		Expected: ids("H-ORD-01"), Peer: planted(knowsClients)},
	{Name: "leaves-once", Defect: "a closing event that comes again is answered with 1", Expected: ids("H-ORD-01"),
		Peer: planted(leavesOnce)},
}

var refusalRows = []mutant.Row{
	{Name: "accepts-all", Defect: "accepts every client", Expected: ids("H-REJ-01", "H-REJ-02", "H-REJ-03"),
		NotRun: ids("H-REJ-0[4-8]"), Headline: "refuses nobody",
		Peer: planted(func(s *parts) { s.allow = func(*hook.Payload) bool { return true } })},
	{Name: "connect-unchecked", Defect: "accepts every on_connect", Expected: ids("H-REJ-01"),
		Peer: unchecked(hook.OnConnect)},
	{Name: "publish-unchecked", Defect: "accepts every on_publish", Expected: ids("H-REJ-02"),
		Peer: unchecked(hook.OnPublish)},
	{Name: "play-unchecked", Defect: "accepts every on_play", Expected: ids("H-REJ-03"), Peer: unchecked(hook.OnPlay)},
	{Name: "own-machine-trusted", Defect: "accepts whoever comes from 127.0.0.1", Profiles: sinceSRS3,
		Expected: ids("H-REJ-01", "H-REJ-02", "H-REJ-03", "H-REJ-07"), Peer: trusts("127.0.0.1")},
	{Name: "own-network-trusted", Defect: "accepts whoever comes from a private address", Expected: ids("H-REJ-07"),
		Peer: trusts("10.0.0.1")},
	{Name: "refuses-by-dropping", Defect: "refuses by dropping the connection", Expected: ids("H-REJ-04"),
		May: ids("H-REQ-03", "H-CON-01"), Peer: refusing(drop, "")},
	{Name: "refuses-in-words", Defect: "refuses with 200 and the word no", Expected: ids("H-REJ-04"),
		Peer: refusing(200, "no")},
	{Name: "refuses-with-nothing", Defect: "refuses with 200 and an empty body", Expected: ids("H-REJ-04"),
		Peer: refusing(200, "")},
}

var tokenRows = []mutant.Row{
	{Name: "token-case-folded", Defect: "compares the token without regard to case", Expected: ids("H-REJ-05"),
		Peer: compares(foldedToken)},
	{Name: "token-prefix", Defect: "accepts whatever begins with the token", Expected: ids("H-REJ-05"),
		Peer: compares(beginsWithToken)},
	{Name: "token-suffix", Defect: "accepts whatever ends in the token", Expected: ids("H-REJ-05"),
		Peer: compares(endsInToken)},
	{Name: "token-begun", Defect: "accepts whatever the token begins with", Expected: ids("H-REJ-05"),
		Peer: compares(beginsToken)},
	{Name: "one-key-of-two", Defect: "looks at one key of a credential that has two", Expected: ids("H-REJ-05"),
		Peer: planted(oneKeyOfTwo)},
	{Name: "token-anywhere", Defect: "looks for the token's value anywhere in the parameters",
		Expected: ids("H-REJ-05"), Peer: planted(anywhere)},
	{Name: "token-of-tcurl-alone", Defect: "reads the token from tcUrl only", Profiles: sinceSRS6,
		Expected: ids("H-REJ-08"),
		Peer: planted(func(s *parts) {
			s.allow = func(pl *hook.Payload) bool { return allowed(s, query(pl.TCURL), "", "") }
		})},
	{Name: "token-of-param-alone", Defect: "reads the token from param only", Profiles: sinceSRS4,
		Expected: ids("H-REJ-08"),
		Peer: planted(func(s *parts) {
			s.allow = func(pl *hook.Payload) bool {
				return allowed(s, pl.Param, "", "")
			}
		})},
	{Name: "token-optional", Defect: "accepts who has no token", Expected: ids("H-REJ-05", "H-REJ-06"),
		Peer: planted(optional)},
	{Name: "state-of-the-last", Defect: "takes what a request has not from the request before", Profiles: sinceSRS3,
		Expected: ids("H-REJ-06"), May: ids("H-REJ-05", "H-REQ-01", "H-CON-01"), Peer: planted(remembers)},
	{Name: "params-cut", Defect: "reads 255 bytes of the parameters", Profiles: sinceSRS3,
		Expected: ids("H-RSP-01", "H-RSP-03", "H-RSP-05"), Peer: cuts(255)},
	{Name: "first-parameter-alone", Defect: "reads the first parameter only", Profiles: sinceSRS3,
		Expected: ids("H-RSP-01", "H-RSP-03", "H-RSP-05"), May: ids("H-REJ-05", "H-REJ-08"),
		Peer: planted(firstOnly)},
	{Name: "doubled-token", Defect: "does not end a value at a second ?", Profiles: sinceSRS6,
		Expected: ids("H-REQ-04"), Peer: planted(ampersandOnly)},
}

var readingRows = []mutant.Row{
	{Name: "unknown-key", Defect: "answers 500 to a key that it does not know", Expected: ids("H-REQ-01"),
		Peer: planted(knownKeysOnly)},
	{Name: "fixed-order", Defect: "wants action before the other keys of the client", Expected: ids("H-REQ-01"),
		Peer: planted(actionFirst)},
	{Name: "no-blanks", Defect: "does not read blanks between tokens", Expected: ids("H-REQ-01"),
		Peer: planted(noBlanks)},
	{Name: "escapes-unread", Defect: "does not undo escapes in strings", Expected: ids("H-REQ-01"),
		May: ids("H-RSP-*"), Peer: planted(escapesUnread)},
	{Name: "ascii-only", Defect: "answers 500 to a body that is not ASCII", Expected: ids("H-REQ-01"),
		Peer: planted(asciiOnly)},
	{Name: "id-string-only", Defect: "answers 500 to a client_id that is no string", Profiles: sinceSRS4,
		Expected: ids("H-REQ-02"), Peer: idMustBegin('"')},
	{Name: "id-integer-only", Defect: "answers 500 to a client_id that is no integer", Profiles: sinceSRS4,
		Expected: accepts, Peer: idMustBegin('1')},
	{Name: "id-as-srs1-has-it", Defect: "answers 500 to a client_id that is no integer",
		Profiles: []*hook.Profile{hook.SRS1, hook.SRS3},
		Expected: ids("H-REQ-02"), Peer: idMustBegin('1')},
	{Name: "odd-parameters", Defect: "answers 500 to parameters with a second ?", Expected: ids("H-REQ-03"),
		Peer: planted(oddParameters)},
	{Name: "json-by-type", Defect: "answers 415 without the Content-Type application/json", Expected: ids("H-REQ-05"),
		Peer: planted(typedOnly)},
}
