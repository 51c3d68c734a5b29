package loadgen

import (
	"context"
	"errors"
	"syscall"

	"hookproof/internal/client"
)

// words say how a connection ended.
var words = map[client.How]string{
	client.FIN: "closed by the server", client.RST: "reset by the server", client.Timeout: "network time-out",
	client.Local: "closed", client.Protocol: "the server sent what is no RTMP",
}

// kind names an error by phase and cause: "publish: time-out".
func kind(err error) string {
	var step *client.StepError
	if errors.As(err, &step) {
		return step.Phase + ": " + cause(err)
	}
	return cause(err)
}

// cause names what led to an error, in words that are the same for all
// clients that it meets.
func cause(err error) string {
	var status *client.StatusError
	var gone *client.DisconnectError
	switch {
	case errors.As(err, &status):
		return "refused with " + status.Code
	case errors.As(err, &gone):
		return words[gone.How]
	case errors.Is(err, client.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return "time-out"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "no local port left"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "too many open files"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset by the server"
	}
	return "other"
}

// isRefusal reports whether a step failed in a way in which servers refuse: with
// a status, or by ending the connection.
func isRefusal(err error) bool {
	var status *client.StatusError
	var gone *client.DisconnectError
	return errors.As(err, &status) || errors.As(err, &gone)
}
