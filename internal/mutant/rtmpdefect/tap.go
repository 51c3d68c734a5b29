package rtmpdefect

import (
	"errors"
	"net"
	"os"
	"time"

	"hookproof/internal/rtmp/chunk"
)

// A tap reads from one side and forwards the bytes to the other: each read's
// bytes when the next read is due. So whoever takes messages out of it sees a
// message before the other side gets its last byte.
type tap struct {
	from, to *net.TCPConn
	keep     bool   // forwards nothing: the messages are written by others
	idle     func() // called each time that nothing has come for idleAfter; may be nil
	unsent   []byte
	readErr  error // of from
	writeErr error // of to
}

// Read implements io.Reader for a chunk.Reader.
func (t *tap) Read(p []byte) (int, error) {
	if err := t.flush(); err != nil {
		return 0, err
	}
	n, err := t.read(p)
	if !t.keep {
		t.unsent = append(t.unsent, p[:n]...)
	}
	if err != nil {
		t.readErr = err
	}
	return n, err
}

// idleAfter is how long a side sends nothing until it is idle: a small part of
// what servers bear.
const idleAfter = 100 * time.Millisecond

// read reads from the side, however long it is idle.
func (t *tap) read(p []byte) (int, error) {
	for t.idle != nil {
		// An error shows in the read.
		_ = t.from.SetReadDeadline(time.Now().Add(idleAfter))
		n, err := t.from.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		t.idle()
	}
	return t.from.Read(p)
}

// flush forwards what was read.
func (t *tap) flush() error {
	if len(t.unsent) == 0 || t.writeErr != nil {
		return t.writeErr
	}
	_, t.writeErr = t.to.Write(t.unsent)
	t.unsent = t.unsent[:0]
	return t.writeErr
}

// raw forwards n bytes unseen, or all there are when n is negative.
func (t *tap) raw(n int) error {
	buf := make([]byte, 4<<10)
	for n != 0 {
		b := buf
		if n > 0 {
			b = buf[:min(n, len(buf))]
		}
		got, err := t.from.Read(b)
		if got > 0 {
			if _, t.writeErr = t.to.Write(b[:got]); t.writeErr != nil {
				return t.writeErr
			}
		}
		if err != nil {
			t.readErr = err
			return err
		}
		if n > 0 {
			n -= got
		}
	}
	return nil
}

// messages takes messages out until the side ends; see says whether to go on
// looking. What cannot be read as messages is forwarded unseen.
func (t *tap) messages(see func(*chunk.Reader, *chunk.Message) bool) {
	r := chunk.NewReader(t, chunk.Limits{})
	for {
		var m chunk.Message
		if err := r.Next(&m); err != nil {
			break
		}
		if !see(r, &m) {
			break
		}
	}
	if t.readErr == nil && t.flush() == nil && !t.keep {
		_ = t.raw(-1) // its error is in readErr or writeErr
	}
	_ = t.flush()
}
