package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client/clip"
	"hookproof/internal/rtmp/flv"
)

// Clip returns the embedded clip's tags: metadata, sequence headers and 3 s of
// frames. They are read once and shared: do not change.
func Clip() []flv.Tag { return readClip() }

var readClip = sync.OnceValue(func() []flv.Tag {
	tags, err := ReadFLV(bytes.NewReader(clip.FLV))
	if err != nil {
		panic("client: the embedded clip: " + err.Error()) // it is tested; cannot happen
	}
	return tags
})

// ReadFLV reads all tags of an FLV file.
func ReadFLV(r io.Reader) ([]flv.Tag, error) {
	fr, err := flv.NewReader(r)
	if err != nil {
		return nil, err
	}
	var tags []flv.Tag
	for {
		var t flv.Tag
		switch err := fr.Next(&t); err {
		case nil:
			tags = append(tags, t)
		case io.EOF:
			return tags, nil
		default:
			return nil, err
		}
	}
}

// Loop repeats a recording without end: timestamps go on rising, metadata and
// sequence headers come in the first round only, and what follows the last
// frame (an end of sequence) never. The tags are shared, so that thousands of
// publishers can send one recording.
type Loop struct {
	tags  []flv.Tag
	next  int
	shift uint32 // ms
	span  uint32 // ms of one round
	round int
}

// NewLoop returns a Loop over tags, which must hold at least one frame.
func NewLoop(tags []flv.Tag) (*Loop, error) {
	frames, end := uint32(0), 0
	for i := range tags {
		if isFrame(&tags[i]) {
			frames++
			end = i + 1
		}
	}
	if frames == 0 {
		return nil, errors.New("loop: no audio or video frame to repeat")
	}
	tags = tags[:end]
	first, last := tags[0].Timestamp, tags[end-1].Timestamp
	if last-first > 1<<31 {
		return nil, fmt.Errorf("loop: timestamps go back, from %d ms to %d ms", first, last)
	}
	return &Loop{tags: tags, span: last - first + max((last-first)/frames, 1)}, nil
}

// Next returns the next tag. Its Data is shared: do not change.
func (l *Loop) Next() flv.Tag {
	for {
		t := l.tags[l.next]
		t.Timestamp += l.shift
		wanted := isFrame(&t) || l.round == 0
		if l.next++; l.next == len(l.tags) {
			l.next = 0
			l.round++
			l.shift += l.span
		}
		if wanted {
			return t
		}
	}
}

// Round returns the tags that remain of the current round.
func (l *Loop) Round() []flv.Tag {
	var tags []flv.Tag
	for round := l.round; l.round == round; {
		tags = append(tags, l.Next())
	}
	return tags
}

// isFrame tells pictures and sound from metadata, sequence headers and ends.
func isFrame(t *flv.Tag) bool {
	switch t.Type {
	case message.TypeIDAudioMessage, message.TypeIDVideoMessage:
		frame, _, _ := mediaHeader(t.Type, t.Data)
		return frame
	}
	return false
}
