package server

import (
	"errors"

	"hookproof/internal/redact"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// refuse tells a client why it has to go; the session ends with the error.
func (c *session) refuse(why error, answer *command.Command) error {
	m, err := answer.Message(command.CommandChunks, 0)
	if err != nil {
		return err
	}
	return c.refuseWith(why, m)
}

func (c *session) refuseWith(why error, m chunk.Message) error {
	if err := c.conn.aborted(); err != nil {
		return err
	}
	c.log("refused", "reason", redact.Short(why.Error(), maxShown))
	if err := errors.Join(c.conn.send(m), c.conn.flush()); err != nil {
		return err
	}
	return &refusal{why}
}

// told is what a client is told of a refusal: that a hook refused, not what the hook server said.
func told(err error) string {
	var no *hookRefusal
	if errors.As(err, &no) {
		return "Refused by " + no.event.String() + "."
	}
	return err.Error()
}

// refuseStatus tells a message stream why its client has to go.
func (c *session) refuseStatus(streamID uint32, why error, s command.Status) error {
	m, err := command.OnStatus(streamID, s.With(told(why)))
	if err != nil {
		return err
	}
	return c.refuseWith(why, m)
}
