package realinput

import (
	"testing"

	"hookproof/hook"
)

// A refused publisher ends with an error, whichever event refused it, and its
// stream name is free at once.
func TestRefusedPublisher(t *testing.T) {
	need(t, "ffmpeg")
	for _, at := range []hook.Event{hook.OnConnect, hook.OnPublish} {
		t.Run(at.String(), func(t *testing.T) {
			inProfiles(t, func(r *rig) {
				accept := r.refuse(at)
				if p := r.sends("refused", "cam?token=bad"); p.code() == 0 {
					r.t.Error("ffmpeg takes the refusal for success")
				}
				r.refused("refused", at)
				accept()
				r.sendsOnce("accepted", "cam?token=good").succeeds()
				r.published("accepted")
			})
		})
	}
}

// A refused player ends with an error and has not got a byte of the stream that
// is live.
func TestRefusedPlayer(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	for _, at := range []hook.Event{hook.OnConnect, hook.OnPlay} {
		t.Run(at.String(), func(t *testing.T) {
			inProfiles(t, func(r *rig) {
				publisher := r.sends("publisher", "cam")
				r.answered("publisher", hook.OnPublish, 1)
				r.decodes("first", "cam", 1).succeeds() // it is live

				accept := r.refuse(at)
				decoder := r.decodes("decoder", "cam", 1)
				dumper := r.dumps("dumper", "cam")
				if decoder.code() == 0 {
					r.t.Error("ffmpeg takes the refusal for success")
				}
				dumper.code() // rtmpdump 2.4 ends with 0 or 1 here, by how far it got
				for _, p := range []*process{decoder, dumper} {
					if audio, video := flvTags(p.out.text()); audio+video > 0 || len(tracks(p.out.text())[0]) > 0 {
						r.t.Errorf("%s got media: %d bytes", p.name, len(p.out.text()))
					}
				}
				r.refused("decoder", at)
				r.refused("dumper", at)

				accept()
				r.decodes("accepted", "cam", fps).succeeds()
				publisher.interrupt()
				r.played("first")
				r.played("accepted")
				r.published("publisher")
			})
		})
	}
}

// A second publisher of a live stream ends with an error; the first goes on.
func TestSecondPublisher(t *testing.T) {
	need(t, "ffmpeg")
	inProfiles(t, func(r *rig) {
		first := r.sends("first", "cam")
		r.answered("first", hook.OnPublish, 1)
		r.decodes("before", "cam", 1).succeeds()
		if p := r.sends("second", "cam"); p.code() == 0 {
			r.t.Error("the second publisher was let on")
		}
		r.answered("second", hook.OnClose, 1)
		r.order.Lost(r.client("second"))
		r.decodes("after", "cam", fps).succeeds()
		first.interrupt()
		r.published("first")
		r.played("before")
		r.played("after")
	})
}
