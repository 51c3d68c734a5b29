package rtmpdefect

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hookproof/hook"
)

// Limits of a hook request, in bytes.
const (
	maxHead = 64 << 10
	maxBody = 16 << 20
)

// errNotARequest marks bytes that cannot be told apart as a request; they are
// forwarded as they are.
var errNotARequest = errors.New("no HTTP request that can be read")

// A request is one hook request on its way. Defects change its parts; those
// left alone go out byte for byte.
type request struct {
	line   string   // request line, without CR LF
	fields []string // header lines, without CR LF
	body   []byte   // decoded, when it came in chunks
	framed []byte   // the body as it came, when it came in chunks
	tail   []byte   // bytes that Content-Length does not count

	event   hook.Event
	known   bool // event is one of the six
	payload hook.Payload

	raw, parts []byte // as it came, and what bytes made of its parts then
}

// readRequest reads one request. The bytes read are returned in any case: they
// are what is to be forwarded when err is errNotARequest.
func readRequest(br *bufio.Reader) (r *request, raw []byte, err error) {
	r = &request{}
	for first := true; ; first = false {
		line, err := br.ReadSlice('\n')
		raw = append(raw, line...)
		if err != nil {
			if err == bufio.ErrBufferFull || len(raw) > 0 {
				err = errNotARequest
			}
			return nil, raw, err
		}
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		switch {
		case first:
			r.line = text
		case text == "":
			return r.readBody(br, raw)
		default:
			r.fields = append(r.fields, text)
		}
		if len(raw) > maxHead || strings.Count(r.line, " ") != 2 {
			return nil, raw, errNotARequest
		}
	}
}

// readBody reads the body that the header announces.
func (r *request) readBody(br *bufio.Reader, raw []byte) (*request, []byte, error) {
	var err error
	if strings.EqualFold(r.field("Transfer-Encoding"), "chunked") {
		r.body, r.framed, err = readChunks(br)
		raw = append(raw, r.framed...)
	} else if length := r.field("Content-Length"); length != "" {
		n, perr := strconv.Atoi(length)
		if perr != nil || n < 0 || n > maxBody {
			return nil, raw, errNotARequest
		}
		r.body = make([]byte, n)
		var got int
		got, err = io.ReadFull(br, r.body)
		raw = append(raw, r.body[:got]...)
	}
	if err != nil {
		return nil, raw, errNotARequest
	}
	r.read()
	r.raw, r.parts = raw, r.compose()
	return r, raw, nil
}

// readChunks reads a body in chunked coding (RFC 9112 section 7.1): decoded, and
// as it came.
func readChunks(br *bufio.Reader) (body, framed []byte, err error) {
	for {
		line, err := br.ReadSlice('\n')
		framed = append(framed, line...)
		if err != nil {
			return body, framed, err
		}
		size, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte{';'})
		n, err := strconv.ParseUint(string(size), 16, 31)
		if err != nil || int(n)+len(body) > maxBody {
			return body, framed, fmt.Errorf("chunk size %.20q", line)
		}
		piece := make([]byte, n+2)
		if n == 0 { // trailers are none of a hook's
			piece = piece[:2]
		}
		got, err := io.ReadFull(br, piece)
		framed = append(framed, piece[:got]...)
		if err != nil || n == 0 {
			return body, framed, err
		}
		body = append(body, piece[:n]...)
	}
}

// read takes out of the body what defects and their memory go by.
func (r *request) read() {
	if pl, _ := hook.DecodeAny(r.body); pl != nil {
		r.payload = *pl
		r.event, r.known = pl.Event()
	}
}

// field returns the value of a header field, "" without.
func (r *request) field(name string) string {
	for _, f := range r.fields {
		if k, v, ok := strings.Cut(f, ":"); ok && strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// setField replaces a header field; an empty value takes it away.
func (r *request) setField(name, value string) {
	fields := make([]string, 0, len(r.fields)+1)
	for _, f := range r.fields {
		if k, _, ok := strings.Cut(f, ":"); !ok || !strings.EqualFold(k, name) {
			fields = append(fields, f)
		}
	}
	if value != "" {
		fields = append(fields, name+": "+value)
	}
	r.fields = fields
}

// setBody replaces the body and has Content-Length tell its length.
func (r *request) setBody(body []byte) {
	if r.framed != nil {
		r.framed = appendChunk(nil, body)
	} else if len(body) != len(r.body) {
		r.setField("Content-Length", strconv.Itoa(len(body)))
	}
	r.body = body
}

// appendChunk appends a body in chunked coding, as one chunk.
func appendChunk(dst, body []byte) []byte {
	if len(body) > 0 {
		dst = fmt.Appendf(dst, "%x\r\n%s\r\n", len(body), body)
	}
	return append(dst, "0\r\n\r\n"...)
}

// target returns path and query.
func (r *request) target() string {
	parts := strings.Split(r.line, " ")
	return parts[1]
}

// setTarget replaces path and query.
func (r *request) setTarget(target string) {
	parts := strings.Split(r.line, " ")
	parts[1] = target
	r.line = strings.Join(parts, " ")
}

// bytes returns the request as it goes out: as it came, unless a part was changed.
func (r *request) bytes() []byte {
	if b := r.compose(); r.raw == nil || !bytes.Equal(b, r.parts) {
		return b
	}
	return r.raw
}

// compose puts the parts together.
func (r *request) compose() []byte {
	out := append([]byte(r.line), "\r\n"...)
	for _, f := range r.fields {
		out = append(append(out, f...), "\r\n"...)
	}
	out = append(out, "\r\n"...)
	if r.framed != nil {
		out = append(out, r.framed...)
	} else {
		out = append(out, r.body...)
	}
	return append(out, r.tail...)
}

// clone returns a copy whose parts can be changed alone.
func (r *request) clone() *request {
	c := *r
	c.fields = append([]string(nil), r.fields...)
	return &c
}

// as returns a copy that tells another event of the same client.
func (r *request) as(ev hook.Event) *request {
	c := r.clone()
	c.setTarget(strings.Replace(c.target(), r.event.String(), ev.String(), 1))
	c.setBody(setText(r.body, "action", ev.String()))
	c.event = ev
	return c
}
