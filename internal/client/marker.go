package client

import (
	"bytes"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/flv"
)

// Marker is a publisher's stamp in a frame, carried where decoders do not mind
// it: in H.264 as an SEI user_data_unregistered NAL unit in front of the
// picture's own (ISO/IEC 14496-10 D.1.7), in AAC as a data stream element in
// front of the audio (ISO/IEC 14496-3 4.4.2.7).
type Marker struct {
	Publisher uint64 // Options.Publisher; 0: no marker
	Seq       uint64 // of the frame among the publisher's, from 0
	// SentAt is when the frame was handed to the connection. From a publisher
	// of this process it carries a monotonic reading.
	SentAt time.Time
}

// markerID tells our stamp from other user data: a UUID (RFC 9562 version 4)
// without zero bytes, so that no emulation prevention is needed in a NAL unit.
var markerID = []byte{0x9d, 0x1f, 0x6e, 0xb4, 0x53, 0xc7, 0x4a, 0x28, 0xa6, 0x71, 0xe8, 0x3c, 0x90, 0xd5, 0x2b, 0x47}

const (
	numberSize  = 10 // a uint64 in septets
	markerBody  = 16 + 3*numberSize
	seiSize     = 3 + markerBody + 1 // NAL unit type, payload type and size; trailing bits
	markerReach = 256                // how far into a payload a marker is looked for, bytes
)

// epoch ties the wire's wall-clock numbers to the monotonic clock.
var epoch = time.Now()

// clockAt returns t as nanoseconds of the Unix epoch, which never step back.
func clockAt(t time.Time) uint64 { return uint64(epoch.UnixNano() + int64(t.Sub(epoch))) }

// clockTime is the inverse of clockAt.
func clockTime(ns uint64) time.Time {
	return epoch.Add(time.Duration(int64(ns) - epoch.UnixNano()))
}

// appendNumber writes v as ten bytes of seven bits each with the high bit set:
// no byte is ever zero.
func appendNumber(dst []byte, v uint64) []byte {
	for shift := 63; shift >= 0; shift -= 7 {
		dst = append(dst, 0x80|byte(v>>shift))
	}
	return dst
}

// number reads what appendNumber wrote; ok is false for other bytes.
func number(b []byte) (v uint64, ok bool) {
	for i, c := range b[:numberSize] {
		if c < 0x80 || (i == 0 && c > 0x81) {
			return 0, false
		}
		v = v<<7 | uint64(c&0x7f)
	}
	return v, true
}

func appendBody(dst []byte, publisher, seq, sentAt uint64) []byte {
	dst = append(dst, markerID...)
	dst = appendNumber(dst, publisher)
	dst = appendNumber(dst, seq)
	return appendNumber(dst, sentAt)
}

// appendStamped appends payload, the body of tag, with a marker in it. Payloads
// that cannot carry one (sequence headers, metadata, other codecs) are not
// appended, and ok is false. It learns from sequence headers how long the
// lengths of H.264's NAL units are (ISO/IEC 14496-15 5.3.3.1).
func (s *stamper) appendStamped(dst []byte, tag *flv.Tag, publisher, seq, sentAt uint64) (out []byte, ok bool) {
	data := tag.Data
	switch tag.Type {
	case message.TypeIDVideoMessage:
		if len(data) < 10 || data[0]&0x8f != 7 {
			return dst, false
		}
		if data[1] == 0 {
			s.nalSize = int(data[9]&3) + 1
		}
		if data[1] != 1 || s.nalSize == 0 {
			return dst, false
		}
		dst = append(dst, data[:5]...)
		dst = append(dst, 0, 0, 0, seiSize)[:len(dst)+s.nalSize]
		dst[len(dst)-1] = seiSize
		dst = append(dst, 6, 5, markerBody)
		dst = appendBody(dst, publisher, seq, sentAt)
		dst = append(dst, 0x80)
		return append(dst, data[5:]...), true
	case message.TypeIDAudioMessage:
		if len(data) < 3 || data[0]>>4 != 10 || data[1] != 1 {
			return dst, false
		}
		dst = append(dst, data[:2]...)
		dst = append(dst, 0x80, markerBody) // ID_DSE, instance 0, unaligned; count
		dst = appendBody(dst, publisher, seq, sentAt)
		return append(dst, data[2:]...), true
	}
	return dst, false
}

// ParseMarker finds the marker in the payload of an audio or video message. It
// looks at the first 256 bytes only, copies nothing, and does not care which
// codec carries it. Bytes that only resemble a marker are none.
func ParseMarker(payload []byte) (m Marker, ok bool) {
	head := payload[:min(len(payload), markerReach)]
	i := bytes.Index(head, markerID)
	if i < 0 || len(payload) < i+markerBody {
		return Marker{}, false
	}
	body := payload[i+len(markerID):]
	publisher, ok1 := number(body)
	seq, ok2 := number(body[numberSize:])
	sent, ok3 := number(body[2*numberSize:])
	if !ok1 || !ok2 || !ok3 || publisher == 0 {
		return Marker{}, false
	}
	return Marker{Publisher: publisher, Seq: seq, SentAt: clockTime(sent)}, true
}
