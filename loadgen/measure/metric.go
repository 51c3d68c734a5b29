package measure

import (
	"fmt"

	"hookproof/hook"
)

// Metric names something that is measured as a time.
type Metric uint8

// The metrics. The phases of a client count from when it was due, so that
// neither a late start nor a slow step before is left out.
const (
	TCP             Metric = iota // due → TCP connection made
	Handshake                     // due → RTMP handshake done
	Connect                       // due → connect accepted
	Publish                       // due → NetStream.Publish.Start
	Play                          // due → NetStream.Play.Start
	FirstFrame                    // due → first frame of a player
	FirstKeyframe                 // due → first keyframe of a player
	Disconnect                    // answer that refuses → connection over, as the client saw it
	E2E                           // frame sent → frame received
	Jitter                        // change of E2E from one frame to the next of a player
	FLVFirstFrame                 // due → first frame of a player over HTTP-FLV
	FLVE2E                        // frame sent → frame received over HTTP-FLV
	HLSFirstSegment               // due → first segment of a player by HLS
	HLSPlaylist                   // request of a playlist → answered
	HLSSegment                    // request of a segment → answered
	Lateness                      // due → the generator began with the client
	Pacing                        // frame due → the generator sent it
	Hook                          // request arrived → answer sent, all events
	hookEvents                    // the same by event, six metrics

	Count = hookEvents + Metric(len(hook.Events))
)

var names = [...]string{
	TCP: "tcp", Handshake: "handshake", Connect: "connect", Publish: "publish", Play: "play",
	FirstFrame: "first_frame", FirstKeyframe: "first_keyframe", Disconnect: "disconnect",
	E2E: "e2e", Jitter: "jitter", FLVFirstFrame: "flv_first_frame", FLVE2E: "flv_e2e",
	HLSFirstSegment: "hls_first_segment", HLSPlaylist: "hls_playlist", HLSSegment: "hls_segment",
	Lateness: "lateness", Pacing: "pacing", Hook: "hook",
}

var titles = [...]string{
	TCP: "TCP connected", Handshake: "handshake done", Connect: "connect accepted",
	Publish: "publish accepted", Play: "play accepted", FirstFrame: "first frame",
	FirstKeyframe: "first keyframe", Disconnect: "refused → disconnected", E2E: "end to end",
	Jitter: "jitter of it", FLVFirstFrame: "first frame, HTTP-FLV", FLVE2E: "end to end, HTTP-FLV",
	HLSFirstSegment: "first segment, HLS", HLSPlaylist: "playlist, HLS", HLSSegment: "segment, HLS",
	Lateness: "own start lateness", Pacing: "own media lateness", Hook: "hooks, all",
}

// HookOf returns the metric of one event's hook.
func HookOf(e hook.Event) Metric { return hookEvents + Metric(e) }

// event returns the event of a hook metric.
func (m Metric) event() (hook.Event, bool) {
	return hook.Event(m - hookEvents), m >= hookEvents && m < Count
}

// String returns the name that thresholds and files use: "first_frame",
// "hook.on_publish".
func (m Metric) String() string {
	if e, ok := m.event(); ok {
		return "hook." + e.String()
	}
	if int(m) < len(names) {
		return names[m]
	}
	return fmt.Sprintf("metric(%d)", uint8(m))
}

// Title returns the name for people.
func (m Metric) Title() string {
	if e, ok := m.event(); ok {
		return "hook " + e.String()
	}
	if int(m) < len(titles) {
		return titles[m]
	}
	return m.String()
}

// perFrame reports whether the metric is recorded with every frame.
func (m Metric) perFrame() bool { return m == E2E || m == FLVE2E || m == Jitter || m == Pacing }

// ByName returns the metric of that name.
func ByName(name string) (Metric, bool) {
	for m := range Count {
		if m.String() == name {
			return m, true
		}
	}
	return 0, false
}
