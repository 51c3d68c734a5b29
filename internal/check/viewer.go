package check

import (
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// OverHTTP is the name of what is observed of viewers over HTTP: that they come, and what status they are told.
const OverHTTP = "HTTP"

// IsViewer reports whether an actor comes over HTTP.
func IsViewer(obs []reports.Observation, actor string) bool {
	for _, o := range timeline.Of(obs, actor, reports.KindDial) {
		if o.Name == OverHTTP {
			return true
		}
	}
	return false
}

// Watched checks that a viewer was shown its stream: frames of HTTP-FLV, or a segment of HLS.
func Watched(obs []reports.Observation, actor string) *Finding {
	for _, o := range Frames(obs, actor, "") {
		if o.Name != playlist {
			return nil
		}
	}
	f := &Finding{Expected: actor + " to be shown the stream"}
	f.Seen, f.Evidence = outcome(obs, actor)
	return f
}

// playlist is the name of media that is only a playlist.
const playlist = "playlist"

// CanBeWatched is Watched of the viewer that tries whether there is anything to be watched at all: that the server has
// it not, or not yet, decides nothing.
func CanBeWatched(obs []reports.Observation, actor string) *Finding {
	f := Watched(obs, actor)
	if f == nil {
		return nil
	}
	f.Undecided = true
	f.Detail = "Is the stream served over HTTP (http_remux and hls of its vhost), and is hls_fragment short enough?"
	return f
}
