package endpoint

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"hookproof/internal/redact"
)

// head is a parsed request head.
type head struct {
	method, target, proto string
	header                Header

	length  int64 // Content-Length; -1 without one
	chunked bool
	expect  bool // 100-continue
	keep    bool // the connection may go on after the answer
}

// headError is a head that is no HTTP request, with the status to answer.
type headError struct {
	status int
	text   string
}

func (e *headError) Error() string { return e.text }

func badHead(format string, args ...any) error {
	return &headError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// headEnd finds the end of the head in b: after the first empty line. It
// starts looking at from, a result of an earlier call for the same head with
// less of it, and returns where to go on if there is no end yet.
func headEnd(b []byte, from int) (end, again int) {
	for {
		nl := bytes.IndexByte(b[from:], '\n')
		if nl < 0 {
			return 0, from
		}
		at := from + nl + 1
		rest := b[at:]
		switch {
		case len(rest) > 0 && rest[0] == '\n':
			return at + 1, 0
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return at + 2, 0
		case len(rest) == 0 || len(rest) == 1 && rest[0] == '\r':
			return 0, from // the next line is not known yet
		}
		from = at
	}
}

// parseHead reads a request head as RFC 9112 sections 3 and 5 write it,
// strictly: CRLF after every line, no blanks before a colon, no folded lines.
// The strings of the result are parts of s.
func parseHead(s string) (head, error) {
	h := head{length: -1}
	line, rest, err := cutLine(s, 1)
	if err != nil {
		return h, err
	}
	if err := h.parseRequestLine(line); err != nil {
		return h, err
	}
	h.header = make(Header, 0, 8)
	for n := 2; ; n++ {
		if line, rest, err = cutLine(rest, n); err != nil {
			return h, err
		}
		if line == "" {
			break
		}
		if len(h.header) == maxFields {
			return h, &headError{http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("more than %d header fields",
				maxFields)}
		}
		f, err := parseField(line, n)
		if err != nil {
			return h, err
		}
		h.header = append(h.header, f)
	}
	return h, h.interpret()
}

func cutLine(s string, n int) (line, rest string, err error) {
	line, rest, ok := strings.Cut(s, "\n")
	if !ok {
		return "", "", badHead("head line %d does not end", n)
	}
	line, ok = strings.CutSuffix(line, "\r")
	if !ok {
		return "", "", badHead("head line %d ends with a bare LF, want CRLF", n)
	}
	return line, rest, nil
}

func (h *head) parseRequestLine(line string) error {
	method, after, ok1 := strings.Cut(line, " ")
	target, proto, ok2 := strings.Cut(after, " ")
	if !ok1 || !ok2 || !isToken(method) || target == "" || !isVisible(target) {
		return badHead("request line %q: want METHOD TARGET HTTP/1.1", redact.Clip(line, mostQuoted))
	}
	if proto != "HTTP/1.1" && proto != "HTTP/1.0" {
		return badHead("request line %q: protocol %q, want HTTP/1.1 or HTTP/1.0", redact.Clip(line, mostQuoted),
			redact.Clip(proto, mostQuoted))
	}
	h.method, h.target, h.proto = method, target, proto
	return nil
}

func parseField(line string, n int) (Field, error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || !isToken(name) {
		return Field{}, badHead("head line %d: %q: want NAME: VALUE", n, redact.Clip(line, mostQuoted))
	}
	value = strings.Trim(value, " \t")
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return Field{}, badHead("head line %d: control byte %#02x in the value of %s", n, c,
				redact.Clip(name, mostQuoted))
		}
	}
	return Field{Name: name, Value: value}, nil
}

// interpret draws length, framing and persistence from the fields.
func (h *head) interpret() error {
	h.keep = h.proto == "HTTP/1.1"
	for _, f := range h.header {
		if err := h.interpretField(f); err != nil {
			return err
		}
	}
	if h.chunked && h.length >= 0 {
		return badHead("both Content-Length and Transfer-Encoding")
	}
	return nil
}

func (h *head) interpretField(f Field) error {
	switch len(f.Name) { // cheaper than comparing every name
	case len("Content-Length"):
		if !strings.EqualFold(f.Name, "Content-Length") {
			return nil
		}
		n, err := parseLength(f.Value)
		if err != nil {
			return err
		}
		if h.length >= 0 && h.length != n {
			return badHead("two Content-Length: %d and %d", h.length, n)
		}
		h.length = n
	case len("Transfer-Encoding"):
		if !strings.EqualFold(f.Name, "Transfer-Encoding") {
			return nil
		}
		if h.chunked || !strings.EqualFold(f.Value, "chunked") {
			return &headError{http.StatusNotImplemented, fmt.Sprintf("Transfer-Encoding %q: only chunked, once",
				redact.Clip(f.Value, mostQuoted))}
		}
		h.chunked = true
	case len("Connection"):
		if !strings.EqualFold(f.Name, "Connection") {
			return nil
		}
		if hasToken(f.Value, "close") {
			h.keep = false
		} else if hasToken(f.Value, "keep-alive") {
			h.keep = true
		}
	case len("Expect"):
		if strings.EqualFold(f.Name, "Expect") && strings.EqualFold(f.Value, "100-continue") {
			h.expect = h.proto == "HTTP/1.1"
		}
	}
	return nil
}

var errLength = errors.New("want decimal digits")

func parseLength(s string) (int64, error) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, badHead("Content-Length %q: %v", redact.Clip(s, mostQuoted), errLength)
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, badHead("Content-Length %q: %v", redact.Clip(s, mostQuoted), errLength)
	}
	return n, nil
}

// hasToken looks for an item of a comma-separated list.
func hasToken(list, want string) bool {
	for list != "" {
		var item string
		item, list, _ = strings.Cut(list, ",")
		if strings.EqualFold(strings.Trim(item, " \t"), want) {
			return true
		}
	}
	return false
}

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// isTokenByte is tchar of RFC 9110 section 5.6.2.
func isTokenByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c > ' ' && c < 0x7f && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// isVisible allows UTF-8 in a target, which some callers send as it is.
func isVisible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// mostQuoted is how many characters of a peer's words an error quotes.
const mostQuoted = 60
