package command

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
)

// controls holds every control message with its wire form and go-rtmp's value for it.
var controls = []struct {
	name    string
	message chunk.Message
	wire    string
	peer    message.Message
}{
	{"Set Chunk Size", SetChunkSize(60000), "0000ea60", &message.SetChunkSize{ChunkSize: 60000}},
	{"Abort", Abort(6), "00000006", &message.AbortMessage{ChunkStreamID: 6}},
	{"Acknowledgement", Acknowledgement(0xfffffffe), "fffffffe", &message.Ack{SequenceNumber: 0xfffffffe}},
	{"Window Acknowledgement Size", WindowAckSize(2500000), "002625a0", &message.WinAckSize{Size: 2500000}},
	{"Set Peer Bandwidth", SetPeerBandwidth(2500000, LimitDynamic), "002625a002",
		&message.SetPeerBandwidth{Size: 2500000, Limit: message.LimitTypeDynamic}},
	{"StreamBegin", UserControl{Event: StreamBegin, Value: 1}.Message(), "0000 00000001",
		event(&message.UserCtrlEventStreamBegin{StreamID: 1})},
	{"StreamEOF", UserControl{Event: StreamEOF, Value: 1}.Message(), "0001 00000001",
		event(&message.UserCtrlEventStreamEOF{StreamID: 1})},
	{"StreamDry", UserControl{Event: StreamDry, Value: 1}.Message(), "0002 00000001",
		event(&message.UserCtrlEventStreamDry{StreamID: 1})},
	{"SetBufferLength", UserControl{Event: SetBufferLength, Value: 1, Buffer: 3000}.Message(),
		"0003 00000001 00000bb8", event(&message.UserCtrlEventSetBufferLength{StreamID: 1, LengthMs: 3000})},
	{"StreamIsRecorded", UserControl{Event: StreamIsRecorded, Value: 1}.Message(), "0004 00000001",
		event(&message.UserCtrlEventStreamIsRecorded{StreamID: 1})},
	{"PingRequest", UserControl{Event: PingRequest, Value: 77}.Message(), "0006 0000004d",
		event(&message.UserCtrlEventPingRequest{Timestamp: 77})},
	{"PingResponse", UserControl{Event: PingResponse, Value: 77}.Message(), "0007 0000004d",
		event(&message.UserCtrlEventPingResponse{Timestamp: 77})},
}

func event(e message.UserCtrlEvent) message.Message { return &message.UserCtrl{Event: e} }

func TestControl(t *testing.T) {
	for _, c := range controls {
		t.Run(c.name, func(t *testing.T) {
			want := unhex(t, c.wire)
			m := c.message
			if m.ChunkStream != ControlChunks || m.Stream != 0 || m.Type != c.peer.TypeID() ||
				!bytes.Equal(m.Payload, want) {
				t.Errorf("encoded %+v, want %x", m, want)
			}
			var peer message.Message
			if err := message.NewDecoder(bytes.NewReader(m.Payload)).Decode(m.Type, &peer); err != nil ||
				!reflect.DeepEqual(peer, c.peer) {
				t.Errorf("go-rtmp reads %+v, %v; want %+v", peer, err, c.peer)
			}
			var buf bytes.Buffer
			if err := message.NewEncoder(&buf).Encode(c.peer); err != nil || !bytes.Equal(buf.Bytes(), want) {
				t.Errorf("go-rtmp writes %x, %v; want %x", buf.Bytes(), err, want)
			}
			var back chunk.Message
			if m.Type == message.TypeIDUserCtrl {
				u, err := ParseUserControl(&m)
				if err != nil {
					t.Fatal(err)
				}
				back = u.Message()
			} else {
				n, limit, err := ParseControl(&m)
				if err != nil {
					t.Fatal(err)
				}
				if back = control(m.Type, n); m.Type == message.TypeIDSetPeerBandwidth {
					back.Payload = append(back.Payload, limit)
				}
			}
			if !reflect.DeepEqual(back, m) {
				t.Errorf("parsed and encoded again %+v, want %+v", back, m)
			}
		})
	}
}

func TestControlErrors(t *testing.T) {
	for want, m := range map[string]chunk.Message{
		"rtmp: message of type 4: want protocol control (1, 2, 3, 5 or 6)": {Type: 4},
		"rtmp: protocol control message of type 5 with 3 bytes: want 4":    {Type: 5, Payload: make([]byte, 3)},
		"rtmp: protocol control message of type 6 with 4 bytes: want 5":    {Type: 6, Payload: make([]byte, 4)},
	} {
		if _, _, err := ParseControl(&m); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for want, m := range map[string]chunk.Message{
		"rtmp: message of type 3: want user control (4)":           {Type: 3},
		"rtmp: user control message with 1 bytes: want at least 2": {Type: 4, Payload: []byte{0}},
		"rtmp: StreamBegin with 5 bytes: want 6":                   {Type: 4, Payload: make([]byte, 5)},
		"rtmp: SetBufferLength with 6 bytes: want 10": {Type: 4, Payload: []byte{0, 3, 0, 0, 0,
			1}},
	} {
		if _, err := ParseUserControl(&m); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestUnknownEvents are not ours to refuse.
func TestUnknownEvents(t *testing.T) {
	for wire, want := range map[string]UserControl{
		"001a 01":       {Event: 0x1a},
		"0005":          {Event: 5},
		"0020 00000001": {Event: 32, Value: 1},
	} {
		m := chunk.Message{Type: 4, Payload: unhex(t, wire)}
		if got, err := ParseUserControl(&m); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", wire, got, err, want)
		}
	}
	if s := EventType(5).String(); s != "user control event 5" {
		t.Error(s)
	}
}
