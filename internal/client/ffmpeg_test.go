package client

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hookproof/internal/rtmp/flv"
)

// TestStampedClipDecodes: markers change no picture and no sample, by the
// checksums of what ffmpeg decodes.
func TestStampedClipDecodes(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("ffmpeg is not installed")
	}
	var plain, stamped bytes.Buffer
	pw, err := flv.NewWriter(&plain, true, true)
	must(t, err)
	sw, err := flv.NewWriter(&stamped, true, true)
	must(t, err)
	var s stamper
	marked := 0
	for _, tag := range Clip() {
		must(t, pw.Write(&tag))
		tag.Data = s.stamp(&tag, tag.Data, 1<<64-1)
		if _, ok := ParseMarker(tag.Data); ok {
			marked++
		}
		must(t, sw.Write(&tag))
	}
	if marked < 200 {
		t.Fatalf("only %d frames were marked", marked)
	}
	sums := func(file []byte) string {
		cmd := exec.CommandContext(patient(t), ffmpeg, "-v", "error", "-xerror", "-i", "pipe:0", "-f", "framemd5",
			"pipe:1")
		cmd.Stdin = bytes.NewReader(file)
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		if err != nil || complaints.Len() > 0 {
			t.Fatalf("ffmpeg: %v: %s", err, complaints.String())
		}
		return string(out)
	}
	want, got := sums(plain.Bytes()), sums(stamped.Bytes())
	if strings.Count(want, "\n") < 200 {
		t.Fatalf("ffmpeg decoded little:\n%s", want)
	}
	if got != want {
		t.Error("the stamped clip decodes to something else")
	}
}
