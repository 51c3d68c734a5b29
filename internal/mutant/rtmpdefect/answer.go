package rtmpdefect

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"

	"hookproof/hook"
)

// maxAnswer bounds the answer that a defect looks at, in bytes.
const maxAnswer = 16 << 20

// An answer is what the endpoint answered to one request.
type answer struct {
	raw  []byte // every byte of it
	end  error  // how it ended: nil after a whole answer, io.EOF after a FIN, else what broke it
	hook hook.Answer
}

// failed reports whether there is no whole answer.
func (a *answer) failed() bool { return a.hook.Err != nil }

// errInterim is the error of a 1xx answer, after which no caller of hooks waits.
var errInterim = errors.New("interim answer")

// readAnswer reads the answer to one request from a connection.
func readAnswer(c io.Reader) *answer {
	var raw bytes.Buffer
	t := &ender{r: io.TeeReader(c, &raw)}
	a := &answer{}
	resp, err := http.ReadResponse(bufio.NewReader(t), &http.Request{Method: http.MethodPost})
	if err == nil {
		a.hook.Status = resp.StatusCode
		a.hook.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		resp.Body.Close()
		switch {
		case err != nil:
		case resp.StatusCode < 200:
			err = errInterim
		case resp.Header.Get("Content-Encoding") != "":
			err = errors.New("encoded answer")
		}
	}
	a.raw, a.end, a.hook.Err = raw.Bytes(), t.end, err
	return a
}

// ender remembers how what it reads from ended.
type ender struct {
	r   io.Reader
	end error
}

func (e *ender) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil {
		e.end = err
	}
	return n, err
}

// plainAnswer is 200 with a body, as a hook server answers.
func plainAnswer(body string) *answer {
	raw := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ")
	raw = append(raw, byte('0'+len(body))) // bodies here are shorter than 10 bytes
	raw = append(append(raw, "\r\n\r\n"...), body...)
	return &answer{raw: raw, hook: hook.Answer{Status: http.StatusOK, Body: []byte(body)}}
}

// The two answers that defects make themselves.
func accepting() *answer { return plainAnswer("0") }
func refusing() *answer  { return plainAnswer("1") }

// noAnswer is the answer where none was to be had.
func noAnswer(err error) *answer { return &answer{end: err, hook: hook.Answer{Err: err}} }
