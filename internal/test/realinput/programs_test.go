package realinput

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The programs as people call them.

// sends publishes the clip over and over, in real time.
func (r *rig) sends(who, stream string) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", clip(r.t).path,
		"-c", "copy", "-f", "flv", r.url(who, stream))
}

// sendsOnce publishes the clip once, as fast as it goes.
func (r *rig) sendsOnce(who, stream string) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", "-v", "error", "-nostdin", "-i", clip(r.t).path, "-c", "copy", "-f", "flv",
		r.url(who, stream))
}

// encodes publishes what it encodes in real time, until it is stopped.
func (r *rig) encodes(who, stream string) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", slices.Concat([]string{"-v", "error", "-nostdin"}, lavfi("-re"), encoders,
		[]string{"-f", "flv", r.url(who, stream)})...)
}

// decodes plays that many pictures with ffmpeg, which prints the checksum of
// each and of the sound, and ends at the first error of a decoder.
func (r *rig) decodes(who, stream string, pictures int) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", r.url(who, stream),
		"-map", "0:v", "-map", "0:a", "-frames:v", fmt.Sprint(pictures), "-flush_packets", "1", "-f", "framemd5", "-")
}

// follows decodes with the clock's times in place of the stream's, which start
// again when another publisher takes over.
func (r *rig) follows(who, stream string, pictures int) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", "-v", "error", "-nostdin", "-use_wallclock_as_timestamps", "1", "-i",
		r.url(who, stream),
		"-map", "0:v", "-frames:v", fmt.Sprint(pictures), "-flush_packets", "1", "-f", "framemd5", "-")
}

// copies plays with ffmpeg without decoding: the checksums are those of packets.
func (r *rig) copies(who, stream string, packets int) *process {
	r.t.Helper()
	return start(r.t, "ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", r.url(who, stream),
		"-map", "0:v", "-map", "0:a", "-c", "copy", "-frames:v", fmt.Sprint(packets), "-flush_packets", "1", "-f",
		"framemd5", "-")
}

// probes plays with ffprobe, which decodes that many packets and prints what it found.
func (r *rig) probes(who, stream string, packets int) *process {
	r.t.Helper()
	return start(r.t, "ffprobe", "-v", "error", "-count_frames", "-read_intervals", fmt.Sprintf("%%+#%d", packets),
		"-show_entries", "stream=codec_name,width,height,sample_rate,nb_read_frames", "-of",
		"default=noprint_wrappers=1", r.url(who, stream))
}

// dumps plays with rtmpdump, which prints an FLV file until it is stopped.
func (r *rig) dumps(who, stream string) *process {
	r.t.Helper()
	return start(r.t, "rtmpdump", "-q", "--live", "--timeout", "60", "-r", r.url(who, stream), "-o", "-")
}

// dumped waits until rtmpdump has printed that many pictures.
func dumped(p *process, pictures int) {
	p.t.Helper()
	p.printed(fmt.Sprintf("%d pictures", pictures), func(file string) bool {
		_, video := flvTags(file)
		return video >= pictures
	})
}

// checksummed waits until ffmpeg has printed that many checksums of pictures.
func checksummed(p *process, pictures int) {
	p.t.Helper()
	p.printed(fmt.Sprintf("%d checksums of pictures", pictures), func(text string) bool {
		return strings.Count(text, "\n0,") >= pictures
	})
}

// saved writes what a program printed to a file and returns its path.
func saved(p *process, name string) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(p.out.text()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}
