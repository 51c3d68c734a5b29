package endpoint

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"hookproof/internal/redact"
)

// bodyTooLarge is a body beyond Options.MaxBody.
type bodyTooLarge struct{ max int }

func (e *bodyTooLarge) Error() string { return fmt.Sprintf("body: larger than %d bytes", e.max) }

// readBody reads the body that h announces. What it returns stays valid until
// the connection is read again. An error comes with what could be read.
func (c *conn) readBody(h *head, deadline time.Time) ([]byte, error) {
	if h.expect && c.w == c.r && (h.chunked || h.length > 0) {
		c.armWrite()
		if _, err := io.WriteString(c.nc, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, fmt.Errorf("body: 100 Continue: %w", err)
		}
	}
	if h.chunked {
		return c.readChunked(deadline)
	}
	if h.length <= 0 {
		return nil, nil
	}
	if h.length > int64(c.e.opts.MaxBody) {
		return nil, &bodyTooLarge{c.e.opts.MaxBody}
	}
	n := int(h.length)
	for c.w-c.r < n {
		if err := c.more(deadline); err != nil {
			body := c.buf[c.r:c.w]
			c.r = c.w
			return body, fmt.Errorf("body: %d of the %d bytes of Content-Length came: %w", len(body), n, noEOF(err))
		}
	}
	body := c.buf[c.r : c.r+n]
	c.r += n
	return body, nil
}

// noEOF says that a connection's end is one too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// maxChunkLine bounds a chunk's size line and each trailer line.
const maxChunkLine = 256

// readChunked reads a body in chunks (RFC 9112 section 7.1). Extensions and
// trailers are read and left out.
func (c *conn) readChunked(deadline time.Time) ([]byte, error) {
	var body []byte
	for {
		line, err := c.readLine(deadline)
		if err != nil {
			return body, fmt.Errorf("body: chunk size after %d bytes: %w", len(body), err)
		}
		n, err := parseChunkSize(line)
		if err != nil {
			return body, fmt.Errorf("body: chunk after %d bytes: %w", len(body), err)
		}
		if n == 0 {
			return body, c.skipTrailers(deadline)
		}
		if n > c.e.opts.MaxBody-len(body) {
			return body, &bodyTooLarge{c.e.opts.MaxBody}
		}
		for c.w-c.r < n+2 {
			if err := c.more(deadline); err != nil {
				return body, fmt.Errorf("body: in a chunk of %d bytes after %d bytes: %w", n, len(body), noEOF(err))
			}
		}
		body = append(body, c.buf[c.r:c.r+n]...)
		end := c.buf[c.r+n : c.r+n+2]
		c.r += n + 2
		if end[0] != '\r' || end[1] != '\n' {
			return body, fmt.Errorf("body: chunk of %d bytes ends with %q, want CRLF", n, end)
		}
	}
}

func (c *conn) skipTrailers(deadline time.Time) error {
	for range maxFields {
		line, err := c.readLine(deadline)
		if err != nil {
			return fmt.Errorf("body: after the last chunk: %w", err)
		}
		if len(line) == 0 {
			return nil
		}
	}
	return fmt.Errorf("body: more than %d trailer lines", maxFields)
}

// readLine reads up to CRLF, which it leaves out.
func (c *conn) readLine(deadline time.Time) ([]byte, error) {
	for {
		have := c.buf[c.r:c.w]
		if i := bytes.IndexByte(have, '\n'); i >= 0 {
			c.r += i + 1
			line, ok := bytes.CutSuffix(have[:i], []byte("\r"))
			if !ok {
				return nil, fmt.Errorf("line %q ends with a bare LF, want CRLF", redact.Clip(string(line), mostQuoted))
			}
			return line, nil
		}
		if len(have) > maxChunkLine {
			return nil, fmt.Errorf("line longer than %d bytes", maxChunkLine)
		}
		if err := c.more(deadline); err != nil {
			return nil, noEOF(err)
		}
	}
}

// parseChunkSize reads the hexadecimal size of a chunk line.
func parseChunkSize(line []byte) (int, error) {
	size, _, _ := bytes.Cut(line, []byte(";"))
	size = bytes.TrimRight(size, " \t")
	if len(size) == 0 || len(size) > 7 {
		return 0, fmt.Errorf("size %q: want 1 to 7 hexadecimal digits", redact.Clip(string(line), mostQuoted))
	}
	n := 0
	for _, d := range size {
		switch {
		case '0' <= d && d <= '9':
			n = n<<4 | int(d-'0')
		case 'a' <= d && d <= 'f':
			n = n<<4 | int(d-'a'+10)
		case 'A' <= d && d <= 'F':
			n = n<<4 | int(d-'A'+10)
		default:
			return 0, fmt.Errorf("size %q: want 1 to 7 hexadecimal digits", redact.Clip(string(line), mostQuoted))
		}
	}
	return n, nil
}
