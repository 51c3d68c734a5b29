package command

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const createStream = "02 000c 63726561746553747265616d 00 4010000000000000 05"

// golden holds commands with their wire form, both ways.
var golden = []struct {
	name    string
	command Command
	wire    string
}{
	{"createStream", Command{"createStream", 4, []any{nil}}, createStream},
	{"no arguments", Command{"x", 0, []any{}}, "02 0001 78 00 0000000000000000"},
	{"result", *Result(4, nil, 1.0), "02 0007 5f726573756c74 00 4010000000000000 05 00 3ff0000000000000"},
	{"error", *Error(4, nil), "02 0006 5f6572726f72 00 4010000000000000 05"},
}

func TestGolden(t *testing.T) {
	for _, c := range golden {
		t.Run(c.name, func(t *testing.T) {
			m, err := c.command.Message(3, 1)
			if err != nil {
				t.Fatal(err)
			}
			want := unhex(t, c.wire)
			if m.ChunkStream != 3 || m.Type != 20 || m.Stream != 1 || m.Timestamp != 0 ||
				!bytes.Equal(m.Payload, want) {
				t.Errorf("encoded %+v\n%x, want\n%x", m, m.Payload, want)
			}
			got, err := Parse(&m)
			if err != nil || !reflect.DeepEqual(got, &c.command) {
				t.Errorf("parsed %#v, %v; want %#v", got, err, &c.command)
			}
		})
	}
}

func TestAMF3Wrapper(t *testing.T) {
	for name, wire := range map[string]string{"wrapped": "00" + createStream, "not wrapped": createStream} {
		m := chunk.Message{Type: 17, Payload: unhex(t, wire)}
		if c, err := Parse(&m); err != nil || c.Name != "createStream" || c.Transaction != 4 {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		m    chunk.Message
		want string
	}{
		{"another type", chunk.Message{Type: 8}, "rtmp: message of type 8: want a command (20 or 17)"},
		{"empty", chunk.Message{Type: 20}, "rtmp: empty command"},
		{"empty AMF3", chunk.Message{Type: 17, Payload: []byte{0}}, "rtmp: empty command"},
		{"broken AMF", chunk.Message{Type: 20, Payload: []byte{2, 0}},
			"rtmp: command: amf: byte 1: a string needs 2 bytes, 1 are left"},
		{"no name", chunk.Message{Type: 20, Payload: []byte{5}},
			"rtmp: command begins with null: want its name"},
		{"empty name", chunk.Message{Type: 20, Payload: []byte{2, 0, 0}},
			"rtmp: command begins with an empty string: want its name"},
		{"no transaction", chunk.Message{Type: 20, Payload: []byte{2, 0, 1, 'x'}},
			`rtmp: command "x" has no transaction id`},
		{"transaction of another kind", chunk.Message{Type: 20, Payload: []byte{2, 0, 1, 'x', 1, 0}},
			`rtmp: command "x" has a boolean as its transaction id: want a number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := Parse(&c.m); err == nil || err.Error() != c.want {
				t.Errorf("%v, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	object := map[string]any{"app": "live", "n": 1.0}
	c := Command{Name: "publish", Args: []any{object, "cam1", 2.0, true, []any{}}}
	if s, err := c.String(1); s != "cam1" || err != nil {
		t.Errorf("String: %q, %v", s, err)
	}
	if n, err := c.Number(2); n != 2 || err != nil {
		t.Errorf("Number: %v, %v", n, err)
	}
	if b, err := c.Bool(3); !b || err != nil {
		t.Errorf("Bool: %v, %v", b, err)
	}
	if o, err := c.Object(0); !reflect.DeepEqual(o, object) || err != nil {
		t.Errorf("Object: %v, %v", o, err)
	}
	if s := c.Property("app"); s != "live" {
		t.Errorf("Property: %q", s)
	}
	for _, none := range []string{c.Property("n"), c.Property("x"), (&Command{}).Property("app"),
		(&Command{Args: []any{nil}}).Property("app")} {
		if none != "" {
			t.Errorf("a property from nowhere: %q", none)
		}
	}
}

func TestArgumentErrors(t *testing.T) {
	c := Command{Name: "publish", Args: []any{nil, "", 2.0, true, []any{}, map[string]any{}}}
	for want, get := range map[string]func() error{
		`rtmp: command "publish" has no argument 6: want a string`: func() error {
			_,
				err := c.String(6)
			return err
		},
		`rtmp: command "publish" has no argument -1: want a number`: func() error {
			_,
				err := c.Number(-1)
			return err
		},
		`rtmp: command "publish" has null as argument 0: want an object`: func() error {
			_,
				err := c.Object(0)
			return err
		},
		`rtmp: command "publish" has an empty string as argument 1: want a boolean`: func() error {
			_,
				err := c.Bool(1)
			return err
		},
		`rtmp: command "publish" has an array as argument 4: want a number`: func() error {
			_,
				err := c.Number(4)
			return err
		},
		`rtmp: command "publish" has an object as argument 5: want a string`: func() error {
			_,
				err := c.String(5)
			return err
		},
	} {
		if err := get(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestMessageErrors(t *testing.T) {
	c := Command{Name: "x", Args: []any{1i}}
	if _, err := c.Message(3, 0); err == nil || err.Error() != `rtmp: command "x": amf: no encoding for a complex128` {
		t.Errorf("%v", err)
	}
	if _, err := Data(5, 1, "d", 1i); err == nil ||
		err.Error() != `rtmp: data message "d": amf: no encoding for a complex128` {
		t.Errorf("%v", err)
	}
}

func TestData(t *testing.T) {
	meta := amf.ECMAArray{{Key: "width", Value: 640.0}}
	plain, err := Data(DataChunks, 1, "onMetaData", meta)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Data(DataChunks, 1, "@setDataFrame", "onMetaData", meta)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := chunk.Message{Type: 15, Payload: append([]byte{0}, set.Payload...)}
	for name, m := range map[string]*chunk.Message{"plain": &plain, "@setDataFrame": &set, "AMF3": &wrapped} {
		got, args, err := ParseData(m)
		if err != nil || got != "onMetaData" || !reflect.DeepEqual(args, []any{map[string]any{"width": 640.0}}) {
			t.Errorf("%s: %q, %v, %v", name, got, args, err)
		}
		if !bytes.Equal(DataBody(m), plain.Payload) {
			t.Errorf("%s: players get %x, want %x", name, DataBody(m), plain.Payload)
		}
	}
}

func TestDataErrors(t *testing.T) {
	for want, m := range map[string]chunk.Message{
		"rtmp: message of type 20: want data (18 or 15)": {Type: 20},
		"rtmp: empty data message":                       {Type: 18},
		"rtmp: data message: amf: byte 1: a number needs 8 bytes, 0 are left": {Type: 18,
			Payload: []byte{0}},
		"rtmp: data message begins with a boolean: want its name": {Type: 18,
			Payload: []byte{1, 1}},
		"rtmp: data message: amf: byte 0: a body of 1048577 bytes; at most 1048576 are allowed": {Type: 18,
			Payload: make([]byte, 1<<20+1)},
	} {
		if _, _, err := ParseData(&m); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestStatus(t *testing.T) {
	s := PublishStart.With("Go.", amf.Property{Key: "clientid", Value: "c1"})
	if PublishStart.Extra != nil || PublishStart.Description == "Go." {
		t.Fatal("With changed the constant")
	}
	m, err := OnStatus(7, s)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(&m)
	if err != nil || c.Name != "onStatus" || m.Stream != 7 || m.ChunkStream != StreamChunks {
		t.Fatalf("%+v, %v", c, err)
	}
	got, err := ParseStatus(c)
	if err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("parsed %+v, %v; want %+v", got, err, s)
	}
	if keep := PublishStart.With(""); keep.Description != PublishStart.Description {
		t.Errorf("description %q", keep.Description)
	}
}

func TestParseStatusErrors(t *testing.T) {
	for _, args := range [][]any{nil, {nil, "x"}, {map[string]any{"code": 1.0}}} {
		if s, err := ParseStatus(&Command{Name: "_result", Args: args}); err == nil ||
			err.Error() != `rtmp: command "_result" has no information object with a code` {
			t.Errorf("%v: %v, %v", args, s, err)
		}
	}
}
