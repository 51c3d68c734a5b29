package media

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
)

// Source is a recording that publishers repeat without end.
type Source struct {
	Name string // for reports
	tags []flv.Tag
}

// Clip is the embedded recording: 320x180 H.264 and AAC, about 380 kbit/s.
func Clip() Source { return Source{Name: "clip", tags: client.Clip()} }

// File reads an FLV file.
func File(path string) (Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return Source{}, err
	}
	defer f.Close()
	var magic [3]byte
	if _, err := io.ReadFull(f, magic[:]); err != nil || string(magic[:]) != "FLV" {
		return Source{}, fmt.Errorf("%s: not an FLV file", path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Source{}, err
	}
	tags, err := client.ReadFLV(f)
	if err == nil {
		_, err = client.NewLoop(tags)
	}
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", path, err)
	}
	return Source{Name: path, tags: tags}, nil
}

// The synthetic stream: 25 pictures and 15.625 sounds (1,024 samples of
// 16 kHz) a second, a keyframe every 2 s.
const (
	pictures = 25
	gop      = 2 * pictures
	sound    = 64 // ms
	audioLen = 64 // bytes: 8 kbit/s
	// markerRoom is what a stamp adds to a frame, about.
	markerRoom = 54
	// minRate leaves each picture a few bytes.
	minRate = 40_000
	// maxRate keeps a keyframe below the size that servers take.
	maxRate = 100_000_000
)

// Synthetic makes a stream of that many bits per second, stamps included. Its
// pictures cannot be decoded; its sequence headers can, since servers look into
// them: they are the clip's.
func Synthetic(rate int) (Source, error) {
	if rate < minRate || rate > maxRate {
		return Source{}, fmt.Errorf("bit rate: want %d to %d bits per second, got %d", minRate, maxRate, rate)
	}
	perSecond := rate/8 - (audioLen+markerRoom)*1000/sound - pictures*markerRoom
	size := max(perSecond/pictures, 16)
	tags := sequenceHeaders()
	key, inter, tone := picture(0x17, 0x65, size), picture(0x27, 0x41, size), make([]byte, audioLen)
	tone[0], tone[1] = 0xaf, 1
	nextSound := 0
	for n := range gop {
		at := n * 1000 / pictures
		for ; nextSound <= at; nextSound += sound {
			tags = append(tags, flv.Tag{Type: message.TypeIDAudioMessage, Timestamp: uint32(nextSound), Data: tone})
		}
		data := inter
		if n == 0 {
			data = key
		}
		tags = append(tags, flv.Tag{Type: message.TypeIDVideoMessage, Timestamp: uint32(at), Data: data})
	}
	return Source{Name: fmt.Sprintf("synthetic, %d kbit/s", rate/1000), tags: tags}, nil
}

// sequenceHeaders are the clip's.
func sequenceHeaders() (tags []flv.Tag) {
	for _, t := range client.Clip() {
		if t.Type != message.TypeIDDataMessageAMF0 && len(t.Data) > 1 && t.Data[1] == 0 {
			tags = append(tags, t)
		}
	}
	return tags
}

// picture makes an AVC packet with one NAL unit of that type.
func picture(head, nal byte, size int) []byte {
	data := make([]byte, 5+4+size)
	data[0], data[1] = head, 1
	data[5], data[6], data[7], data[8] = byte(size>>24), byte(size>>16), byte(size>>8), byte(size)
	data[9] = nal
	for i := range data[10:] {
		data[10+i] = byte(i*7 + 1) // anything but start codes
	}
	return data
}

// silence is how often a Source without media still says something.
const silence = 2 * time.Second

// None sends one short sound every 2 s, so that servers do not take the
// publisher for dead.
func None() Source {
	return Source{Name: "none", tags: []flv.Tag{
		{Type: message.TypeIDAudioMessage, Data: []byte{0xaf, 0, 0x14, 0x08}},
		{Type: message.TypeIDAudioMessage, Data: []byte{0xaf, 1, 0x21, 0}},
		{Type: message.TypeIDAudioMessage, Timestamp: uint32(silence.Milliseconds()), Data: []byte{0xaf, 1, 0x21, 0}},
	}}
}

var errEmpty = errors.New("no frame to send")

// Rate estimates the source's bits per second, stamps left out.
func (s Source) Rate() int {
	bytes, last := 0, uint32(0)
	for i := range s.tags {
		bytes += len(s.tags[i].Data)
		last = max(last, s.tags[i].Timestamp)
	}
	if last == 0 {
		return 0
	}
	return int(int64(bytes) * 8 * 1000 / int64(last))
}
