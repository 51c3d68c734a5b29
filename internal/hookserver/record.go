package hookserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// recordQueue bounds the requests that wait to be written. When the file
// cannot keep up, the connections whose requests are done wait with them;
// their answers are out already.
const recordQueue = 1024

// recorder writes requests as they end, as JSON, one object a line: first a line of
// kind "recording", then one of kind "request" for each request.
type recorder struct {
	out     io.Writer
	profile string
	start   time.Time
	failed  func(error) // called once, at the first error

	queue chan done
	ended sync.WaitGroup
	err   error // of writing; read after close
}

func newRecorder(out io.Writer, profile string, failed func(error)) *recorder {
	rec := &recorder{
		out: out, profile: profile, start: time.Now(), failed: failed, queue: make(chan done, recordQueue),
	}
	rec.ended.Add(1)
	go func() {
		defer rec.ended.Done()
		rec.run()
	}()
	return rec
}

// add hands a request over. It must not be called after close.
func (rec *recorder) add(r done) { rec.queue <- r }

// close writes what waits, and returns the first error there was.
func (rec *recorder) close() error {
	close(rec.queue)
	rec.ended.Wait()
	return rec.err
}

func (rec *recorder) run() {
	rec.write(func(w io.Writer) error {
		return json.NewEncoder(w).Encode(headLine{Kind: "recording", Version: formatVersion, Profile: rec.profile,
			Start: rec.start.UTC()})
	})
	for r := range rec.queue {
		batch := []done{r}
		for n := len(rec.queue); n > 0; n-- {
			batch = append(batch, <-rec.queue)
		}
		rec.write(func(w io.Writer) error { return writeLines(w, rec.start, batch) })
	}
}

// write writes whole lines with one call. After an error nothing more is
// written, because a line that is cut makes the rest unreadable.
func (rec *recorder) write(lines func(io.Writer) error) {
	if rec.err != nil {
		return
	}
	var text bytes.Buffer
	err := lines(&text)
	if err == nil {
		_, err = rec.out.Write(text.Bytes())
	}
	if err != nil {
		rec.err = fmt.Errorf("recording: %w", err)
		rec.failed(rec.err)
	}
}
