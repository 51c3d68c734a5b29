package hook

import (
	"bytes"
	"strings"

	"hookproof/internal/redact"
)

// Problem is one thing that is wrong with a payload.
type Problem struct {
	Key  string // empty where the body as a whole is meant
	Want string
	Got  string
}

// String returns "key: want …, got …".
func (p Problem) String() string {
	what := p.Key
	if what == "" {
		what = "body"
	}
	return what + ": want " + p.Want + ", got " + p.Got
}

// PayloadError lists everything that is wrong with a payload.
type PayloadError struct{ Problems []Problem }

// Error returns all problems, separated by semicolons.
func (e *PayloadError) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.String()
	}
	return strings.Join(all, "; ")
}

// maxProblems bounds the list, since a peer chooses how long it gets.
const maxProblems = 50

// Decode reads a payload and checks it against the profile's table: one
// well-formed UTF-8 JSON object and nothing else (S-REQ-02), nested at most 1000
// deep, no key twice, every key of the event there with its type (S-KEY-01…06).
// Keys that the table does not list are allowed.
//
// The error is a *PayloadError with every problem, at most 50. The payload
// holds what could be read and is never nil.
func (p *Profile) Decode(body []byte) (*Payload, error) {
	r := reading{s: scanner{b: body}}
	r.run()
	if !r.broken {
		r.checkTable(p)
	}
	return r.result()
}

// DecodeAny reads a payload of any profile far enough to know whose event
// it is: an object with an action and a client_id, which may be a string or an
// integer. It forgives missing and doubled keys, wrong types elsewhere, and
// raw control bytes or bytes that are not UTF-8 in strings, which SRS 7.0.18
// sends. The error is a *PayloadError; the payload is never nil.
func DecodeAny(body []byte) (*Payload, error) {
	r := reading{s: scanner{b: body, loose: true}, forgive: true}
	r.run()
	if !r.broken {
		r.checkAction()
		if r.pl.ClientID == "" {
			r.problem("client_id", "a non-empty string or an integer", r.got(fieldClientID))
		}
	}
	return r.result()
}

// reading is one payload on its way from text to fields.
type reading struct {
	s        scanner
	pl       Payload
	forgive  bool // doubled keys are no problem
	broken   bool // the text is not one whole object: keys may be missing for that reason alone
	seen     [fieldCount]bool
	values   [fieldCount]value // the last one of each key
	others   map[string]value  // likewise, of keys that Payload has no field for; nil while it forgives
	problems []Problem
}

func (r *reading) problem(key, want, got string) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{Key: key, Want: want, Got: got})
	}
}

func (r *reading) result() (*Payload, error) {
	if len(r.problems) > 0 {
		return &r.pl, &PayloadError{Problems: r.problems}
	}
	return &r.pl, nil
}

func (r *reading) run() {
	if err := r.s.whole(r.member); err != nil {
		r.broken = true
		what := "one JSON object in UTF-8"
		if len(bytes.TrimSpace(r.s.b)) == 0 {
			r.problem("", what, "an empty body")
		} else {
			r.problem("", what, err.Error())
		}
	}
	r.fill()
}

func (r *reading) member(quoted []byte, v value) {
	key := inside(quoted)
	f := fieldOf(string(key))
	twice := false
	if f != fieldUnknown {
		twice = r.seen[f]
		r.seen[f], r.values[f] = true, v
	} else if !r.forgive {
		if r.others == nil {
			r.others = make(map[string]value)
		}
		_, twice = r.others[string(key)]
		r.others[string(key)] = v
	}
	if twice && !r.forgive {
		r.problem(redact.Clip(string(key), mostQuoted), "the key once", "it twice")
	}
}

// fill puts everything readable into the payload, whatever the tables say.
func (r *reading) fill() {
	// The strings share one copy of the body, unless a large body would be
	// kept alive by them.
	const small = 4 << 10
	var shared string
	if len(r.s.b) <= small {
		shared = string(r.s.b)
	}
	for f := fieldUnknown + 1; f < fieldCount; f++ {
		v := r.values[f]
		if !r.seen[f] {
			continue
		}
		if n := r.pl.count(f); n != nil {
			if isIndex(v.raw) {
				*n = parseIndex(v.raw)
			}
			continue
		}
		switch {
		case v.kind == jsonString:
			*r.pl.text(f) = textOf(v, shared)
		case f == fieldClientID && isIndex(v.raw):
			*r.pl.text(f) = string(v.raw)
		}
	}
}

// textOf returns a string's content, as a part of shared where that is set and
// nothing had to be unescaped.
func textOf(v value, shared string) string {
	in := inside(v.raw)
	if len(in) == len(v.raw)-2 && shared != "" {
		if same := shared[v.at+1 : v.at+1+len(in)]; same == string(in) {
			return same
		}
	}
	return string(in)
}

// parseIndex reads what isIndex accepts.
func parseIndex(digits []byte) int64 {
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return n
}

// valueOf returns the value of a key of a table; false: it is not there.
func (r *reading) valueOf(k *Key) (value, bool) {
	if k.field != fieldUnknown {
		return r.values[k.field], r.seen[k.field]
	}
	v, seen := r.others[k.Name]
	return v, seen
}

// got describes a field's value, for a problem.
func (r *reading) got(f field) string { return describe(r.values[f], r.seen[f]) }

func describe(v value, seen bool) string {
	switch {
	case !seen:
		return "no such key"
	case v.kind == jsonString && len(v.raw) == 2:
		return "an empty string"
	}
	return v.String()
}

// checkAction returns the event, or notes why there is none.
func (r *reading) checkAction() (Event, bool) {
	e, ok := r.pl.Event()
	if !ok {
		r.problem("action", "one of "+strings.Join(eventNames[:], ", "), r.got(fieldAction))
	}
	return e, ok
}

func (r *reading) checkTable(p *Profile) {
	e, ok := r.checkAction()
	if !ok {
		return
	}
	for i := range p.keys[e] {
		k := &p.keys[e][i]
		v, seen := r.valueOf(k)
		if k.field == fieldAction || k.Optional && !seen {
			continue
		}
		if !seen || !k.Kind.holds(v) {
			r.problem(k.Name, k.Kind.String(), describe(v, seen))
		} else if k.field == fieldUnknown {
			r.pl.setMore(k.Name, v)
		}
	}
}

// holds reports whether v is a value of the kind.
func (k Kind) holds(v value) bool {
	switch k {
	case Text:
		return v.kind == jsonString
	case TextID:
		return v.kind == jsonString && len(v.raw) > 2
	}
	return v.kind == jsonInteger && isIndex(v.raw)
}
