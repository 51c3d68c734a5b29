package check

import (
	"testing"

	"hookproof/internal/timeline"
	"hookproof/reports"
)

// of is something that Bob received, of a publisher.
func of(kind reports.Kind, name, publisher string) reports.Observation {
	o := reports.Observation{Kind: kind, Actor: "Bob", Name: name,
		Data: &reports.Details{Media: reports.Media{Publisher: publisher}}}
	if kind == reports.KindStatus {
		o.Name, o.Code = "onStatus", name
	}
	return o
}

// asks is a client's publish or play.
func asks(actor, command, stream string) reports.Observation {
	return reports.Observation{Kind: reports.KindSent, Actor: actor, Name: command,
		Text: `<nil>, "` + stream + `", "live"`}
}

func TestShownNothing(t *testing.T) {
	const media, received, status = reports.KindMedia, reports.KindReceived, reports.KindStatus
	play, alice, carol := asks("Bob", "play", "cam"), asks("Alice", "publish", "cam"), asks("Carol", "publish",
		"cam?k=1")
	begin := of(received, "StreamBegin", "")
	for _, c := range []struct {
		name  string
		obs   []reports.Observation
		shown bool
	}{
		{"nothing", []reports.Observation{play, begin, alice}, false},
		{"what every player is told", []reports.Observation{play, begin, of(status, "NetStream.Play.Start", ""),
			of(received, "|RtmpSampleAccess", ""), alice}, false},
		{"a frame", []reports.Observation{play, begin, alice, of(media, "video", "Alice")}, true},
		{"a frame without a mark", []reports.Observation{play, begin, alice, of(media, "video", "")}, true},
		{"metadata", []reports.Observation{play, begin, alice, of(received, "onMetaData", "Alice")}, true},
		{"metadata without a mark", []reports.Observation{play, begin, alice, of(received, "onMetaData", "")}, true},
		{"a second StreamBegin", []reports.Observation{play, begin, alice, begin}, true},
		{"StreamBegin of a second play", []reports.Observation{play, begin, play, begin, alice}, false},
		{"a notice", []reports.Observation{play, begin, alice, of(status, "NetStream.Play.PublishNotify", "")}, true},
		{"a notice of its end", []reports.Observation{play, begin, alice, of(status, "NetStream.Play.UnpublishNotify",
			"")}, true},
		{"the next publisher's", []reports.Observation{play, begin, alice, carol, begin, of(media, "video", ""),
			of(media, "video", "Carol"), of(received, "onMetaData", "Carol")}, false},
		{"with the next publisher", []reports.Observation{play, begin, alice, carol, of(media, "video", "Carol"),
			of(media, "video", "Alice")}, true},
		{"while another stream is published", []reports.Observation{play, begin, alice,
			asks("Carol", "publish", "door"), of(media, "video", "")}, true},
		{"while a marker publishes", []reports.Observation{play, begin, alice, asks(timeline.MarkerName(1), "publish",
			timeline.MarkerName(1)), of(media, "video", "")}, true},
	} {
		for i := range c.obs {
			c.obs[i].N = i
		}
		f := ShownNothing(c.obs, "Bob", "Alice")
		if (f != nil) != c.shown {
			t.Errorf("%s: %+v", c.name, f)
		}
		if last := len(c.obs) - 1; f != nil && (len(f.Evidence) != 1 || f.Evidence[0] != last) {
			t.Errorf("%s: evidence %v, want %d", c.name, f.Evidence, last)
		}
	}
}

// Sequence headers are media, but no frames.
func TestFrames(t *testing.T) {
	header := of(reports.KindMedia, "video", "Alice")
	header.Data.Header = true
	obs := []reports.Observation{header, of(reports.KindMedia, "audio", "Alice"), of(reports.KindMedia, "video",
		"Carol")}
	if m, f := len(Media(obs, "Bob", "Alice")), len(Frames(obs, "Bob", "Alice")); m != 2 || f != 1 {
		t.Errorf("%d media, %d frames", m, f)
	}
	if f := NoMedia(obs[:1], "Bob", ""); f == nil {
		t.Error("a sequence header is no media")
	}
}
