package server

import (
	"slices"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/codec"
	"hookproof/internal/rtmp/flv"
)

// frames counts the audio and video frames of tags; sequence headers are none.
func framesOf(tags []flv.Tag) (n uint64) {
	for _, tag := range tags {
		switch tag.Type {
		case message.TypeIDVideoMessage:
			if h, err := codec.ParseVideo(tag.Data); err == nil && !h.SequenceHeader && !h.SequenceEnd {
				n++
			}
		case message.TypeIDAudioMessage:
			if h, err := codec.ParseAudio(tag.Data); err == nil && !h.SequenceHeader {
				n++
			}
		}
	}
	return n
}

func TestMediaReachesPlayers(t *testing.T) {
	f := start(t, hook.SRS6)
	all := framesOf(client.Clip())
	early := f.player("cam")
	p := f.publisher("cam", publisherNo(7))
	f.must(p.WriteMedia(client.Clip()...))
	f.frames(early, all)
	if k := early.Counters(); k.SequenceHeaders != 2 || k.DataMessages == 0 {
		t.Errorf("%+v", k)
	}
	late := f.player("cam") // gets the headers and what came since the last keyframe
	f.frames(late, 1)
	k := late.Counters()
	if k.SequenceHeaders != 2 || k.Keyframes != 1 || k.VideoFrames >= early.Counters().VideoFrames {
		t.Errorf("GOP cache: %+v", k)
	}
	if seen := early.Publishers(); len(seen) != 1 || seen[0].Publisher != 7 || seen[0].First.Seq != 0 {
		t.Errorf("%+v", seen)
	}
	in := f.Streams()
	if len(in) != 1 || in[0].Players != 2 || in[0].Clients != 3 || in[0].Width == 0 || in[0].Video == "" ||
		in[0].Audio == "" {
		t.Errorf("%+v", in)
	}
}

// Players stay when the publisher leaves, without an event, and go on with the next (S-ORD-08).
func TestPlayersOutliveThePublisher(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		all := framesOf(client.Clip())
		player := f.player("cam")
		for round := range uint64(3) {
			c := f.publisher("cam", publisherNo(round+1))
			f.must(c.WriteMedia(client.Clip()...))
			f.frames(player, (round+1)*all)
			f.must(c.Leave())
		}
		if n := len(player.Publishers()); n != 3 {
			t.Errorf("frames of %d publishers", n)
		}
		f.must(player.Close())
		f.hooks.await("the player's on_close", func(all []seen) bool {
			return count(all, onClose) == 4 &&
				count(all, onStop) == 1
		})
	})
}

func TestWithoutGOPCache(t *testing.T) {
	f := start(t, hook.SRS1, func(c *Config) { c.VHosts[0].GOPCache = false })
	p := f.publisher("cam")
	clip := client.Clip()
	early := f.player("cam")
	f.must(p.WriteMedia(clip...))
	f.frames(early, framesOf(clip))
	late := f.player("cam")
	cut := slices.IndexFunc(clip, func(tag flv.Tag) bool {
		h, err := codec.ParseVideo(tag.Data)
		return tag.Type == message.TypeIDVideoMessage && err == nil && h.Keyframe
	})
	f.must(p.WriteMedia(clip[cut+1 : cut+4]...)) // inter frames and audio: no picture for the late one
	f.must(p.WriteMedia(clip[cut:]...))
	_, err := late.Await(f.ctx, func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Name == "video" &&
			!ev.SequenceHeader
	})
	f.must(err)
	first := slices.IndexFunc(late.Events(), func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Name == "video" && !ev.SequenceHeader
	})
	if !late.Events()[first].Keyframe {
		t.Error("the first picture is not a keyframe")
	}
}

// A connection may have several message streams: here two publications and a play.
func TestSeveralMessageStreams(t *testing.T) {
	f := start(t, hook.SRS6)
	c := f.connect(flash)
	for _, name := range []string{"a", "b"} {
		_, err := c.CreateStream(f.ctx)
		f.must(err)
		f.must(c.SendPublish(name, "live"))
		f.must(c.AwaitPublish(f.ctx))
		f.must(c.WriteMedia(client.Clip()...))
	}
	id, err := c.CreateStream(f.ctx)
	f.must(err)
	if id != 3 {
		t.Errorf("the third message stream is %d", id)
	}
	f.must(c.SendPlay("a"))
	f.must(c.AwaitPlay(f.ctx))
	f.frames(c, 1)
	if _, err := c.Await(f.ctx, func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Stream == 3
	}); err != nil {
		t.Error("no media on message stream 3")
	}
	f.must(c.Close())
	f.hooks.answered(onConnect, onPublish, onPublish, onPlay, onUnpublish, onUnpublish, onStop, onClose)
}
