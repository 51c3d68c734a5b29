package stream

import "time"

// gop is the group of pictures that came last.
type gop struct {
	began  time.Duration // when its keyframe came, since the registry began
	frames int           // audio and video messages since then
	audio  int           // audio messages since the last video
}

// audioAlone is how many audio messages without video between them say that there is no video any more, as in SRS
// (SRS_PURE_AUDIO_GUESS_COUNT).
const audioAlone = 115

// ends counts a packet, and reports whether the group has become one that new players do not begin with: it has too
// many messages, is too old, or its video has stopped.
func (g *gop) ends(p *packet, d *Delivery) bool {
	switch p.kind {
	case kindKeyframe:
		*g = gop{began: p.at}
	case kindVideo:
		g.audio = 0
	case kindAudio:
		g.audio++
	}
	if p.kind.frame() {
		g.frames++
	}
	return d.GOPFrames > 0 && g.frames > d.GOPFrames || d.GOPTime > 0 && p.at-g.began > d.GOPTime ||
		g.audio >= audioAlone
}

// baseTrack is the lowest track of a publication that was seen so far: its keyframes open groups of pictures, and its
// codec is told of the stream.
type baseTrack struct {
	track uint8
	seen  bool
}

func (b *baseTrack) is(track uint8) bool {
	if !b.seen || track < b.track {
		b.track, b.seen = track, true
	}
	return track == b.track
}
