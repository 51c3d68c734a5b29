package client

import (
	"strconv"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// read is the read goroutine: it takes what the server sends until the
// connection ends, however that happens.
func (c *Client) read() {
	if c.reader == nil {
		c.finish(c.discard())
		return
	}
	err := c.receive()
	if err == nil {
		go c.read() // in place of this goroutine; see receive
		return
	}
	c.finish(err)
}

// receive takes messages and answers those that clients answer. It returns nil
// after a message whose parsing goes deep: stacks that have grown do not shrink
// while they wait for the network, and thousands of clients that wait are to
// have small ones.
func (c *Client) receive() error {
	for deep := false; !deep; {
		var m chunk.Message
		if err := c.reader.Next(&m); err != nil {
			if c.in.again(err) {
				continue
			}
			return err
		}
		c.dispatch(&m)
		if seq, due := c.reader.AckDue(); due {
			c.reply(command.Acknowledgement(seq))
			c.emit(&Event{Kind: Acknowledgement, Name: "Acknowledgement", Type: message.TypeIDAck, Size: 4, Value: seq})
		}
		deep = m.Type != message.TypeIDAudioMessage && m.Type != message.TypeIDVideoMessage
	}
	return nil
}

// discard counts what comes and throws it away.
func (c *Client) discard() error {
	buf := make([]byte, 512)
	for {
		n, err := c.conn.Read(buf)
		if n > 0 {
			c.n.bytesIn.Add(uint64(n))
			c.emit(&Event{Kind: Received, Name: "bytes", Size: n})
		}
		if err != nil && !c.in.again(err) {
			return err
		}
	}
}

func (c *Client) dispatch(m *chunk.Message) {
	if c.o.OnFrame != nil && (m.Type == message.TypeIDAudioMessage || m.Type == message.TypeIDVideoMessage) {
		c.frame(m)
		return
	}
	ev := Event{Type: m.Type, Stream: m.Stream, Timestamp: m.Timestamp, Size: len(m.Payload) + c.reader.Cut()}
	switch m.Type {
	case message.TypeIDAudioMessage, message.TypeIDVideoMessage:
		c.media(&ev, m)
		return
	case message.TypeIDCommandMessageAMF0, message.TypeIDCommandMessageAMF3:
		readCommand(&ev, m)
	case message.TypeIDDataMessageAMF0, message.TypeIDDataMessageAMF3:
		c.n.data.Add(1)
		readData(&ev, m)
	case message.TypeIDUserCtrl:
		c.userControl(&ev, m)
	default:
		c.control(&ev, m)
	}
	c.emit(&ev)
}

// media counts a frame and shows it; it copies nothing.
func (c *Client) media(ev *Event, m *chunk.Message) {
	ev.At = time.Now() // once: it is much of what a frame costs
	ev.Kind, ev.Name, ev.Payload = Media, messageName(m.Type), m.Payload
	ev.Frame, ev.Keyframe, ev.SequenceHeader = mediaHeader(m.Type, m.Payload)
	if ev.Frame {
		ev.Marker, _ = ParseMarker(m.Payload)
		if ev.Marker.Publisher != 0 {
			c.seen.add(ev.Marker)
		}
	}
	c.n.media(ev)
	c.emit(ev)
}

func readCommand(ev *Event, m *chunk.Message) {
	cmd, err := command.Parse(m)
	if err != nil {
		ev.Kind, ev.Name, ev.Err = Invalid, "command", err
		return
	}
	ev.Kind, ev.Name, ev.Transaction, ev.Args = Received, cmd.Name, cmd.Transaction, cmd.Args
	switch cmd.Name {
	case "onStatus", "_result", "_error", "onFCPublish", "onFCUnpublish":
		if s, err := command.ParseStatus(cmd); err == nil {
			ev.Level, ev.Code, ev.Description = s.Level, s.Code, s.Description
		}
	}
	if cmd.Name == "onStatus" {
		ev.Kind = Status
	}
}

func readData(ev *Event, m *chunk.Message) {
	name, args, err := command.ParseData(m)
	if err != nil {
		ev.Kind, ev.Name, ev.Err = Invalid, "data message", err
		return
	}
	ev.Kind, ev.Name, ev.Args, ev.Payload = Data, name, args, m.Payload
}

// userControl answers pings.
func (c *Client) userControl(ev *Event, m *chunk.Message) {
	u, err := command.ParseUserControl(m)
	if err != nil {
		ev.Kind, ev.Name, ev.Err = Invalid, "user control message", err
		return
	}
	ev.Kind, ev.Name, ev.Value = UserControl, u.Event.String(), u.Value
	if u.Event == command.PingRequest {
		c.reply(command.UserControl{Event: command.PingResponse, Value: u.Value}.Message())
	}
}

// control obeys the server's window, as clients do: Set Peer Bandwidth is
// answered with our own Window Acknowledgement Size (RTMP 1.0 section 5.4.5).
// Set Chunk Size and Abort never get here, the reader applies them.
func (c *Client) control(ev *Event, m *chunk.Message) {
	ev.Kind, ev.Name = Control, messageName(m.Type)
	switch m.Type {
	case message.TypeIDAck, message.TypeIDWinAckSize, message.TypeIDSetPeerBandwidth:
	default:
		return
	}
	n, _, err := command.ParseControl(m)
	if err != nil {
		ev.Kind, ev.Err = Invalid, err
		return
	}
	ev.Value = n
	switch m.Type {
	case message.TypeIDWinAckSize:
		c.reader.SetWindow(n)
	case message.TypeIDSetPeerBandwidth:
		c.reply(command.WindowAckSize(n))
	}
}

// messageName names a message type as the specification does.
func messageName(t message.TypeID) string {
	switch t {
	case message.TypeIDSetChunkSize:
		return "Set Chunk Size"
	case message.TypeIDAbortMessage:
		return "Abort"
	case message.TypeIDAck:
		return "Acknowledgement"
	case message.TypeIDUserCtrl:
		return "user control"
	case message.TypeIDWinAckSize:
		return "Window Acknowledgement Size"
	case message.TypeIDSetPeerBandwidth:
		return "Set Peer Bandwidth"
	case message.TypeIDAudioMessage:
		return "audio"
	case message.TypeIDVideoMessage:
		return "video"
	}
	return "message of type " + strconv.Itoa(int(t))
}
