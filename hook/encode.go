package hook

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"hookproof/internal/redact"
)

// Encode appends the event's payload to dst as one JSON object, keys in the
// profile's order, and returns the longer slice. The result is always valid
// UTF-8 JSON (S-REQ-02, S-REQ-03): quotes, backslashes and control bytes are
// escaped, bytes that are not UTF-8 become U+FFFD.
//
// An error (unknown action, a client id the profile cannot carry, a negative
// count) is a mistake of the caller, and dst is returned as it was.
func (p *Profile) Encode(dst []byte, pl *Payload) ([]byte, error) {
	e, ok := pl.Event()
	if !ok {
		_, err := ParseEvent(pl.Action)
		return dst, err
	}
	out := append(dst, '{')
	for i := range p.keys[e] {
		k := &p.keys[e][i]
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = append(out, k.Name...)
		out = append(out, '"', ':')
		var err error
		if out, err = appendValue(out, k, pl); err != nil {
			return dst, fmt.Errorf("%s %s: %w", p.Name, e, err)
		}
	}
	return append(out, '}'), nil
}

func appendValue(out []byte, k *Key, pl *Payload) ([]byte, error) {
	if k.field == fieldUnknown {
		return appendMore(out, k, pl.More[k.Name])
	}
	switch k.Kind {
	case Count:
		n := *pl.count(k.field)
		if n < 0 {
			return out, fmt.Errorf("%s: want %s, got %d", k.Name, k.Kind, n)
		}
		return strconv.AppendInt(out, n, 10), nil
	case NumberID:
		s := *pl.text(k.field)
		if !isIndex(s) {
			return out, fmt.Errorf("%s: want %s, got %q", k.Name, k.Kind, redact.Clip(s, mostQuoted))
		}
		return append(out, s...), nil
	case TextID:
		if *pl.text(k.field) == "" {
			return out, fmt.Errorf("%s: want %s, got an empty one", k.Name, k.Kind)
		}
	}
	return appendString(out, *pl.text(k.field)), nil
}

// appendMore writes a key that Payload has no field for; an empty number is 0.
func appendMore(out []byte, k *Key, s string) ([]byte, error) {
	switch number := k.Kind == Count || k.Kind == NumberID; {
	case number && s == "":
		return append(out, '0'), nil
	case number && !isIndex(s), k.Kind == TextID && s == "":
		return out, fmt.Errorf("%s: want %s, got %q", k.Name, k.Kind, redact.Clip(s, mostQuoted))
	case number:
		return append(out, s...), nil
	}
	return appendString(out, s), nil
}

// isIndex reports whether s is an integer from 0 to 2^63-1 as JSON writes it:
// no sign, no leading zero.
func isIndex[T string | []byte](s T) bool {
	if len(s) == 0 || len(s) > 19 || (s[0] == '0' && len(s) > 1) {
		return false
	}
	var n uint64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n < 1<<63
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Runs of plain bytes are copied
// whole, since nearly all strings are plain.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			out = appendEscape(append(out, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			out = append(append(out, s[start:i]...), "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(append(out, s[start:]...), '"')
}

// plain marks the ASCII bytes that a JSON string holds as they are. DEL is
// allowed raw by RFC 8259.
var plain = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return t
}()

func appendEscape(out []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', c)
	case '\b':
		return append(out, '\\', 'b')
	case '\f':
		return append(out, '\\', 'f')
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
