package hls

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
)

// Budget bounds what all muxers keep together, in bytes.
type Budget struct {
	most int64
	used atomic.Int64
}

// NewBudget returns a budget of so many bytes.
func NewBudget(most int64) *Budget { return &Budget{most: most} }

// Used is how many bytes of segments are kept now.
func (b *Budget) Used() int64 { return b.used.Load() }

func (b *Budget) add(n int) (over bool) {
	return b != nil && b.used.Add(int64(n)) > b.most
}

// least is how many segments stay in a playlist, whatever their length: a player begins some before the newest.
const least = 3

// keep adds a segment to the window and returns its number.
func (m *Muxer) keep(seg Segment) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	seg.Number = m.next
	m.next++
	m.segments = append(m.segments, seg)
	m.bytes += len(seg.Data)
	over := m.budget.add(len(seg.Data))
	length := time.Duration(0)
	for i := range m.segments {
		length += m.segments[i].Duration
	}
	for n := len(m.segments); n > 1; n-- {
		first := &m.segments[0]
		long := n > least && length-first.Duration >= m.o.Window
		if !long && m.bytes <= m.o.Bytes && !over {
			break
		}
		length -= first.Duration
		over = m.drop()
	}
	if m.next == 1 {
		close(m.ready)
	}
	return seg.Number
}

// drop lets go of the oldest segment. The caller holds mu.
func (m *Muxer) drop() (over bool) {
	first := m.segments[0]
	if first.discontinuity {
		m.gaps++
	}
	m.bytes -= len(first.Data)
	m.segments[0] = Segment{}
	m.segments = m.segments[1:]
	return m.budget.add(-len(first.Data))
}

// Close lets go of all segments. Nothing is to be written afterwards.
func (m *Muxer) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.segments) > 0 {
		m.drop()
	}
}

// Playlist writes the media playlist. Segments are named by uri. false: there is none.
func (m *Muxer) Playlist(uri func(number uint64) string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.segments) == 0 {
		return "", false
	}
	longest := m.o.Fragment
	for i := range m.segments {
		longest = max(longest, m.segments[i].Duration)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:%d\n#EXT-X-TARGETDURATION:%d\n",
		m.segments[0].Number, int(math.Ceil(longest.Seconds())))
	if m.gaps > 0 {
		fmt.Fprintf(&b, "#EXT-X-DISCONTINUITY-SEQUENCE:%d\n", m.gaps)
	}
	for i := range m.segments {
		seg := &m.segments[i]
		if seg.discontinuity {
			b.WriteString("#EXT-X-DISCONTINUITY\n")
		}
		fmt.Fprintf(&b, "#EXTINF:%.3f,\n%s\n", seg.Duration.Seconds(), uri(seg.Number))
	}
	return b.String(), true
}

// Master writes a master playlist that has one stream, at uri.
func (m *Muxer) Master(uri string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	const unknown = 2_000_000 // bits a second, before there is a segment
	peak := 0.0
	for i := range m.segments {
		peak = max(peak, 8*float64(len(m.segments[i].Data))/m.segments[i].Duration.Seconds())
	}
	if peak == 0 {
		peak = unknown
	}
	return fmt.Sprintf("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-STREAM-INF:BANDWIDTH=%d\n%s\n", int(math.Ceil(peak)), uri)
}
