package hook

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"hookproof/internal/redact"
)

// maxHead bounds the bytes of status line, headers and trailers. SRS 7.0.18
// takes 16 KB and refuses 100 KB.
const maxHead = 64 << 10

// errNoAnswer marks that the connection ended before the first byte of an
// answer.
var errNoAnswer = errors.New("no answer")

// reply is an HTTP answer as read from a connection.
type reply struct {
	status   int
	body     []byte
	reusable bool // nothing follows the answer on the connection, which may go on

	minor   int // of HTTP/1.x
	length  int64
	chunked bool
	encoded string
	close   bool
	keep    bool
}

// answerReader reads one HTTP/1.x answer by RFC 9112. It is as strict as the
// protocol's table wants it: interim answers (1xx) only where the profile skips
// them, no decoding of content, and framing that can be read in two ways is an
// error.
type answerReader struct {
	br      *bufio.Reader
	maxBody int64
	interim bool    // an interim answer is skipped
	large   *budget // for more than smallAnswer bytes; nil: no limit
	taken   int64   // of large
	head    int     // bytes of head read so far
	framing int64   // bytes of chunk sizes read so far
	long    []byte  // a line that did not fit into br's buffer
}

// read appends the body to into. On error the reply holds what was read.
func (r *answerReader) read(into []byte) (reply, error) {
	a := reply{body: into, length: -1}
	if _, err := r.br.Peek(1); err != nil {
		return a, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if err := r.readHead(&a); err != nil {
		return a, err
	}
	if err := a.checkHead(); err != nil {
		return a, err
	}
	err := r.readBody(&a)
	a.reusable = a.reusable && err == nil && r.br.Buffered() == 0
	return a, err
}

// readHead reads status line and headers, up to those of the final answer. All heads together have at most maxHead
// bytes.
func (r *answerReader) readHead(a *reply) error {
	for {
		if err := r.statusLine(a); err != nil {
			return err
		}
		interim := a.status < http.StatusOK
		if interim && (!r.interim || a.status == http.StatusSwitchingProtocols) {
			return fmt.Errorf("interim answer %d: want a final one", a.status)
		}
		if err := r.headers(a); err != nil || !interim {
			return err
		}
		*a = reply{body: a.body, length: -1} // what an interim answer says is of itself
	}
}

func (r *answerReader) headers(a *reply) error {
	for {
		line, err := r.line("answer's headers")
		if err != nil || len(line) == 0 {
			return err
		}
		if err := a.header(line); err != nil {
			return err
		}
	}
}

// line returns the next line without its end, which may be LF alone.
func (r *answerReader) line(where string) ([]byte, error) {
	r.long = r.long[:0]
	for {
		part, err := r.br.ReadSlice('\n')
		if r.head += len(part); r.head > maxHead {
			return nil, fmt.Errorf("%s: want at most %d bytes, got more", where, maxHead)
		}
		if err == nil && len(r.long) == 0 {
			return cutEnd(part), nil
		}
		r.long = append(r.long, part...)
		if err == nil {
			return cutEnd(r.long), nil
		}
		if err != bufio.ErrBufferFull {
			return nil, cutOff(where, err)
		}
	}
}

func cutEnd(line []byte) []byte {
	return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'})
}

// cutOff says that the connection ended where more was to come.
func cutOff(where string, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%s cut off: %w", where, err)
}

func (r *answerReader) statusLine(a *reply) error {
	line, err := r.line("status line")
	if err != nil {
		return err
	}
	// HTTP/1.1 200 OK, where the reason and the blank before it may be missing.
	ok := len(line) >= 12 && string(line[:7]) == "HTTP/1." && (line[7] == '0' || line[7] == '1') &&
		line[8] == ' ' && (len(line) == 12 || line[12] == ' ')
	for _, c := range line[min(9, len(line)):min(12, len(line))] {
		ok = ok && c >= '0' && c <= '9'
		a.status = a.status*10 + int(c-'0')
	}
	if !ok || a.status < 100 {
		a.status = 0
		return fmt.Errorf("status line: want HTTP/1.1 and a status, got %s", quoteBody(line))
	}
	a.minor = int(line[7] - '0')
	return nil
}

// header takes note of one header line if it matters for the framing.
func (a *reply) header(line []byte) error {
	name, val, ok := bytes.Cut(line, []byte{':'})
	if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
		return fmt.Errorf("header: want name and value, got %s", quoteBody(line))
	}
	val = bytes.Trim(val, " \t")
	switch len(name) {
	case len("Connection"):
		if asciiFold(name, "connection") {
			a.connection(val)
		}
	case len("Content-Length"):
		if asciiFold(name, "content-length") {
			return a.contentLength(val)
		}
	case len("Content-Encoding"):
		if asciiFold(name, "content-encoding") && !asciiFold(val, "identity") {
			a.encoded = string(val)
		}
	case len("Transfer-Encoding"):
		if asciiFold(name, "transfer-encoding") {
			if a.chunked || !asciiFold(val, "chunked") {
				return fmt.Errorf("Transfer-Encoding: want chunked, once, got %s", quoteBody(val))
			}
			a.chunked = true
		}
	}
	return nil
}

// asciiFold compares b with a lower-case word, whatever the case of b.
func asciiFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func (a *reply) connection(val []byte) {
	for word := range bytes.SplitSeq(val, []byte{','}) {
		word = bytes.Trim(word, " \t")
		a.close = a.close || asciiFold(word, "close")
		a.keep = a.keep || asciiFold(word, "keep-alive")
	}
}

func (a *reply) contentLength(val []byte) error {
	// Leading zeros are allowed in a header.
	digits := bytes.TrimLeft(val, "0")
	if len(digits) == 0 && len(val) > 0 {
		digits = val[:1]
	}
	if !isIndex(digits) {
		return fmt.Errorf("Content-Length: want a number of bytes, got %s", quoteBody(val))
	}
	n := parseIndex(digits)
	if a.length >= 0 && a.length != n {
		return fmt.Errorf("Content-Length: want one, got %d and %d", a.length, n)
	}
	a.length = n
	return nil
}

// checkHead refuses what the headers make unclear, and says whether the
// connection can be used again if the body ends where they say.
func (a *reply) checkHead() error {
	switch {
	case a.encoded != "":
		return errors.New("Content-Encoding: want none, got " + strconv.Quote(redact.Clip(a.encoded, mostQuoted)))
	case a.chunked && a.length >= 0:
		return errors.New("want Content-Length or Transfer-Encoding, got both")
	case a.chunked && a.minor == 0:
		return errors.New("Transfer-Encoding: want none in HTTP/1.0, got chunked")
	}
	a.reusable = !a.close && (a.minor == 1 || a.keep)
	return nil
}
