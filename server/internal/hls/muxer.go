package hls

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/mpegts"
	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/codec"
)

// Options shape the segments of one stream.
type Options struct {
	// Fragment is how long a segment is at least (SRS: hls_fragment); it ends with the next keyframe.
	Fragment time.Duration
	// Window is how much of the stream the playlist has (SRS: hls_window).
	Window time.Duration
	// Bytes bounds what is kept of the stream, whatever its window; a segment that would be a third of it is cut short.
	Bytes int
	// Finished is told of every segment from within Write and Stop; it must not call the muxer. nil: nobody.
	Finished func(Segment)
}

// A Segment is one that is finished. Its data is shared and must not be changed.
type Segment struct {
	Number   uint64 // counted from 0 in a stream
	Duration time.Duration
	Data     []byte // MPEG-TS

	discontinuity bool // it does not go on where the one before ended
}

// Muxer makes the segments of one stream, through all its publications. Write and Stop are for one publisher at a time,
// everything else is for any goroutine.
type Muxer struct {
	o      Options
	budget *Budget

	// Of the publisher.
	video, audio *track
	writer       *mpegts.Writer
	tables       []*track // that writer has
	open         segment
	began        time.Time // when this publication's media began
	told         map[string]bool

	mu       sync.Mutex
	segments []Segment
	next     uint64 // number of the segment to come
	gaps     uint64 // discontinuities in front of segments
	bytes    int
	ready    chan struct{} // closed with the first segment
	stopped  time.Time     // when the last publication ended; zero while one is on
}

// segment is the one that is being written.
type segment struct {
	data          bytes.Buffer
	on            bool
	first, last   int64 // times of its media, in milliseconds
	discontinuity bool
}

// NewMuxer returns the muxer of a stream that a publication begins on. What it keeps counts for b, which may be nil.
func NewMuxer(o Options, b *Budget) *Muxer {
	m := &Muxer{o: o, budget: b, ready: make(chan struct{})}
	m.Begin()
	return m
}

// Begin begins a publication.
func (m *Muxer) Begin() {
	m.video, m.audio, m.writer, m.tables, m.began = nil, nil, nil, nil, time.Time{}
	m.told = map[string]bool{}
	m.open.on, m.open.discontinuity = false, true
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = time.Time{}
	if m.next == 0 {
		m.open.discontinuity = false
	}
}

// Stop ends a publication: what there is becomes the last segment.
func (m *Muxer) Stop() {
	m.finish()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = time.Now()
}

// Stopped is when the last publication ended, zero while one is on.
func (m *Muxer) Stopped() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stopped
}

// Write takes a message of the publisher. The error says what cannot be served, each reason once in a publication.
func (m *Muxer) Write(msg *chunk.Message) error {
	if m.began.IsZero() {
		m.began = time.Now()
	}
	var err error
	switch msg.Type {
	case message.TypeIDVideoMessage:
		err = m.writeVideo(msg)
	case message.TypeIDAudioMessage:
		err = m.writeAudio(msg)
	}
	const mostTold = 8
	if err == nil || m.told[err.Error()] || len(m.told) >= mostTold {
		return nil
	}
	m.told[err.Error()] = true
	return fmt.Errorf("hls: %w", err)
}

func (m *Muxer) writeVideo(msg *chunk.Message) error {
	h, err := codec.ParseVideo(msg.Payload)
	switch {
	case err != nil:
		return err
	case h.SequenceHeader && !h.Multitrack:
		if m.video != nil && bytes.Equal(m.video.config, msg.Payload) {
			return nil
		}
		t, err := videoConfig(msg.Payload, h)
		if err == nil {
			m.video = t
		}
		return err
	case h.Command || h.Metadata || h.SequenceEnd || m.video == nil:
		return nil
	}
	body, composition, err := videoBody(msg.Payload, h)
	if body == nil {
		return err
	}
	unit, err := m.video.unit(body, h.Keyframe)
	if err != nil {
		return err
	}
	dts := int64(msg.Timestamp)
	if h.Keyframe && m.due(dts) || m.overlong(dts) {
		m.begin(dts)
	}
	if !m.open.on || !m.has(m.video) {
		return nil // nothing can be shown before a keyframe
	}
	m.open.last = max(m.open.last, dts)
	write := m.writer.WriteH264
	if m.video.hevc {
		write = m.writer.WriteH265
	}
	return write(m.video.ts, clock(dts+int64(composition)), clock(dts), unit)
}

// alone is how long a publication has audio only before it is taken for one without video.
const alone = 2 * time.Second

func (m *Muxer) writeAudio(msg *chunk.Message) error {
	h, err := codec.ParseAudio(msg.Payload)
	if err != nil {
		return err
	}
	if h.SequenceHeader || h.Codec == ".mp3" && m.audio == nil {
		if m.audio == nil || !bytes.Equal(m.audio.config, msg.Payload) {
			t, err := audioConfig(msg.Payload, h)
			if err != nil {
				return err
			}
			m.audio = t
		}
		if h.SequenceHeader {
			return nil
		}
	}
	if h.SequenceEnd || h.ChannelConfig || m.audio == nil {
		return nil
	}
	body, err := audioBody(msg.Payload, h)
	if err != nil {
		return err
	}
	at := int64(msg.Timestamp)
	lone := m.video == nil && time.Since(m.began) >= alone
	if lone && m.due(at) || m.overlong(at) {
		m.begin(at)
	}
	if !m.open.on || !m.has(m.audio) {
		return nil
	}
	m.open.last = max(m.open.last, at)
	if h.Codec == ".mp3" {
		return m.writer.WriteMPEG1Audio(m.audio.ts, clock(at), [][]byte{body})
	}
	return m.writer.WriteMPEG4Audio(m.audio.ts, clock(at), [][]byte{body})
}

// has reports whether the tables have a track.
func (m *Muxer) has(t *track) bool {
	for _, known := range m.tables {
		if known == t {
			return true
		}
	}
	return false
}

// clock turns milliseconds into MPEG's 90 kHz, of 33 bits, a second later so that nothing is before 0.
func clock(ms int64) int64 { return (ms + 1000) * 90 & (1<<33 - 1) }

// due reports whether a segment may begin here.
func (m *Muxer) due(at int64) bool {
	return !m.open.on || at-m.open.first >= m.o.Fragment.Milliseconds() || at < m.open.first
}

// overlong reports whether a segment has to end without a keyframe: it is too long or too large, or time jumps.
func (m *Muxer) overlong(at int64) bool {
	const most = 5 // fragments
	o := &m.open
	return o.on && (at-o.first > most*m.o.Fragment.Milliseconds() || o.first-at > m.o.Fragment.Milliseconds() ||
		o.data.Len() > m.o.Bytes/3)
}

// begin begins a segment, and ends the one before.
func (m *Muxer) begin(at int64) {
	o := &m.open
	jump := o.on && (at < o.first || at-o.last > 2*m.o.Fragment.Milliseconds())
	if o.on && !jump {
		o.last = at // it lasts as long as its last picture is shown
	}
	m.finish()
	o.discontinuity = o.discontinuity || jump
	tracks := m.tracks()
	if m.writer == nil || !same(tracks, m.tables) {
		o.discontinuity = o.discontinuity || m.writer != nil
		m.newWriter(tracks)
	}
	o.on, o.first, o.last = true, at, at
	m.writer.WriteTables() // to memory
}

func (m *Muxer) tracks() (all []*track) {
	for _, t := range []*track{m.video, m.audio} {
		if t != nil {
			all = append(all, t)
		}
	}
	return all
}

func same(a, b []*track) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (m *Muxer) newWriter(tracks []*track) {
	m.tables, m.writer = tracks, &mpegts.Writer{W: &m.open.data}
	for _, t := range tracks {
		m.writer.Tracks = append(m.writer.Tracks, t.ts)
	}
	if err := m.writer.Initialize(); err != nil {
		panic(fmt.Sprintf("hls: two tracks cannot be written: %v", err)) // their ids are the library's own choice
	}
}

// finish ends the segment that is being written.
func (m *Muxer) finish() {
	o := &m.open
	if !o.on {
		return
	}
	seg := Segment{
		Duration: time.Duration(max(o.last-o.first, 1)) * time.Millisecond, Data: bytes.Clone(o.data.Bytes()),
		discontinuity: o.discontinuity,
	}
	o.data.Reset()
	o.on, o.discontinuity = false, false
	seg.Number = m.keep(seg)
	if m.o.Finished != nil {
		m.o.Finished(seg)
	}
}

// ErrGone says that a segment is not there, or not any more.
var ErrGone = errors.New("no such segment")

// Segment returns the data of a segment that is kept.
func (m *Muxer) Segment(number uint64) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.segments {
		if m.segments[i].Number == number {
			return m.segments[i].Data, nil
		}
	}
	return nil, ErrGone
}

// Ready is closed when there is a segment.
func (m *Muxer) Ready() <-chan struct{} { return m.ready }
