// Package clip holds a short real recording: 3 s of H.264 (320x180, 25 fps,
// a keyframe each second, B-frames) and AAC (44.1 kHz mono), made from ffmpeg's
// own test pictures and tones. It needs no licence of anybody else.
package clip

import (
	_ "embed"
)

// FLV is the clip as an FLV file. Shared: do not change.
//
//go:embed clip.flv
var FLV []byte

// The command that made clip.flv (ffmpeg 5.1, libx264; one thread and the
// bitexact flags make it the same bytes each time with the same versions):
//
//go:generate ffmpeg -y -f lavfi -i testsrc2=size=320x180:rate=25:duration=3 -f lavfi -i sine=frequency=440:beep_factor=4:sample_rate=44100:duration=3 -c:v libx264 -threads 1 -preset veryslow -profile:v main -pix_fmt yuv420p -b:v 350k -maxrate 400k -bufsize 400k -g 25 -keyint_min 25 -sc_threshold 0 -bf 2 -c:a aac -b:a 48k -ac 1 -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -flvflags no_duration_filesize clip.flv
