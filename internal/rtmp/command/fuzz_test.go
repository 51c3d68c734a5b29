package command

import (
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
)

// FuzzCommand parses messages of any type: nothing may panic, and a command that
// was understood must be understood the same after being encoded.
func FuzzCommand(f *testing.F) {
	for _, c := range golden {
		f.Add(byte(20), unhex(f, c.wire))
		f.Add(byte(17), append([]byte{0}, unhex(f, c.wire)...))
	}
	for _, c := range controls {
		f.Add(byte(c.message.Type), c.message.Payload)
	}
	status, err := OnStatus(1, PlayStart)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(byte(20), status.Payload)
	data, err := Data(5, 1, "@setDataFrame", "onMetaData", map[string]any{"width": 640})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(byte(18), data.Payload)
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		m := chunk.Message{Type: message.TypeID(kind), Payload: body}
		ParseControl(&m)
		ParseUserControl(&m)
		ParseData(&m)
		c, err := Parse(&m)
		if err != nil {
			return
		}
		ParseStatus(c)
		for i := range len(c.Args) + 1 {
			c.String(i)
			c.Number(i)
			c.Object(i)
		}
		c.Property("app")
		again, err := c.Message(3, 0)
		if err != nil {
			t.Fatalf("%+v cannot be encoded: %v", c, err)
		}
		if len(again.Payload) > 64<<10 {
			return // U+FFFD is longer than what it stands for
		}
		back, err := Parse(&again)
		if err != nil || back.Name != c.Name || len(back.Args) != len(c.Args) {
			t.Fatalf("%+v became %+v, %v", c, back, err)
		}
	})
}
