package hookcheck

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/reports"
)

// mostTold is how many exchanges a finding tells.
const mostTold = 5

// every runs a check on each exchange: it says what was expected of one that is
// wrong, "" of one that is right. There must be one at least.
func every(all []Exchange, expected string, judge func(*Exchange) string) *check.Finding {
	if len(all) == 0 {
		return &check.Finding{Expected: "at least one request", Seen: "none was sent"}
	}
	var f check.Finding
	bad := 0
	for i := range all {
		x := &all[i]
		want := judge(x)
		if want == "" {
			continue
		}
		if bad++; bad == 1 {
			f.Seen = fmt.Sprintf("%s got %s", x.What, x.got())
			f.Expected = want
		}
		if bad <= mostTold {
			f.Evidence = append(f.Evidence, x.evidence()...)
			f.Detail += x.tell(want)
		}
	}
	if bad == 0 {
		return nil
	}
	if f.Expected = expected + ": " + f.Expected; len(all) > 1 {
		f.Seen += fmt.Sprintf(" (%d of %d requests)", bad, len(all))
	}
	return &f
}

// accepting says which answers accept in a profile.
func accepting(p *hook.Profile) string {
	if p.AcceptObject {
		return "200 and `0`, or an object whose code is the integer 0, as `{\"code\":0}`"
	}
	return "200 and `0`"
}

// accepted reports whether an answer accepts as callers of every version want it: with status 200.
func accepted(p *hook.Profile, x *Exchange) bool {
	return x.Failure == "" && x.Status == http.StatusOK && x.accepts(p)
}

// Accepted checks that acceptable events are accepted. What explains that one is not is part of the finding, and so
// is its cause: other events that are answered in the same way fail for the same reason.
func Accepted(p *hook.Profile, obs []reports.Observation, wants ...Want) *check.Finding {
	if len(wants) == 0 {
		wants = []Want{Accept}
	}
	all := Exchanges(obs, wants...)
	f := every(all, "each acceptable event to be accepted", func(x *Exchange) string {
		if accepted(p, x) {
			return ""
		}
		return accepting(p)
	})
	if f == nil || len(all) == 0 {
		return f
	}
	i := slices.IndexFunc(all, func(x Exchange) bool { return !accepted(p, &x) })
	f.Cause = "acceptable events get " + all[i].got()
	if why := Diagnosis(p, obs); why != "" {
		f.Seen += "; " + why
	}
	return f
}

// AcceptedOf checks that an event of an RTMP client was accepted: the answers to others are other requirements'.
func AcceptedOf(p *hook.Profile, obs []reports.Observation, actor string, ev hook.Event) error {
	var own []Exchange
	for _, x := range Exchanges(obs, Watched) {
		switch {
		case x.Actor != actor:
		case x.Event == ev.String():
			own = append(own, x)
		case !accepted(p, &x) && len(own) == 0:
			return &check.NotRun{
				Reason: fmt.Sprintf("%s of a client of an RTMP server got %s: %s does not come after that", x.Event,
					x.got(), ev),
			}
		}
	}
	f := every(
		own,
		"the "+ev.String()+" of "+actor+", a client of an RTMP server, to be accepted",
		func(x *Exchange) string {
			if accepted(p, x) {
				return ""
			}
			return accepting(p)
		},
	)
	if f == nil {
		return nil
	}
	return f
}

// Refused checks that events are refused: any answer that does not accept, and
// none as well. Of the URLs of an event one has to refuse: callers ask no further.
func Refused(p *hook.Profile, obs []reports.Observation) *check.Finding {
	all := Exchanges(obs, Refuse)
	out := refusedSomewhere(p, all)
	f := every(all, "each of them to be refused", func(x *Exchange) string {
		if !x.accepts(p) || out[asker(x)] {
			return ""
		}
		return "a code that is not 0, as `1`, or a status such as 403"
	})
	if f != nil && len(all) > 0 {
		f.Cause = "accepts whom it should refuse"
		f.Detail += "an answer that accepts lets the client publish or play: " +
			"a server that accepts everyone keeps nobody out\n"
	}
	return f
}

// asker names the client and the event that a request is for.
func asker(x *Exchange) string { return fmt.Sprintf("%d %s %s", x.Visitor, x.Event, x.What) }

// refusedSomewhere lists the clients that were refused at one URL of an event.
func refusedSomewhere(p *hook.Profile, all []Exchange) map[string]bool {
	out := map[string]bool{}
	for i := range all {
		if x := &all[i]; x.Visitor != 0 && !x.accepts(p) {
			out[asker(x)] = true
		}
	}
	return out
}

// SameVerdict checks H-REJ-08: requests that only differ in order are all accepted or all refused.
func SameVerdict(p *hook.Profile, obs []reports.Observation) *check.Finding {
	all := Exchanges(obs, Alike)
	if len(all) == 0 {
		return &check.Finding{Expected: "requests that differ in order", Seen: "none was sent"}
	}
	first := &all[0]
	return every(all, "the same verdict in every order", func(x *Exchange) string {
		switch {
		case x.accepts(p) == first.accepts(p):
			return ""
		case first.accepts(p):
			return "to be accepted, as the other order is"
		}
		return "to be refused, as the other order is"
	})
}

// WellRefused checks H-REJ-04: a refusal is a code that is not 0, with 200, or
// a 4xx.
func WellRefused(p *hook.Profile, obs []reports.Observation) *check.Finding {
	return every(Exchanges(obs, Refuse), "a refusal that can be told from a failure", func(x *Exchange) string {
		if wellRefused(x) || x.accepts(p) {
			return "" // one that accepts is H-REJ-01…03's
		}
		return "200 and a code that is an integer other than 0, as `1` or `{\"code\":1}`, or a status of 400 to 499"
	})
}

func wellRefused(x *Exchange) bool {
	return x.Failure == "" && (x.Status >= 400 && x.Status < 500 || x.Status == http.StatusOK && refusalCode(x.Body))
}

// refusalCode reports whether a body is a code that is not 0: an integer, or
// an object with such a code.
func refusalCode(body string) bool {
	body = strings.TrimSpace(body)
	var o struct{ Code *json.Number }
	if strings.HasPrefix(body, "{") {
		if json.Unmarshal([]byte(body), &o) != nil || o.Code == nil || strings.Contains(body, `"`+o.Code.String()+`"`) {
			return false
		}
		body = o.Code.String()
	}
	n, err := strconv.ParseInt(body, 10, 64)
	return err == nil && n != 0
}

// Exact checks H-RSP-07: nothing surrounds the 0, and code is one integer.
func Exact(p *hook.Profile, obs []reports.Observation) *check.Finding {
	f := every(Exchanges(obs, Accept), "an exact answer", func(x *Exchange) string {
		switch {
		case x.Failure != "" || x.Status != http.StatusOK || wellRefused(x):
			return "" // H-RSP-01…06 say so
		case x.Encoding != "":
			return "no Content-Encoding: callers do not undo it"
		case x.Body == "0":
			return ""
		case strings.HasPrefix(strings.TrimSpace(x.Body), "{") && p.AcceptObject:
			if x.accepts(p) && count(x.Body, "code") == 1 {
				return ""
			}
			return "one key code, whose value is the integer 0"
		}
		return accepting(p) + ", and nothing round it"
	})
	if f != nil && len(f.Evidence) > 0 {
		f.Cause = inexactCause(p, obs)
	}
	return f
}

// mostNested is how deep an answer may be nested: more than any has a use for, and a tenth of what ends SRS 3 and 4.
const mostNested = 100

// Shallow checks that no answer is nested so deep that it could end a caller (H-RSP-09).
func Shallow(obs []reports.Observation) *check.Finding {
	return every(Exchanges(obs, Accept), "a flat answer", func(x *Exchange) string {
		if depth := nesting(x.Body); depth > mostNested {
			return fmt.Sprintf("objects and arrays nested at most %d deep, not %d: 1,000 end SRS 3 and 4, 3,000 every "+
				"SRS", mostNested, depth)
		}
		return ""
	})
}

// nesting is how deep objects and arrays are nested in a JSON text, valid or not.
func nesting(text string) (deepest int) {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// count returns how often a JSON object has a key; keys of objects inside it do not count.
func count(object, key string) (n int) {
	d := json.NewDecoder(strings.NewReader(object))
	if _, err := d.Token(); err != nil {
		return 0
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return n
		}
		if name == key {
			n++
		}
	}
	return n
}

// inexactCause is the cause that Accepted names, where an answer that is not exact does not accept either.
func inexactCause(p *hook.Profile, obs []reports.Observation) string {
	if f := Accepted(p, obs); f != nil {
		return f.Cause
	}
	return ""
}

// Answered checks that each request got an answer, whatever it says, within limit, in s: no caller of ours waits
// longer.
func Answered(obs []reports.Observation, limit float64, wants ...Want) *check.Finding {
	return every(Exchanges(obs, wants...), fmt.Sprintf("each answered within %g s", limit), func(x *Exchange) string {
		if x.Failure == "" {
			return ""
		}
		return fmt.Sprintf("an answer within %g s", limit)
	})
}

// NeverAccepted checks that no broken request was accepted: neither by the
// profile nor by an older or newer one, which a caller might speak.
func NeverAccepted(obs []reports.Observation) *check.Finding {
	return every(Exchanges(obs, NoAccept), "no accepting answer", func(x *Exchange) string {
		for _, p := range hook.Profiles() {
			if x.accepts(p) {
				return "anything that does not accept, as `100` or a status of 400"
			}
		}
		return ""
	})
}

// OfProtocol checks H-REQ-03: each answer is one that callers know, whether it
// accepts or refuses; not a 5xx, a hang or a dropped connection.
func OfProtocol(obs []reports.Observation, wants ...Want) *check.Finding {
	return every(Exchanges(obs, wants...), "an answer of the protocol", func(x *Exchange) string {
		if x.Failure == "" && x.Status < 500 {
			return ""
		}
		return "an accepting or a refusing answer, not a 5xx, a hang or a dropped connection"
	})
}

// Right checks H-CON-01: each event of a crowd got the verdict that is its
// own.
func Right(p *hook.Profile, obs []reports.Observation) *check.Finding {
	all := Exchanges(obs, Accept, Refuse)
	out := refusedSomewhere(p, Exchanges(obs, Refuse))
	return every(all, "every verdict right, none lost", func(x *Exchange) string {
		switch {
		case x.Failure != "":
			return "an answer"
		case x.Want == Accept && !accepted(p, x):
			return accepting(p)
		case x.Want == Refuse && x.accepts(p) && !out[asker(x)]:
			return "a refusal"
		}
		return ""
	})
}
