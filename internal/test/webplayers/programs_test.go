package webplayers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/test/recorder"
)

// ffprobe finds both tracks, and ffmpeg decodes them without a complaint.
func TestFFmpeg(t *testing.T) {
	need(t, "ffmpeg", "ffprobe")
	for _, ext := range []string{".flv", ".m3u8"} {
		t.Run(ext, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			url := r.base + ext + "?token=secret"
			out, complaints, err := r.run("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height",
				"-of", "csv=p=0", url)
			if err != nil || !strings.Contains(out, "h264,320,180") || !strings.Contains(out, "aac") {
				t.Errorf("ffprobe: %v, %s\n%s", err, out, complaints)
			}
			out, complaints, err = r.run("ffmpeg", "-v", "error", "-i", url, "-t", "4", "-f", "framecrc", "-")
			if pictures := strings.Count(out, "\n0,"); err != nil || complaints != "" || pictures < 90 {
				t.Errorf("ffmpeg: %v, %d pictures in 4 s\n%s", err, pictures, complaints)
			}
			r.await(hook.OnStop, 2) // of both
		})
	}
}

// curl gets a stream that is a file, and of a refusal the status and nothing else.
func TestCurl(t *testing.T) {
	need(t, "curl")
	r := newRig(t)
	file := filepath.Join(t.TempDir(), "cam.flv")
	out, _, _ := r.run("curl", "-s", "--max-time", "2", "-w", "%{http_code} %{content_type}", "-o", file, r.base+".flv")
	raw, err := os.ReadFile(file)
	if err != nil || out != "200 video/x-flv" || len(raw) < 10_000 || string(raw[:3]) != "FLV" {
		t.Errorf("%q, %d bytes, %v", out, len(raw), err)
	}
	r.await(hook.OnStop, 1)
	r.hooks.Answer(recorder.Refusing(hook.OnPlay))
	for _, ext := range []string{".flv", ".m3u8", ".m3u8?hls_ctx=mine"} {
		out, _, err := r.run("curl", "-s", "-w", "%{http_code} %{size_download}", r.base+ext)
		if err != nil || out != "401 0" {
			t.Errorf("%s: %q, %v; want 401 and nothing", ext, out, err)
		}
	}
}
