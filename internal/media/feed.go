package media

import (
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
)

// batch is how long sounds wait to travel with the next picture, at most.
const batch = 40 * time.Millisecond

// Tick is what due times are rounded up to: publishers whose media is due
// about now then wake up together, and not a thread for each.
const Tick = 5 * time.Millisecond

// Feed is one publisher's place in a Source. It says what is due when, and
// leaves waiting and sending to its owner.
type Feed struct {
	loop  *client.Loop
	next  flv.Tag // taken from loop, not sent yet
	first uint32
	burst time.Duration
	buf   []flv.Tag
}

// NewFeed begins a source anew. With a burst, what is due within that time
// travels together, as from an encoder that sends in bursts; 0 is a picture at
// a time.
func NewFeed(s Source, burst time.Duration) (*Feed, error) {
	if len(s.tags) == 0 {
		return nil, errEmpty
	}
	loop, err := client.NewLoop(s.tags)
	if err != nil {
		return nil, err
	}
	f := &Feed{loop: loop, burst: burst}
	f.next = loop.Next()
	f.first = f.next.Timestamp
	return f, nil
}

// Next returns the tags that travel together next, and when they are due after
// the feed's beginning: a picture with the sounds before it, so that it takes
// one write, or a burst. The slice is good until the next call.
func (f *Feed) Next() (due time.Duration, tags []flv.Tag) {
	f.buf = f.buf[:0]
	begin, most := f.at(), max(batch, f.burst)
	for {
		due = f.at()
		if len(f.buf) > 0 && due-begin > most {
			return rounded(f.last()), f.buf
		}
		picture := f.next.Type == message.TypeIDVideoMessage
		f.buf = append(f.buf, f.next)
		f.next = f.loop.Next()
		if picture && f.burst == 0 {
			return rounded(due), f.buf
		}
	}
}

func rounded(due time.Duration) time.Duration { return (due + Tick - 1).Truncate(Tick) }

// at is when the next tag is due.
func (f *Feed) at() time.Duration {
	return time.Duration(f.next.Timestamp-f.first) * time.Millisecond
}

// last is when the last tag of the batch is due.
func (f *Feed) last() time.Duration {
	return time.Duration(f.buf[len(f.buf)-1].Timestamp-f.first) * time.Millisecond
}
