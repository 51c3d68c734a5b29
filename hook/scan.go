package hook

import (
	"fmt"
	"unicode/utf8"

	"hookproof/internal/redact"
)

// maxDepth bounds the nesting of arrays and objects in what a peer sends: SRS 5 to 7 take 1,000 levels, and 3,000 end
// them.
const maxDepth = 1000

// valueKind is the JSON type of a value as it is in the text.
type valueKind uint8

const (
	jsonString valueKind = iota
	jsonInteger
	jsonNumber // with a fraction or an exponent
	jsonObject
	jsonArray
	jsonBool
	jsonNull
)

// value is one JSON value: its kind, its raw text and where that begins.
type value struct {
	kind valueKind
	at   int
	raw  []byte
}

// String describes the value for an error message.
func (v value) String() string {
	switch v.kind {
	case jsonString:
		return "the string " + redact.Clip(string(v.raw), mostQuoted)
	case jsonInteger, jsonNumber:
		return "the number " + redact.Clip(string(v.raw), mostQuoted)
	case jsonObject:
		return "an object"
	case jsonArray:
		return "an array"
	}
	return string(v.raw)
}

// scanner walks over JSON text by RFC 8259. With loose set it lets control
// bytes and bytes that are not UTF-8 stand in strings: SRS 7.0.18 writes them
// so when a client puts them into a stream name.
type scanner struct {
	b     []byte
	i     int
	loose bool
}

// syntaxError says at which byte the text stops being JSON.
type syntaxError struct {
	at   int
	want string // empty: nothing more
	got  string
}

func (e *syntaxError) Error() string {
	if e.want == "" {
		return fmt.Sprintf("byte %d: unexpected data after the object: %s", e.at, e.got)
	}
	return fmt.Sprintf("byte %d: want %s, got %s", e.at, e.want, e.got)
}

func (s *scanner) fail(want string) error {
	got := "the end"
	if s.i < len(s.b) {
		got = fmt.Sprintf("%q", s.b[s.i])
		if c := s.b[s.i]; c >= utf8.RuneSelf {
			got = fmt.Sprintf("0x%02x", c)
		}
	}
	return &syntaxError{at: s.i, want: want, got: got}
}

func (s *scanner) blanks() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// take steps over c if it is next.
func (s *scanner) take(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// value steps over one value and everything in it. depth counts the arrays and
// objects it is in.
func (s *scanner) value(depth int) (value, error) {
	if s.i >= len(s.b) {
		return value{}, s.fail("a value")
	}
	start := s.i
	kind, err := s.dispatch(depth)
	return value{kind: kind, at: start, raw: s.b[start:s.i]}, err
}

func (s *scanner) dispatch(depth int) (valueKind, error) {
	switch c := s.b[s.i]; {
	case c == '"':
		return jsonString, s.str()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case c == '{' || c == '[':
		if depth >= maxDepth {
			return jsonObject, &syntaxError{at: s.i, want: fmt.Sprintf("at most %d levels of nesting", maxDepth),
				got: "more"}
		}
		if c == '[' {
			return jsonArray, s.array(depth + 1)
		}
		return jsonObject, s.object(depth+1, nil)
	case c == 't':
		return jsonBool, s.word("true")
	case c == 'f':
		return jsonBool, s.word("false")
	case c == 'n':
		return jsonNull, s.word("null")
	}
	return jsonNull, s.fail("a value")
}

func (s *scanner) word(w string) error {
	for j := range len(w) {
		if !s.take(w[j]) {
			return s.fail(w)
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}

func (s *scanner) number() (valueKind, error) {
	kind := jsonInteger
	s.take('-')
	if !s.take('0') && !s.digits() {
		return kind, s.fail("a digit")
	}
	if s.take('.') {
		kind = jsonNumber
		if !s.digits() {
			return kind, s.fail("a digit")
		}
	}
	if s.take('e') || s.take('E') {
		kind = jsonNumber
		if !s.take('-') {
			s.take('+')
		}
		if !s.digits() {
			return kind, s.fail("a digit")
		}
	}
	return kind, nil
}

func (s *scanner) array(depth int) error {
	s.i++
	s.blanks()
	if s.take(']') {
		return nil
	}
	for {
		s.blanks()
		if _, err := s.value(depth); err != nil {
			return err
		}
		s.blanks()
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.fail(`"," or "]"`)
		}
	}
}

// object steps over an object and hands each member to visit, if there is one.
// The key still has its quotes and escapes.
func (s *scanner) object(depth int, visit func(key []byte, v value)) error {
	s.i++
	s.blanks()
	if s.take('}') {
		return nil
	}
	for {
		s.blanks()
		start := s.i
		if s.i >= len(s.b) || s.b[s.i] != '"' {
			return s.fail("a key in quotes")
		}
		if err := s.str(); err != nil {
			return err
		}
		key := s.b[start:s.i]
		s.blanks()
		if !s.take(':') {
			return s.fail(`":"`)
		}
		s.blanks()
		v, err := s.value(depth)
		if err != nil {
			return err
		}
		if visit != nil {
			visit(key, v)
		}
		s.blanks()
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.fail(`"," or "}"`)
		}
	}
}

// whole steps over a text that is one object with nothing but blanks around it.
func (s *scanner) whole(visit func(key []byte, v value)) error {
	s.blanks()
	if s.i >= len(s.b) || s.b[s.i] != '{' {
		return s.fail("an object")
	}
	if err := s.object(1, visit); err != nil {
		return err
	}
	s.blanks()
	if s.i < len(s.b) {
		return s.fail("")
	}
	return nil
}
