package hook

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// str steps over a string, quotes included.
func (s *scanner) str() error {
	s.i++
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case c < utf8.RuneSelf && plain[c]:
			s.i++
		case c == '"':
			s.i++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case s.loose:
			s.i++
		case c < ' ':
			return s.fail("an escaped control character")
		default:
			r, size := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && size <= 1 {
				return s.fail("UTF-8")
			}
			s.i += size
		}
	}
	return s.fail(`a closing quote`)
}

func (s *scanner) escape() error {
	s.i++
	if s.i >= len(s.b) {
		return s.fail("an escape")
	}
	switch s.b[s.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i++
		return nil
	case 'u':
		s.i++
		for range 4 {
			if s.i >= len(s.b) || unhex(s.b[s.i]) < 0 {
				return s.fail("four hex digits")
			}
			s.i++
		}
		return nil
	}
	return s.fail("an escape")
}

func unhex(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// inside returns the text of a scanned string without its quotes. The result is
// a part of quoted where there is nothing to unescape. Half a surrogate pair
// becomes U+FFFD, and so does a byte that is not UTF-8.
func inside(quoted []byte) []byte {
	raw := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		if utf8.Valid(raw) {
			return raw
		}
		return bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		if raw[i+1] == 'u' {
			r, size := unescapeRune(raw[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		}
		out = append(out, unescapeByte(raw[i+1]))
		i += 2
	}
	if !utf8.Valid(out) {
		return bytes.ToValidUTF8(out, []byte("\uFFFD"))
	}
	return out
}

func unescapeByte(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unescapeRune reads \uXXXX, or a pair of them that makes one character. It
// returns the character and the length of what it read.
func unescapeRune(b []byte) (rune, int) {
	const one = len(`\u0000`)
	r := hex4(b[2:])
	if !utf16.IsSurrogate(r) {
		return r, one
	}
	if len(b) >= 2*one && b[one] == '\\' && b[one+1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(b[one+2:])); pair != utf8.RuneError {
			return pair, 2 * one
		}
	}
	return utf8.RuneError, one
}

func hex4(b []byte) rune {
	return unhex(b[0])<<12 | unhex(b[1])<<8 | unhex(b[2])<<4 | unhex(b[3])
}
