package realinput

import (
	"os"
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
)

// Every kind of player gets a copied stream bit by bit as it was published,
// and a live encoded one without an error.
func TestPublishAndPlay(t *testing.T) {
	need(t, "ffmpeg", "ffprobe", "rtmpdump")
	publishers := []struct {
		name    string
		publish func(r *rig, who, stream string) *process
		copied  bool
	}{
		{"copied", (*rig).sends, true},
		{"encoded in real time", (*rig).encodes, false},
	}
	for _, k := range publishers {
		t.Run(k.name, func(t *testing.T) {
			inProfiles(t, func(r *rig) {
				publisher := k.publish(r, "publisher", "cam?token=secret")
				r.answered("publisher", hook.OnPublish, 1)
				decoder, copier := r.decodes("decoder", "cam", 2*fps), r.copies("copier", "cam", 2*fps)
				prober, dumper := r.probes("prober", "cam", 80), r.dumps("dumper", "cam")

				decoder.succeeds()
				copier.succeeds()
				prober.succeeds()
				dumped(dumper, 2*fps)
				publisher.silent()
				dumper.interrupt()
				publisher.interrupt()

				r.published("publisher")
				for _, who := range []string{"decoder", "copier", "prober", "dumper"} {
					r.played(who)
				}
				checkPlayed(r, k.copied, decoder, copier, dumper)
				checkProbed(r.t, prober)
			})
		})
	}
}

// checkPlayed holds what players got against what was published.
func checkPlayed(r *rig, copied bool, decoder, copier, dumper *process) {
	r.t.Helper()
	pictures, packets := tracks(decoder.out.text()), tracks(copier.out.text())
	if len(pictures[0]) != 2*fps || len(packets[0]) != 2*fps {
		r.t.Errorf("got %d pictures decoded and %d copied, want %d each", len(pictures[0]), len(packets[0]), 2*fps)
	}
	if len(pictures[1]) < fps || len(packets[1]) < fps {
		r.t.Errorf("got little sound: %d frames decoded, %d copied", len(pictures[1]), len(packets[1]))
	}
	file, err := checksums(saved(dumper, "dump.flv"), "-c", "copy")
	if err != nil {
		r.t.Error(err)
	}
	if _, err := checksums(saved(dumper, "dump.flv")); err != nil {
		r.t.Error(err)
	}
	if !copied {
		return
	}
	c := clip(r.t)
	isRun(r.t, "decoded pictures", pictures[0], c.frames)
	isRun(r.t, "copied pictures", packets[0], c.packets[0])
	isRun(r.t, "copied sound", packets[1], c.packets[1])
	isRun(r.t, "dumped pictures", file[0], c.packets[0])
	isRun(r.t, "dumped sound", file[1], c.packets[1])
}

func checkProbed(t *testing.T, prober *process) {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(prober.out.text()) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		found[key] += value + " "
	}
	for _, codec := range []string{"h264", "aac"} {
		if !strings.Contains(found["codec_name"], codec) {
			t.Errorf("ffprobe found no %s: %v", codec, found)
		}
	}
	if found["width"] != "320 " || found["height"] != "180 " || !strings.Contains(found["sample_rate"], "44100") {
		t.Errorf("ffprobe found another picture or sound: %v", found)
	}
	for _, n := range strings.Fields(found["nb_read_frames"]) {
		if len(n) < 2 {
			t.Errorf("ffprobe decoded few frames: %v", found)
		}
	}
}

// A publisher that sends a whole clip at once and goes is a publisher like any
// other, and a player that waited gets all of it.
func TestPublishFasterThanRealTime(t *testing.T) {
	need(t, "ffmpeg", "rtmpdump")
	inProfiles(t, func(r *rig) {
		dumper := r.dumps("dumper", "cam")
		r.answered("dumper", hook.OnPlay, 1)
		r.sendsOnce("publisher", "cam").succeeds()
		r.published("publisher")
		c := clip(r.t)
		dumped(dumper, len(c.frames))
		r.kicks("dumper") // no media comes any more: see interrupt
		dumper.code()
		r.played("dumper")
		file, err := checksums(saved(dumper, "dump.flv"), "-c", "copy")
		if err != nil {
			r.t.Fatal(err)
		}
		if begin := isRun(r.t, "pictures", file[0], c.packets[0]); begin != 0 || len(file[0]) != len(c.frames) {
			r.t.Errorf("got %d pictures from number %d on, want all %d", len(file[0]), begin, len(c.frames))
		}
	})
}

// Codecs beyond H.264 and AAC travel as Enhanced RTMP, which an ffmpeg must be
// new enough to write.
func TestEnhancedCodecs(t *testing.T) {
	need(t, "ffmpeg")
	codecs := []struct{ name, media, encoder string }{
		{"hevc", "video", "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=25"},
		{"av1", "video", "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 25"},
		{"vp9", "video", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25"},
		{"opus", "audio", "-c:a libopus -ar 48000"},
	}
	for _, c := range codecs {
		t.Run(c.name, func(t *testing.T) {
			source := []string{"-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25"}
			if c.media == "audio" {
				source = []string{"-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "sine"}
			}
			source = append(source, strings.Fields(c.encoder)...)
			probe := start(t, "ffmpeg", slices.Concat(source, []string{"-t", "0.2", "-f", "flv", "-y", os.DevNull})...)
			if probe.code() != 0 {
				t.Skipf("this ffmpeg does not write %s to FLV: %s", c.name, reason(probe.complaints.text()))
			}
			inProfiles(t, func(r *rig) {
				publisher := start(r.t, "ffmpeg", append(source, "-f", "flv", r.url("publisher", "cam"))...)
				r.answered("publisher", hook.OnPublish, 1)
				player := start(r.t, "ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", r.url("player", "cam"),
					"-t", "2", "-f", "framemd5", "-")
				player.succeeds()
				publisher.interrupt()
				if n := len(tracks(player.out.text())[0]); n < fps {
					r.t.Errorf("got %d frames", n)
				}
				r.published("publisher")
				r.played("player")
			})
		})
	}
}

// reason returns the line of a complaint that tells why a codec cannot be written.
func reason(complaints string) string {
	for line := range strings.Lines(complaints) {
		if strings.Contains(line, "not compatible") || strings.Contains(line, "Unknown encoder") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(complaints)
}
