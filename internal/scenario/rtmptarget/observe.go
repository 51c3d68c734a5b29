package rtmptarget

import (
	"fmt"
	"strings"
	"time"

	"hookproof/internal/client"
	"hookproof/internal/redact"
	"hookproof/reports"
)

// mediaSeen is what an actor has received, by publisher. Only the client's
// reading goroutine uses it.
type mediaSeen map[string]*mediaCount

type mediaCount struct {
	frames  int64
	noted   time.Time
	headers time.Time // when one was noted
}

// mediaEvery is how often media that goes on is noted: every first frame of a
// publisher is, and every first header, then one in this time.
const mediaEvery = 100 * time.Millisecond

// observe writes what happens to the actor into the log.
func (a *Actor) observe(ev client.Event) {
	o := reports.Observation{T: a.scene.Log.At(ev.At), Actor: a.Name, Name: ev.Name, Code: ev.Code}
	switch ev.Kind {
	case client.Dialed:
		a.scene.mu.Lock()
		a.dialed = true
		a.scene.mu.Unlock()
		o.Kind, o.Text = reports.KindDial, a.scene.Target.Addr
	case client.HandshakeDone:
		o.Kind = reports.KindHandshake
	case client.Sent:
		o.Kind, o.Text = reports.KindSent, words(ev.Args)
	case client.Status:
		o.Kind, o.Text = reports.KindStatus, ev.Description
	case client.Received:
		o.Kind, o.Text = reports.KindReceived, words(ev.Args)
		if id := toldID(ev.Args); id != "" {
			a.isCalled(id)
		}
		if ev.Code != "" {
			o.Kind, o.Text = reports.KindStatus, ev.Description
		}
	case client.UserControl:
		o.Kind, o.Text = reports.KindReceived, words(ev.Args)
	case client.Data:
		o.Kind, o.Text = reports.KindReceived, words(ev.Args)
		o.Data = &reports.Details{Media: reports.Media{Publisher: a.publisher(publisherIn(ev.Payload))}}
	case client.Media:
		if !a.media(&ev, &o) {
			return
		}
	case client.Invalid:
		o.Kind, o.Text = reports.KindNote, fmt.Sprintf("could not be parsed: %v", ev.Err)
	case client.Note:
		o.Kind = reports.KindNote
	case client.Disconnected:
		o.Kind, o.Name = reports.KindDisconnect, string(ev.How)
		if ev.Err != nil {
			o.Text = ev.Err.Error()
		}
	default:
		return
	}
	a.scene.Log.Add(o)
}

// media describes a frame; false when it need not be noted.
func (a *Actor) media(ev *client.Event, o *reports.Observation) bool {
	number := ev.Marker.Publisher
	if !ev.Frame {
		number = publisherIn(ev.Payload)
	}
	publisher := a.publisher(number)
	if a.seen == nil {
		a.seen = mediaSeen{}
	}
	count := a.seen[publisher]
	if count == nil {
		count = &mediaCount{}
		a.seen[publisher] = count
	}
	noted := &count.headers
	if ev.Frame {
		count.frames++
		noted = &count.noted
	}
	if ev.At.Sub(*noted) < mediaEvery {
		return false
	}
	*noted = ev.At
	what := "a frame"
	switch {
	case ev.Keyframe:
		what = "a keyframe"
	case ev.SequenceHeader:
		what = "a sequence header"
	case !ev.Frame:
		what = "a message without a frame"
	}
	o.Kind, o.Text = reports.KindMedia, fmt.Sprintf("%s, %d bytes, timestamp %d ms", what, ev.Size, ev.Timestamp)
	if publisher != "" {
		o.Text += ", published by " + publisher
	}
	o.Data = &reports.Details{Media: reports.Media{Publisher: publisher, Frames: count.frames, Header: !ev.Frame}}
	return true
}

// publisher names who has a number, as its stamps say it; "" for 0.
func (a *Actor) publisher(number uint64) string {
	if number == 0 {
		return ""
	}
	if name, ok := a.scene.Target.names.Load(number); ok && a.scene.has(name.(string), number) {
		return name.(string)
	}
	return fmt.Sprintf("a client of another scenario (#%d)", number)
}

// has reports whether the actor of that name has that number: it is this
// scene's.
func (s *Scene) has(name string, number uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.actors[name]
	return a != nil && a.Number == number
}

// words writes a command's arguments.
func words(args []any) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = fmt.Sprintf("%.300v", a)
		if s, ok := a.(string); ok {
			parts[i] = fmt.Sprintf("%.300q", s)
		}
	}
	return strings.ToValidUTF8(redact.Clip(strings.Join(parts, ", "), 1000), "\ufffd")
}
