package client

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Counters say how much went in and out so far. Frames are pictures and sound:
// audio and video messages other than sequence headers and ends of sequences.
type Counters struct {
	AudioFrames, VideoFrames, Keyframes uint64 // received
	SequenceHeaders, DataMessages       uint64 // received
	MediaBytes                          uint64 // payload bytes of received audio and video, headers included
	Marked, Unmarked                    uint64 // received frames with a marker, and without
	SentFrames                          uint64
	BytesIn, BytesOut                   uint64    // of the connection, the handshake included
	FirstFrame, LastFrame               time.Time // when received; zero: none was
}

// counts is Counters as it is kept: readable without a lock.
type counts struct {
	audio, video, keyframes, headers, data atomic.Uint64
	mediaBytes, marked, unmarked, sent     atomic.Uint64
	bytesIn, bytesOut                      atomic.Uint64 // bytesIn after DialRaw only; else the reader knows
	first, last                            atomic.Uint64 // clockAt; 0: never
}

// Counters returns the counters as of now.
func (c *Client) Counters() Counters {
	n := &c.n
	k := Counters{
		AudioFrames: n.audio.Load(), VideoFrames: n.video.Load(), Keyframes: n.keyframes.Load(),
		SequenceHeaders: n.headers.Load(), DataMessages: n.data.Load(),
		MediaBytes: n.mediaBytes.Load(), Marked: n.marked.Load(), Unmarked: n.unmarked.Load(),
		SentFrames: n.sent.Load(),
		BytesIn:    n.bytesIn.Load(), BytesOut: n.bytesOut.Load(),
	}
	if c.reader != nil {
		k.BytesIn = c.reader.BytesRead()
	}
	if t := n.first.Load(); t != 0 {
		k.FirstFrame, k.LastFrame = clockTime(t), clockTime(n.last.Load())
	}
	return k
}

// media counts a received audio or video message.
func (n *counts) media(ev *Event) {
	n.mediaBytes.Add(uint64(ev.Size))
	if ev.SequenceHeader {
		n.headers.Add(1)
	}
	if !ev.Frame {
		return
	}
	now := clockAt(ev.At)
	n.last.Store(now)
	n.first.CompareAndSwap(0, now)
	switch {
	case ev.Name == "audio":
		n.audio.Add(1)
	default:
		n.video.Add(1)
		if ev.Keyframe {
			n.keyframes.Add(1)
		}
	}
	if ev.Marker.Publisher != 0 {
		n.marked.Add(1)
	} else {
		n.unmarked.Add(1)
	}
}

// maxPublishers bounds how many publishers one player tells apart.
const maxPublishers = 1024

// Seen counts the marked frames that were received of one publisher.
type Seen struct {
	Publisher   uint64 // 0 sums up those beyond the first 1,024
	Frames      uint64
	First, Last Marker
}

// publishers tells whose frames were received. Players have one publisher
// after the other, so the last one is looked at first.
type publishers struct {
	mu   sync.Mutex
	list []Seen
}

func (p *publishers) add(m Marker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := m.Publisher
	i := len(p.list) - 1
	if i < 0 || p.list[i].Publisher != id {
		i = slices.IndexFunc(p.list, func(s Seen) bool { return s.Publisher == id })
	}
	if i < 0 && len(p.list) >= maxPublishers {
		id = 0
		i = slices.IndexFunc(p.list, func(s Seen) bool { return s.Publisher == 0 })
	}
	if i < 0 {
		i = len(p.list)
		p.list = append(p.list, Seen{Publisher: id, First: m})
	}
	p.list[i].Frames++
	p.list[i].Last = m
}

// Publishers returns whose marked frames were received, in the order of their
// first frames: the proof that none of a refused publisher was (S-ANS-04).
func (c *Client) Publishers() []Seen {
	c.seen.mu.Lock()
	defer c.seen.mu.Unlock()
	return slices.Clone(c.seen.list)
}
