package command

import (
	"fmt"
	"maps"
	"slices"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
)

// A Status is an information object: what onStatus, _result and _error tell.
type Status struct {
	Level, Code, Description string
	Extra                    []amf.Property // further properties, encoded after the three
}

// The statuses of NetConnection and NetStream that servers send (ActionScript's
// NetStatusEvent), each with its level and a description that With can replace.
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
	PlayInsufficientBW  = Status{"warning", "NetStream.Play.InsufficientBW", "Frames were dropped for a slow player.",
		nil}
	PauseNotify     = Status{"status", "NetStream.Pause.Notify", "Paused.", nil}
	UnpauseNotify   = Status{"status", "NetStream.Unpause.Notify", "Unpaused.", nil}
	SeekNotify      = Status{"status", "NetStream.Seek.Notify", "Seeking.", nil}
	SeekFailed      = Status{"error", "NetStream.Seek.Failed", "A live stream cannot be seeked in.", nil}
	NetStreamFailed = Status{"error", "NetStream.Failed", "The operation failed.", nil}
	DataStart       = Status{"status", "NetStream.Data.Start", "", nil}
)

// With returns the status with another description, unless that is empty, and
// with further properties.
func (s Status) With(description string, extra ...amf.Property) Status {
	if description != "" {
		s.Description = description
	}
	s.Extra = append(slices.Clip(s.Extra), extra...)
	return s
}

// Object returns the status as it is encoded: level, code, description, extra.
func (s Status) Object() amf.Object {
	o := amf.Object{
		{Key: "level", Value: s.Level}, {Key: "code", Value: s.Code}, {Key: "description", Value: s.Description},
	}
	return append(o, s.Extra...)
}

// OnStatus builds the command that tells a message stream its status. The error
// is amf.Append's, about Extra.
func OnStatus(stream uint32, s Status) (chunk.Message, error) {
	c := Command{Name: "onStatus", Args: []any{nil, s.Object()}}
	return c.Message(StreamChunks, stream)
}

// ParseStatus reads the information object of an onStatus, _result, _error or
// onFCPublish: the last argument that is an object with a code. Extra is sorted by name.
func ParseStatus(c *Command) (Status, error) {
	for _, arg := range slices.Backward(c.Args) {
		info, _ := arg.(map[string]any)
		code, ok := info["code"].(string)
		if !ok {
			continue
		}
		s := Status{Code: code}
		s.Level, _ = info["level"].(string)
		s.Description, _ = info["description"].(string)
		for _, key := range slices.Sorted(maps.Keys(info)) {
			if key != "level" && key != "code" && key != "description" {
				s.Extra = append(s.Extra, amf.Property{Key: key, Value: info[key]})
			}
		}
		return s, nil
	}
	return Status{}, fmt.Errorf("rtmp: command %.40q has no information object with a code", c.Name)
}
