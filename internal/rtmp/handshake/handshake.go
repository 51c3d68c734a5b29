// Package handshake is the plain RTMP handshake (RTMP 1.0 section 5.2).
package handshake

import (
	"errors"
	"io"
)

// Options of a handshake. The zero value is right for all but tests.
type Options struct{}

// Stats say what a handshake moved, in bytes; they are right after an error too.
type Stats struct{ Read, Written uint64 }

// Server shakes hands with a client. It reads no byte beyond the handshake. Deadlines are those of rw.
func Server(rw io.ReadWriter, o Options) (Stats, error) { return Stats{}, errors.ErrUnsupported }

// Client shakes hands with a server. It reads no byte beyond the handshake. Deadlines are those of rw.
func Client(rw io.ReadWriter, o Options) (Stats, error) { return Stats{}, errors.ErrUnsupported }
