package check

import (
	"fmt"
	"strings"

	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Media lists the audio and video messages that an actor received, including
// sequence headers: of one publisher, or, with "", of any or none.
func Media(obs []reports.Observation, actor, publisher string) []*reports.Observation {
	var out []*reports.Observation
	for _, o := range timeline.Of(obs, actor, reports.KindMedia) {
		if publisher == "" || o.Details().Publisher == publisher {
			out = append(out, o)
		}
	}
	return out
}

// Frames lists the messages of Media that are not sequence headers.
func Frames(obs []reports.Observation, actor, publisher string) []*reports.Observation {
	var out []*reports.Observation
	for _, o := range Media(obs, actor, publisher) {
		if !o.Details().Header {
			out = append(out, o)
		}
	}
	return out
}

// NoMedia checks that an actor received no audio or video of one publisher, or,
// with "", none at all.
func NoMedia(obs []reports.Observation, actor, publisher string) *Finding {
	got := Media(obs, actor, publisher)
	if len(got) == 0 {
		return nil
	}
	of := ""
	if publisher != "" {
		of = " of " + publisher
	}
	return &Finding{
		Expected: fmt.Sprintf("%s to receive no media%s", actor, of),
		Seen:     fmt.Sprintf("%s at %.3f s: %s", got[0].Name, got[0].T, got[0].Text),
		Evidence: []int{got[0].N},
	}
}

// ShownNothing checks that a player was shown nothing of a publisher's stream
// (S-ANS-04, S-ANS-06): no audio, video or metadata with the publisher's mark;
// and, before anybody else published that stream, none without a mark, and no
// sign that a stream began or ended.
func ShownNothing(obs []reports.Observation, player, publisher string) *Finding {
	begins, stream := 0, "" // StreamBegin since it asked to play, and what
	for i := range obs {
		o := &obs[i]
		if o.Kind == reports.KindSent && o.Name == "publish" && o.Actor != publisher &&
			timeline.StreamSent(o) == stream {
			return marksOnly(obs[i:], player, publisher)
		}
		if o.Actor != player {
			continue
		}
		switch {
		case o.Kind == reports.KindSent && o.Name == "play":
			begins, stream = 0, timeline.StreamSent(o)
		case o.Kind == reports.KindReceived && o.Name == streamBegin:
			begins++
		}
		if shows(o) || begins > 1 {
			return shown(o, player, publisher)
		}
	}
	return nil
}

// streamBegin comes once after play, whether anybody publishes or not; a second
// one is a sign of a publisher.
const streamBegin = "StreamBegin"

// shows reports whether what a player received is a sign of a publisher.
func shows(o *reports.Observation) bool {
	switch o.Kind {
	case reports.KindMedia:
		return true
	case reports.KindReceived:
		return o.Name == "onMetaData"
	case reports.KindStatus:
		return o.Code == "NetStream.Play.PublishNotify" || o.Code == "NetStream.Play.UnpublishNotify"
	}
	return false
}

// marksOnly continues once others publish, too: unmarked media may be theirs.
func marksOnly(obs []reports.Observation, player, publisher string) *Finding {
	for i := range obs {
		if o := &obs[i]; o.Actor == player && shows(o) && o.Details().Publisher == publisher {
			return shown(o, player, publisher)
		}
	}
	return nil
}

func shown(o *reports.Observation, player, publisher string) *Finding {
	what := o.Name
	if o.Code != "" {
		what = o.Code
	}
	return &Finding{Expected: fmt.Sprintf("%s to be shown nothing of the stream of %s", player, publisher),
		Seen:     strings.TrimSuffix(fmt.Sprintf("%s at %.3f s: %s", what, o.T, redact.Clip(o.Text, 200)), ": "),
		Evidence: []int{o.N}}
}

// NoMediaOfRefused checks that no client of the scenario received a frame of a
// publisher that was refused.
func NoMediaOfRefused(obs []reports.Observation) *Finding {
	refused := map[string]int{}
	for _, h := range timeline.Hooks(obs, "") {
		if h.Answer >= 0 && !h.Accept && !h.Event.Closing() {
			refused[h.Actor] = h.Answer
		}
	}
	for i := range obs {
		o := &obs[i]
		if o.Kind != reports.KindMedia {
			continue
		}
		publisher := o.Details().Publisher
		if n, is := refused[publisher]; is {
			return &Finding{Expected: fmt.Sprintf("no frame of %s, which was refused, at any player", publisher),
				Seen: fmt.Sprintf("%s received one at %.3f s", o.Actor, o.T), Evidence: []int{n, o.N}}
		}
	}
	return nil
}
