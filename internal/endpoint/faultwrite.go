package endpoint

import (
	"bytes"
	"compress/gzip"
	"strings"
	"time"
)

// write writes the answer in the way its fault says.
func (w *answerWriter) write() {
	w.linger = !w.keep
	if w.a.Fault.info().closes || w.a.Raw != "" {
		w.keep = false
	}
	if w.a.Raw != "" {
		w.last([]byte(w.a.Raw))
		return
	}
	body := []byte(w.a.Body)
	switch w.a.Fault {
	case Hang: // held until the caller left
	case Reset:
		w.reset, w.linger = true, false
	case CloseWithoutAnswer:
		w.linger = true
	case Truncated:
		w.whole(append(appendLength(w.head("HTTP/1.1"), len(body)+4), "\r\n"...), body)
	case Chunked:
		w.chunks(body, 1, true)
	case ChunkedPieces:
		w.chunks(body, 3, true)
	case ChunkedCut:
		w.chunks(body, 1, false)
	case HTTP10:
		w.whole(append(w.head("HTTP/1.0"), "\r\n"...), body)
	case NoLength:
		w.whole(append(w.head("HTTP/1.1"), "\r\n"...), body)
	case NoLengthOpen:
		w.whole(append(w.head("HTTP/1.1"), "\r\n"...), body)
		w.stayOpen()
	case Continue100:
		if w.send([]byte("HTTP/1.1 100 Continue\r\n\r\n")) {
			w.plain(body, "")
		}
	case Gzip:
		w.plain(gzipped(body), "Content-Encoding: gzip\r\n")
	case NotHTTP:
		w.last([]byte("hello world\r\n\r\n"))
	case Extra:
		w.whole(append(appendLength(w.head("HTTP/1.1"), len(body)), "\r\n"...), append(body, "EXTRA"...))
	case Drip:
		w.drip(body)
	case Headers16K:
		w.plain(body, bigHeader(16<<10))
	case Headers100K:
		w.plain(body, bigHeader(100<<10))
	default:
		w.plain(body, "")
	}
}

// chunks writes the body in n chunks of about one size, and the last chunk if
// asked for. Each chunk is a write of its own.
func (w *answerWriter) chunks(body []byte, n int, end bool) {
	out := append(w.connection(w.head("HTTP/1.1")), "Transfer-Encoding: chunked\r\n\r\n"...)
	w.c.out = out[:0]
	if !w.send(out) {
		return
	}
	size := max((len(body)+n-1)/n, 1)
	var piece []byte
	for len(body) > 0 {
		part := body[:min(size, len(body))]
		body = body[len(part):]
		piece = append(piece[:0], strings.ToLower(hex(len(part)))...)
		piece = append(piece, "\r\n"...)
		piece = append(piece, part...)
		piece = append(piece, "\r\n"...)
		if len(body) == 0 && !end {
			w.last(piece)
			return
		}
		if !w.send(piece) {
			return
		}
	}
	if end {
		w.last([]byte("0\r\n\r\n"))
	}
}

func hex(n int) string {
	const digits = "0123456789abcdef"
	var b []byte
	for ; n > 0; n >>= 4 {
		b = append(b, digits[n&15])
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// drip writes the head at once and the body in pieces with pauses.
func (w *answerWriter) drip(body []byte) {
	out := w.connection(w.head("HTTP/1.1"))
	out = append(appendLength(out, len(body)), "\r\n"...)
	w.c.out = out[:0]
	if len(body) == 0 {
		w.last(out)
		return
	}
	piece, pace := max(w.a.Piece, 1), w.a.Pace
	if pace <= 0 {
		pace = 20 * time.Millisecond
	}
	if !w.send(out) {
		return
	}
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for len(body) > piece {
		if !w.send(body[:piece]) {
			return
		}
		body = body[piece:]
		select {
		case <-tick.C:
		case <-w.c.cut:
			w.err = ErrClosed
			return
		}
	}
	w.last(body)
}

// stayOpen keeps the connection after an answer without an end until the
// caller closes it.
func (w *answerWriter) stayOpen() {
	if w.err != nil {
		return
	}
	if w.c.awaitPeer() {
		w.left = time.Now()
	}
}

func gzipped(body []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	// Writes to a buffer do not fail.
	_, _ = zw.Write(body)
	_ = zw.Close()
	return buf.Bytes()
}

// bigHeader makes size bytes of header fields, of some 1 KB each.
func bigHeader(size int) string {
	const name = "X-Big: "
	line := name + strings.Repeat("y", 1024-len(name)-2) + "\r\n"
	return strings.Repeat(line, size/len(line))
}
