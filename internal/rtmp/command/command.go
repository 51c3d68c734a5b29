// Package command reads and builds RTMP's messages other than media: commands,
// data, status, user control and protocol control.
package command

import (
	"fmt"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

// Chunk streams that messages of each kind travel on. Only the first is fixed
// by the specification; the others are custom.
const (
	ControlChunks = 2 // protocol control and user control
	CommandChunks = 3 // commands of the connection (message stream 0)
	AudioChunks   = 4
	StreamChunks  = 5 // commands and status of a message stream
	DataChunks    = 5
	VideoChunks   = 6
)

// commandLimits leave room for any command a client of today sends. A command is
// decoded before its sender is accepted, so what it can cost counts.
var commandLimits = amf.Limits{Size: 64 << 10, Values: 1024}

// A Command is a remote procedure call or the answer to one (RTMP 1.0 section 7.1.1).
type Command struct {
	Name        string
	Transaction float64 // 0 where no answer is wanted
	Args        []any   // Args[0] is the command object (nil or map[string]any)
}

// Result is the answer to the command with that transaction.
func Result(transaction float64, args ...any) *Command {
	return &Command{Name: "_result", Transaction: transaction, Args: args}
}

// Error is the refusal of the command with that transaction.
func Error(transaction float64, args ...any) *Command {
	return &Command{Name: "_error", Transaction: transaction, Args: args}
}

// Parse reads a command message: type 20, or 17, whose AMF0 body comes after
// a zero byte. The error says what is wrong with the body, and where.
func Parse(m *chunk.Message) (*Command, error) {
	body := m.Payload
	switch m.Type {
	case message.TypeIDCommandMessageAMF0:
	case message.TypeIDCommandMessageAMF3:
		body = unwrap(body)
	default:
		return nil, fmt.Errorf("rtmp: message of type %d: want a command (20 or 17)", m.Type)
	}
	vals, err := amf.DecodeLimited(body, commandLimits)
	if err != nil {
		return nil, fmt.Errorf("rtmp: command: %w", err)
	}
	if len(vals) == 0 {
		return nil, fmt.Errorf("rtmp: empty command")
	}
	name, ok := vals[0].(string)
	if !ok || name == "" {
		return nil, fmt.Errorf("rtmp: command begins with %s: want its name", describe(vals[0]))
	}
	if len(vals) < 2 {
		return nil, fmt.Errorf("rtmp: command %.40q has no transaction id", name)
	}
	transaction, ok := vals[1].(float64)
	if !ok {
		return nil, fmt.Errorf("rtmp: command %.40q has %s as its transaction id: want a number", name,
			describe(vals[1]))
	}
	return &Command{Name: name, Transaction: transaction, Args: vals[2:]}, nil
}

// unwrap takes away the zero byte that types 15 and 17 begin with. It cannot be
// mistaken: no body begins with a number. Some peers leave it out.
func unwrap(body []byte) []byte {
	if len(body) > 0 && body[0] == 0 {
		return body[1:]
	}
	return body
}

// Message encodes the command as a message of type 20. The error is amf.Append's.
func (c *Command) Message(chunkStream, stream uint32) (chunk.Message, error) {
	b, err := amf.Append(nil, c.Name, c.Transaction)
	if err == nil {
		b, err = amf.Append(b, c.Args...)
	}
	if err != nil {
		return chunk.Message{}, fmt.Errorf("rtmp: command %.40q: %w", c.Name, err)
	}
	return chunk.Message{ChunkStream: chunkStream, Type: message.TypeIDCommandMessageAMF0, Stream: stream, Payload: b},
		nil
}

// String returns argument i as a string; Args[0] is argument 0. The error names
// the command and the argument.
func (c *Command) String(i int) (string, error) { return argument[string](c, i, "a string") }

// Number returns argument i as a number.
func (c *Command) Number(i int) (float64, error) { return argument[float64](c, i, "a number") }

// Bool returns argument i as a boolean.
func (c *Command) Bool(i int) (bool, error) { return argument[bool](c, i, "a boolean") }

// Object returns argument i as an object.
func (c *Command) Object(i int) (map[string]any, error) {
	return argument[map[string]any](c, i, "an object")
}

// Property returns a string of the command object, "" where there is none.
func (c *Command) Property(key string) string {
	if len(c.Args) == 0 {
		return ""
	}
	object, _ := c.Args[0].(map[string]any)
	s, _ := object[key].(string)
	return s
}

func argument[T any](c *Command, i int, want string) (T, error) {
	var none T
	if i < 0 || i >= len(c.Args) {
		return none, fmt.Errorf("rtmp: command %.40q has no argument %d: want %s", c.Name, i, want)
	}
	v, ok := c.Args[i].(T)
	if !ok {
		return none, fmt.Errorf("rtmp: command %.40q has %s as argument %d: want %s", c.Name,
			describe(c.Args[i]), i, want)
	}
	return v, nil
}

// describe names the kind of a decoded value.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		if v == "" {
			return "an empty string"
		}
		return "a string"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	default:
		return "a date"
	}
}
