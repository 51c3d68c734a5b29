package realinput

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"hookproof/internal/rtmp/flv"
)

// source is the clip that publishers send: 4 s of H.264 at 25 frames a second,
// a keyframe every second, no two pictures alike, and AAC.
type source struct {
	path    string
	frames  []string    // checksums of the decoded pictures
	packets [2][]string // checksums of the packets as they are: pictures, sound
}

const fps = 25

// encoders are those of real-time encoding; clips take the same.
var encoders = []string{
	"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", fmt.Sprint(fps), "-pix_fmt", "yuv420p",
	"-c:a", "aac", "-b:a", "64k",
}

func lavfi(read ...string) []string {
	picture := fmt.Sprintf("testsrc2=size=320x180:rate=%d", fps)
	sound := "sine=frequency=440:sample_rate=44100"
	return slices.Concat(read, []string{"-f", "lavfi", "-i", picture}, read, []string{"-f", "lavfi", "-i", sound})
}

var clipDir string // set while made runs

func removeClip() {
	if clipDir != "" {
		os.RemoveAll(clipDir)
	}
}

var made = sync.OnceValues(func() (*source, error) {
	var err error
	if clipDir, err = os.MkdirTemp("", "realinput"); err != nil {
		return nil, err
	}
	s := &source{path: filepath.Join(clipDir, "clip.flv")}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args := slices.Concat([]string{"-v", "error", "-nostdin"}, lavfi(), []string{"-t", "4"}, encoders, []string{s.path})
	if out, err := exec.CommandContext(ctx, "ffmpeg", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	frames, err := checksums(s.path)
	if err != nil {
		return nil, err
	}
	packets, err := checksums(s.path, "-c", "copy")
	if err != nil {
		return nil, err
	}
	s.frames, s.packets = frames[0], packets
	if len(s.frames) != 4*fps || len(s.packets[1]) < 100 {
		return nil, fmt.Errorf("the clip has %d pictures and %d audio packets", len(s.frames), len(s.packets[1]))
	}
	return s, nil
})

// clip makes the source once for all tests.
func clip(t *testing.T) *source {
	t.Helper()
	s, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checksums decodes a file, or copies it, and returns the checksums of both tracks.
func checksums(path string, how ...string) ([2][]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args := slices.Concat([]string{"-v", "error", "-xerror", "-nostdin", "-i", path, "-map", "0:v", "-map", "0:a"}, how)
	cmd := exec.CommandContext(ctx, "ffmpeg", append(args, "-f", "framemd5", "-")...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		return [2][]string{}, fmt.Errorf("ffmpeg does not decode %s: %v: %s", path, err, complaints.String())
	}
	return tracks(out.String()), nil
}

// tracks reads ffmpeg's framemd5: the checksums of track 0 and track 1. A line
// that is not whole yet is left out.
func tracks(text string) (sums [2][]string) {
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if !strings.HasSuffix(line, "\n") || strings.HasPrefix(line, "#") || len(fields) < 6 {
			continue
		}
		track := int(fields[0][0] - '0')
		sums[track] = append(sums[track], strings.TrimSpace(fields[5]))
	}
	return sums
}

// isRun checks that got is an unbroken run of want, which is looped, and gives
// the place in want where it begins.
func isRun(t *testing.T, what string, got, want []string) int {
	t.Helper()
	if len(got) == 0 {
		t.Errorf("no %s", what)
		return -1
	}
	begin := slices.Index(want, got[0])
	if begin < 0 {
		t.Errorf("%s: the first was never published", what)
		return -1
	}
	for i, sum := range got {
		if sum != want[(begin+i)%len(want)] {
			t.Errorf("%s: number %d of %d is not what was published after its predecessor", what, i, len(got))
			return -1
		}
	}
	return begin
}

// flvTags counts the tags of an FLV file that may still be growing.
func flvTags(file string) (audio, video int) {
	r, err := flv.NewReader(strings.NewReader(file))
	if err != nil {
		return 0, 0
	}
	for {
		var tag flv.Tag
		if r.Next(&tag) != nil {
			return audio, video
		}
		switch tag.Type {
		case flv.TypeAudio:
			audio++
		case flv.TypeVideo:
			video++
		}
	}
}
