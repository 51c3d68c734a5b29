//go:build !linux && !darwin

package server

import (
	"errors"
	"net"
)

var errWouldBlock = errors.New("would block")

// begin says that there are no writes without waiting here: a player's media is written by its goroutine.
func (m *mediaWriter) begin(*net.TCPConn) bool { return false }
