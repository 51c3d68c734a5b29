package client

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/flv"
)

// relay is a server of one publisher and one player: it hands on what the
// first one sends, metadata as players get it.
func relay(t *testing.T) (url string) {
	frames := make(chan chunk.Message, 1000)
	return serve(t, func(p *peer) {
		if !p.accept() || !p.create(1) {
			return
		}
		for {
			m, ok := p.next()
			if !ok {
				return
			}
			cmd, err := command.Parse(&m)
			switch {
			case err == nil && cmd.Name == "publish":
				p.status(1, command.PublishStart)
				for ; ok; m, ok = p.next() {
					if m.Type == message.TypeIDDataMessageAMF0 {
						m.Payload = command.DataBody(&m)
					}
					switch m.Type {
					case message.TypeIDAudioMessage, message.TypeIDVideoMessage, message.TypeIDDataMessageAMF0:
						frames <- m
					}
				}
				close(frames)
				return
			case err == nil && cmd.Name == "play":
				p.status(1, command.PlayStart)
				for m := range frames {
					p.send(m)
				}
				p.drain()
				return
			}
		}
	})
}

// TestMarkedMediaReachesThePlayer is both whole runs, end to end.
func TestMarkedMediaReachesThePlayer(t *testing.T) {
	url := relay(t)
	ctx := patient(t)
	const frames = 75 + 130 // of the clip: at least
	published := make(chan error, 1)
	var pub *Client
	go func() {
		var err error
		pub, err = RunPublisher(ctx, PublishRun{Options: Options{URL: url, Publisher: 42}, Name: "s"})
		published <- err
	}()
	var late time.Duration
	sent := uint64(0)
	for i := range Clip() {
		if isFrame(&Clip()[i]) {
			sent++
		}
	}
	var bad []Event
	sub, err := RunPlayer(ctx, PlayRun{
		Options: Options{URL: url, Observe: func(ev Event) {
			if !ev.Frame {
				return
			}
			if ev.Marker.Publisher != 42 {
				bad = append(bad, ev)
			}
			late = max(late, ev.At.Sub(ev.Marker.SentAt))
		}},
		Name:  "s",
		Until: func(k Counters) bool { return k.AudioFrames+k.VideoFrames == sent },
	})
	must(t, err)
	must(t, <-published)
	k := sub.Counters()
	if sent < frames || k.VideoFrames != 75 || k.Keyframes != 3 || k.SequenceHeaders != 2 || k.DataMessages != 1 ||
		k.Marked != sent || k.Unmarked != 0 {
		t.Errorf("of %d frames the player counted %+v", sent, k)
	}
	seen := sub.Publishers()
	if len(seen) != 1 || seen[0].Publisher != 42 || seen[0].Frames != sent || seen[0].First.Seq != 0 ||
		seen[0].Last.Seq != sent-1 {
		t.Errorf("seen: %+v, want %d frames of publisher 42", seen, sent)
	}
	if len(bad) > 0 || late < 0 || late > patience {
		t.Errorf("%d frames with a wrong marker; the latest after %v", len(bad), late)
	}
	if k.FirstFrame.IsZero() || k.LastFrame.Before(k.FirstFrame) {
		t.Errorf("first frame %v, last frame %v", k.FirstFrame, k.LastFrame)
	}
	if k := pub.Counters(); k.SentFrames != sent {
		t.Errorf("the publisher counted %d sent", k.SentFrames)
	}
	media := 0
	for _, ev := range sub.Events() {
		if ev.Kind == Media {
			media++
			if ev.SequenceHeader != (ev.Payload != nil) {
				t.Errorf("%s event keeps a payload of %d bytes", ev.Name, len(ev.Payload))
			}
		}
	}
	if media != 4 { // two sequence headers, first audio, first video which is the first keyframe
		t.Errorf("%d media events are kept, want 4", media)
	}
}

func TestPace(t *testing.T) {
	got := make(chan []chunk.Message, 1)
	url := serve(t, func(p *peer) {
		p.publish()
		var ms []chunk.Message
		for {
			m, ok := p.next()
			if !ok {
				break
			}
			if m.Type == message.TypeIDVideoMessage {
				ms = append(ms, m)
			}
		}
		got <- ms
	})
	c := dialTest(t, Options{URL: url})
	must(t, c.Connect(patient(t)))
	if err := c.WriteMedia(Clip()[0]); !errors.Is(err, ErrStream) {
		t.Errorf("media without a stream: %v", err)
	}
	must(t, c.Publish(patient(t), "s", ""))
	start := time.Now()
	const speed = 10
	must(t, c.Pace(patient(t), Clip(), speed))
	if took, least := time.Since(start), 2900*time.Millisecond/speed; took < least {
		t.Errorf("3 s at %d times the speed took %v, want at least %v", speed, took, least)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Pace(ctx, []flv.Tag{Clip()[3], {Type: 9, Timestamp: 1 << 20}}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	must(t, c.Leave())
	ms := <-got
	want := bytes.Buffer{}
	have := bytes.Buffer{}
	for _, tag := range Clip() {
		if tag.Type == message.TypeIDVideoMessage {
			want.Write(tag.Data)
		}
	}
	for _, m := range ms {
		have.Write(m.Payload)
	}
	if !bytes.Equal(want.Bytes(), have.Bytes()) {
		t.Error("the pictures did not arrive as they are")
	}
}

func TestLoop(t *testing.T) {
	l, err := NewLoop(Clip())
	must(t, err)
	first := len(Clip()) - 1 // without the end of sequence
	var last uint32
	headers := 0
	for i := range 5 * first {
		tag := l.Next()
		if tag.Timestamp < last && last-tag.Timestamp > 200 { // audio and video interleave
			t.Fatalf("tag %d: time goes back from %d to %d ms", i, last, tag.Timestamp)
		}
		last = max(last, tag.Timestamp)
		if !isFrame(&tag) {
			headers++
		}
	}
	if headers != 3 {
		t.Errorf("%d headers, want those of the first round, 3", headers)
	}
	if last < 14000 || last > 16500 {
		t.Errorf("five rounds of 3 s end at %d ms", last)
	}
	l, err = NewLoop(Clip())
	must(t, err)
	if n, m := len(l.Round()), len(l.Round()); n != first || m != first-3 {
		t.Errorf("rounds of %d and %d tags, want %d and %d", n, m, first, first-3)
	}
	if _, err := NewLoop(Clip()[:3]); err == nil {
		t.Error("a loop of headers was accepted")
	}
}

func TestPublishersAreBounded(t *testing.T) {
	var p publishers
	for i := range uint64(3 * maxPublishers) {
		p.add(Marker{Publisher: i + 1})
		p.add(Marker{Publisher: 1})
	}
	if n := len(p.list); n != maxPublishers+1 {
		t.Errorf("%d publishers are told apart, want %d", n, maxPublishers+1)
	}
	var sum uint64
	for _, s := range p.list {
		sum += s.Frames
	}
	if sum != 6*maxPublishers {
		t.Errorf("%d frames are counted, want %d", sum, 6*maxPublishers)
	}
}

// TestRunsEnd has the ends of whole runs other than the usual one.
func TestRunsEnd(t *testing.T) {
	publishing := func(ctx context.Context, url string) error {
		_, err := RunPublisher(ctx, PublishRun{Options: Options{URL: url}, Name: "s", Hold: make(chan struct{})})
		return err
	}
	playing := func(ctx context.Context, url string) error {
		_, err := RunPlayer(ctx, PlayRun{Options: Options{URL: url}, Name: "s"})
		return err
	}
	counting := func(ctx context.Context, url string) error {
		_, err := RunPlayer(ctx, PlayRun{Options: Options{URL: url}, Name: "s",
			Until: func(Counters) bool { return false }})
		return err
	}
	cases := []struct {
		name  string
		run   func(context.Context, string) error
		begin func(*peer) bool
		drops bool // the server ends it; otherwise the context does
	}{
		{"publisher's time is up", publishing, (*peer).publish, false},
		{"publisher is dropped", publishing, (*peer).publish, true},
		{"player's time is up", playing, (*peer).play, false},
		{"player is dropped", playing, (*peer).play, true},
		{"player gets too little", counting, (*peer).play, false},
		{"player is dropped before it has enough", counting, (*peer).play, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(patient(t))
			defer cancel()
			url := serve(t, func(p *peer) {
				switch {
				case !tc.begin(p):
				case tc.drops:
					p.conn.Close()
				default:
					p.send(command.UserControl{Event: command.StreamBegin, Value: 1}.Message())
					cancel()
					p.drain()
				}
			})
			err := tc.run(ctx, url)
			var gone *DisconnectError
			if tc.drops != errors.As(err, &gone) {
				t.Errorf("dropped: %v, but the run ended with %v", tc.drops, err)
			}
			// The end of a stay is none of the context's; of a step it is.
			if !tc.drops && err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("the run ended with %v", err)
			}
		})
	}
	if _, err := RunPublisher(t.Context(), PublishRun{}); err == nil {
		t.Error("a run to nowhere succeeded")
	}
	if _, err := RunPlayer(t.Context(), PlayRun{}); err == nil {
		t.Error("a run to nowhere succeeded")
	}
}
