package hook

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
)

var errTooLarge = errors.New("answer larger than allowed")

// readBody reads the body by the first that fits: a status without a body,
// chunks, the length, the end of the connection (RFC 9112 section 6.3).
func (r *answerReader) readBody(a *reply) error {
	switch {
	case a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		return nil
	case a.chunked:
		return r.chunks(a)
	case a.length >= 0:
		if a.length > r.maxBody {
			return fmt.Errorf("%w: want at most %d bytes, got %d", errTooLarge, r.maxBody, a.length)
		}
		return r.exactly(a, a.length)
	}
	a.reusable = false
	return r.untilEnd(a)
}

// grow makes room for some of the n bytes that are announced. A peer that
// announces much and sends little costs little.
func (r *answerReader) grow(a *reply, n int64) error {
	const most = 32 << 10
	length, size := int64(len(a.body)), int64(cap(a.body))
	// One byte more than is allowed shows that there are too many.
	if n = min(n, most, r.maxBody+1-length); size-length >= n {
		return nil
	}
	bigger := min(max(2*size, length+n), r.maxBody+1)
	if more := bigger - max(size, smallAnswer); more > 0 && r.large != nil {
		if err := r.large.take(more); err != nil {
			return err
		}
		r.taken += more
	}
	a.body = append(make([]byte, 0, bigger), a.body...)
	return nil
}

func (r *answerReader) exactly(a *reply, n int64) error {
	for n > 0 {
		if err := r.grow(a, n); err != nil {
			return err
		}
		room := a.body[len(a.body):cap(a.body)]
		got, err := r.br.Read(room[:min(n, int64(len(room)))])
		a.body = a.body[:len(a.body)+got]
		n -= int64(got)
		if err != nil && n > 0 {
			return cutOff(fmt.Sprintf("answer's body, %d bytes before its end,", n), err)
		}
	}
	return nil
}

func (r *answerReader) untilEnd(a *reply) error {
	for {
		if err := r.grow(a, 512); err != nil {
			return err
		}
		got, err := r.br.Read(a.body[len(a.body):cap(a.body)])
		a.body = a.body[:len(a.body)+got]
		if int64(len(a.body)) > r.maxBody {
			return fmt.Errorf("%w: want at most %d bytes, got more", errTooLarge, r.maxBody)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("answer's body: %w", err)
		}
	}
}

func (r *answerReader) chunks(a *reply) error {
	for {
		n, err := r.chunkSize()
		if err != nil {
			return err
		}
		if n == 0 {
			return r.trailers()
		}
		if n > r.maxBody-int64(len(a.body)) {
			return fmt.Errorf("%w: want at most %d bytes, got more", errTooLarge, r.maxBody)
		}
		if err := r.exactly(a, n); err != nil {
			return err
		}
		for _, want := range []byte("\r\n") {
			c, err := r.br.ReadByte()
			if err != nil {
				return cutOff("chunk", err)
			}
			if c != want {
				return fmt.Errorf("chunk: want its end, got %q", c)
			}
		}
	}
}

// chunkSize reads the line before a chunk: hexadecimal digits and extensions,
// which are ignored.
func (r *answerReader) chunkSize() (int64, error) {
	line, err := r.br.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errors.New("chunk size: want a short line, got a long one")
	}
	if err != nil {
		return 0, cutOff("chunk size", err)
	}
	if r.framing += int64(len(line)); r.framing > maxHead+r.maxBody {
		return 0, fmt.Errorf("%w: more bytes of chunk sizes than an answer may have", errTooLarge)
	}
	line = cutEnd(line)
	var n int64
	digits := 0
	for digits < len(line) && unhex(line[digits]) >= 0 {
		// 15 digits stay below 2^63.
		if digits == 15 {
			return 0, fmt.Errorf("%w: a chunk size of more than 15 digits", errTooLarge)
		}
		n = n<<4 | int64(unhex(line[digits]))
		digits++
	}
	if rest := line[digits:]; digits == 0 || len(rest) > 0 && rest[0] != ';' && rest[0] != ' ' && rest[0] != '\t' {
		return 0, fmt.Errorf("chunk size: want hexadecimal digits, got %s", quoteBody(line))
	}
	return n, nil
}

func (r *answerReader) trailers() error {
	for {
		line, err := r.line("answer's trailers")
		if err != nil || len(line) == 0 {
			return err
		}
	}
}
