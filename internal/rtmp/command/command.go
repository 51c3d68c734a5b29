// Package command reads and builds RTMP's messages other than media: commands,
// data, status, user control and protocol control.
package command

import (
	"errors"

	"hookproof/internal/rtmp/chunk"
)

// Chunk streams that messages of each kind travel on by custom.
const (
	ControlChunks = 2 // protocol control and user control: fixed by the specification
	CommandChunks = 3 // commands of the connection (message stream 0)
	StreamChunks  = 5 // commands and status of a message stream
	AudioChunks   = 4
	VideoChunks   = 6
	DataChunks    = 5
)

// A Command is a remote procedure call or the answer to one.
type Command struct {
	Name        string
	Transaction float64 // 0 where no answer is wanted
	Args        []any   // Args[0] is the command object (nil or map[string]any)
}

// Parse reads a command message (types 20 and 17).
func Parse(m *chunk.Message) (*Command, error) { return nil, errors.ErrUnsupported }

// Message encodes the command as a message of type 20.
func (c *Command) Message(chunkStream, stream uint32) (chunk.Message, error) {
	return chunk.Message{}, errors.ErrUnsupported
}

// String returns argument i as a string.
func (c *Command) String(i int) (string, error) { return "", errors.ErrUnsupported }

// Number returns argument i as a number.
func (c *Command) Number(i int) (float64, error) { return 0, errors.ErrUnsupported }

// Bool returns argument i as a boolean.
func (c *Command) Bool(i int) (bool, error) { return false, errors.ErrUnsupported }

// Object returns argument i as an object.
func (c *Command) Object(i int) (map[string]any, error) { return nil, errors.ErrUnsupported }

// Property returns the string property key of the command object, "" where it is missing or no string.
func (c *Command) Property(key string) string { return "" }

// Result is the answer to the command with that transaction.
func Result(transaction float64, args ...any) *Command {
	return &Command{Name: "_result", Transaction: transaction, Args: args}
}

// Error is the refusal of the command with that transaction.
func Error(transaction float64, args ...any) *Command {
	return &Command{Name: "_error", Transaction: transaction, Args: args}
}

// ParseData reads a data message (types 18 and 15). A leading @setDataFrame is skipped.
func ParseData(m *chunk.Message) (name string, args []any, err error) {
	return "", nil, errors.ErrUnsupported
}

// DataBody returns the AMF0 body of a data message as players get it: without
// @setDataFrame and without the leading byte of type 15. It shares m's payload.
func DataBody(m *chunk.Message) []byte { return nil }

// Data builds a data message (type 18) such as onMetaData.
func Data(chunkStream, stream uint32, name string, args ...any) (chunk.Message, error) {
	return chunk.Message{}, errors.ErrUnsupported
}
