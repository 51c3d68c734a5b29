package hookserver

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"hookproof/internal/endpoint"
)

// recordQueue bounds the requests that wait to be written. When the file
// cannot keep up, the connections whose requests are done wait with them;
// their answers are out already.
const recordQueue = 1024

// recorder writes requests as they end, in the format of endpoint.WriteJSONL.
type recorder struct {
	out     io.Writer
	profile string
	start   time.Time
	failed  func(error) // called once, at the first error

	queue chan *endpoint.Request
	done  sync.WaitGroup
	err   error // of writing; read after close
}

func newRecorder(out io.Writer, profile string, failed func(error)) *recorder {
	rec := &recorder{out: out, profile: profile, start: time.Now(), failed: failed, queue: make(chan *endpoint.Request, recordQueue)}
	rec.done.Add(1)
	go func() {
		defer rec.done.Done()
		rec.run()
	}()
	return rec
}

// add hands a request over. It must not be called after close.
func (rec *recorder) add(r *endpoint.Request) { rec.queue <- r }

// close writes what waits, and gives the first error there was.
func (rec *recorder) close() error {
	close(rec.queue)
	rec.done.Wait()
	return rec.err
}

func (rec *recorder) run() {
	rec.write(nil, true)
	for r := range rec.queue {
		batch := []*endpoint.Request{r}
		for n := len(rec.queue); n > 0; n-- {
			batch = append(batch, <-rec.queue)
		}
		rec.write(batch, false)
	}
}

// write writes whole lines with one call. The format's first line is kept the
// first time only. After an error nothing more is written, because a line that
// is cut makes the rest unreadable.
func (rec *recorder) write(batch []*endpoint.Request, first bool) {
	if rec.err != nil {
		return
	}
	var text bytes.Buffer
	err := endpoint.WriteJSONL(&text, &endpoint.Recording{Profile: rec.profile, Start: rec.start, Requests: batch})
	lines := text.Bytes()
	if !first {
		_, lines, _ = bytes.Cut(lines, []byte("\n"))
	}
	if err == nil {
		_, err = rec.out.Write(lines)
	}
	if err != nil {
		rec.err = fmt.Errorf("recording: %w", err)
		rec.failed(rec.err)
	}
}
