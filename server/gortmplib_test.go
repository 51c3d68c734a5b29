package server

import (
	"bytes"
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"hookproof/hook"
)

// A keyframe of H.264 and its parameter sets, and a packet of Opus.
var (
	h264SPS = []byte{0x67, 0x64, 0x00, 0x0c, 0xac, 0x3b, 0x50, 0xb0, 0x4b, 0x42, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00,
		0x00,
		0x03, 0x00, 0x3d, 0x08}
	h264PPS  = []byte{0x68, 0xee, 0x3c, 0x80}
	h264IDR  = []byte{0x65, 0x88, 0x84, 0x00, 0x10}
	opusData = []byte{0x78, 0x01, 0x02, 0x03}
)

// gortmplibPeer connects gortmplib's own client: an RTMP peer that shares no
// code with ours or with go-rtmp.
func (f *fixture) gortmplibPeer(ctx context.Context, stream string, publish bool) *gortmplib.Client {
	f.t.Helper()
	u, err := url.Parse(f.url("live") + "#" + stream)
	f.must(err)
	c := &gortmplib.Client{URL: u, Publish: publish}
	f.must(c.Initialize(ctx))
	f.must(c.NetConn().SetDeadline(time.Now().Add(patienceOfTests)))
	return c
}

// gortmplib publishes H.264 and, as Enhanced RTMP, Opus; gortmplib plays it,
// joining late: both tracks are announced to it, and their media arrives whole.
func TestGortmplib(t *testing.T) {
	bothProfiles(t, func(t *testing.T, p *hook.Profile) {
		f := start(t, p)
		publisher := f.gortmplibPeer(f.ctx, "cam", true)
		defer publisher.Close()
		video := &gortmplib.Track{Codec: &codecs.H264{SPS: h264SPS, PPS: h264PPS}}
		audio := &gortmplib.Track{Codec: &codecs.Opus{IDHeader: &opus.IDHeader{Version: 1, ChannelCount: 2,
			InputSampleRate: 48000}}}
		w := &gortmplib.Writer{Conn: publisher, Tracks: []*gortmplib.Track{video, audio}}
		f.must(w.Initialize())
		f.must(w.WriteH264(video, 0, 0, [][]byte{h264IDR}))
		f.must(w.WriteOpus(audio, 0, opusData))

		// It goes on until the player has seen both tracks.
		stop, stopped := make(chan struct{}), make(chan error, 1)
		go func() { stopped <- writeUntil(stop, w, video, audio) }()
		player := f.gortmplibPeer(f.ctx, "cam", false)
		defer player.Close()
		r := &gortmplib.Reader{Conn: player}
		f.must(r.Initialize())
		frames := map[string]int{}
		for _, track := range r.Tracks() {
			switch track.Codec.(type) {
			case *codecs.H264:
				r.OnDataH264(track, func(_, _ time.Duration, au [][]byte) {
					if bytes.Equal(au[len(au)-1], h264IDR) {
						frames["H.264"]++
					}
				})
			case *codecs.Opus:
				r.OnDataOpus(track, func(_ time.Duration, packet []byte) {
					if bytes.Equal(packet, opusData) {
						frames["Opus"]++
					}
				})
			}
		}
		if len(r.Tracks()) != 2 {
			t.Errorf("the late player was told of %d tracks, want 2", len(r.Tracks()))
		}
		for frames["H.264"] < 3 || frames["Opus"] < 3 {
			f.must(r.Read())
		}
		player.Close()
		close(stop)
		f.must(<-stopped)
		publisher.Close()
		all := f.hooks.await("both clients' on_close", func(all []seen) bool { return count(all, onClose) == 2 })
		if count(all, onPublish) != 1 || count(all, onUnpublish) != 1 {
			t.Errorf("%s", names(all))
		}
	})
}

// writeUntil writes a frame of each track every 20 ms.
func writeUntil(stop <-chan struct{}, w *gortmplib.Writer, video, audio *gortmplib.Track) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for at := 20 * time.Millisecond; ; at += 20 * time.Millisecond {
		if err := w.WriteH264(video, at, at, [][]byte{h264IDR}); err != nil {
			return err
		}
		if err := w.WriteOpus(audio, at, opusData); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-stop:
			return nil
		}
	}
}
