package command

import (
	"errors"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

// A Status is an information object: what onStatus, _result and _error tell.
type Status struct {
	Level, Code, Description string
	Extra                    []amf.Property // further properties, encoded behind the three
}

// Statuses of NetConnection and NetStream.
var (
	ConnectSuccess      = Status{"status", "NetConnection.Connect.Success", "Connection succeeded.", nil}
	ConnectRejected     = Status{"error", "NetConnection.Connect.Rejected", "Connection rejected.", nil}
	ConnectFailed       = Status{"error", "NetConnection.Connect.Failed", "Connection failed.", nil}
	ConnectClosed       = Status{"status", "NetConnection.Connect.Closed", "Connection closed.", nil}
	ConnectInvalidApp   = Status{"error", "NetConnection.Connect.InvalidApp", "No such application.", nil}
	ConnectAppShutdown  = Status{"error", "NetConnection.Connect.AppShutdown", "The application is shutting down.", nil}
	CallFailed          = Status{"error", "NetConnection.Call.Failed", "The method is not known.", nil}
	CallBadVersion      = Status{"error", "NetConnection.Call.BadVersion", "The call cannot be decoded.", nil}
	PublishStart        = Status{"status", "NetStream.Publish.Start", "Publishing.", nil}
	PublishBadName      = Status{"error", "NetStream.Publish.BadName", "The stream name is taken or not allowed.", nil}
	PublishDenied       = Status{"error", "NetStream.Publish.Denied", "Publishing is not allowed.", nil}
	PublishIdle         = Status{"status", "NetStream.Publish.Idle", "The publisher sends nothing.", nil}
	UnpublishSuccess    = Status{"status", "NetStream.Unpublish.Success", "Stopped publishing.", nil}
	PlayReset           = Status{"status", "NetStream.Play.Reset", "Playing and resetting.", nil}
	PlayStart           = Status{"status", "NetStream.Play.Start", "Started playing.", nil}
	PlayStop            = Status{"status", "NetStream.Play.Stop", "Stopped playing.", nil}
	PlayFailed          = Status{"error", "NetStream.Play.Failed", "Playing is not allowed.", nil}
	PlayStreamNotFound  = Status{"error", "NetStream.Play.StreamNotFound", "No such stream.", nil}
	PlayPublishNotify   = Status{"status", "NetStream.Play.PublishNotify", "The stream is published.", nil}
	PlayUnpublishNotify = Status{"status", "NetStream.Play.UnpublishNotify", "The stream is no longer published.", nil}
	PlayInsufficientBW  = Status{"warning", "NetStream.Play.InsufficientBW", "Frames were dropped for a slow player.", nil}
	PauseNotify         = Status{"status", "NetStream.Pause.Notify", "Paused.", nil}
	UnpauseNotify       = Status{"status", "NetStream.Unpause.Notify", "Unpaused.", nil}
	SeekNotify          = Status{"status", "NetStream.Seek.Notify", "Seeking.", nil}
	SeekFailed          = Status{"error", "NetStream.Seek.Failed", "A live stream cannot be seeked in.", nil}
	NetStreamFailed     = Status{"error", "NetStream.Failed", "The operation failed.", nil}
	DataStart           = Status{"status", "NetStream.Data.Start", "", nil}
)

// With returns the status with another description and further properties.
func (s Status) With(description string, extra ...amf.Property) Status { return s }

// Object returns the status for encoding.
func (s Status) Object() amf.Object { return nil }

// OnStatus is the command that tells a message stream its status.
func OnStatus(stream uint32, s Status) (chunk.Message, error) {
	return chunk.Message{}, errors.ErrUnsupported
}

// ParseStatus reads the information object of an onStatus, _result or _error.
func ParseStatus(c *Command) (Status, error) { return Status{}, errors.ErrUnsupported }
