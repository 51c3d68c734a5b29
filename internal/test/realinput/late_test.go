package realinput

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
)

// oddStreams are what encoders in the field add to the clip, and change of it.
var oddStreams = map[string]func(tag flv.Tag) []flv.Tag{
	"broken metadata": func(tag flv.Tag) []flv.Tag {
		if tag.Type == flv.TypeData {
			tag.Data = tag.Data[:len(tag.Data)/2]
		}
		return []flv.Tag{tag}
	},
	"metadata without an end": func(tag flv.Tag) []flv.Tag {
		if tag.Type == flv.TypeData {
			tag.Data = tag.Data[:len(tag.Data)-3]
		}
		return []flv.Tag{tag}
	},
	"a second video track": func(tag flv.Tag) []flv.Tag {
		if tag.Type != flv.TypeVideo || tag.Data[0]>>4 != 1 {
			return []flv.Tag{tag}
		}
		second := tag // 0x96: a keyframe, multitrack; one track, its packet type; codec, track 1
		second.Data = append([]byte{0x96, tag.Data[1], 'a', 'v', 'c', '1', 1}, tag.Data[2:]...)
		return []flv.Tag{tag, second}
	},
}

// A late player that knows nothing of Enhanced RTMP decodes the base track of an odd stream from its keyframe on.
func TestLatePlayerOfOddStreams(t *testing.T) {
	need(t, "ffmpeg")
	for name, change := range oddStreams {
		t.Run(name, func(t *testing.T) {
			inProfiles(t, func(r *rig) {
				c, err := client.Dial(r.ctx, client.Options{URL: r.tcURL("publisher"), Timeout: patience})
				if err == nil {
					err = c.Connect(r.ctx)
				}
				if err == nil {
					err = c.Publish(r.ctx, "cam", "")
				}
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				// What was sent before the player came at once, then in real time for as long as it plays.
				before, after := split(tagsOf(t, clip(t).path), change)
				if err := c.WriteMedia(before...); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(r.ctx)
				var g sync.WaitGroup
				defer g.Wait()
				defer cancel()
				g.Go(func() { c.Pace(ctx, after, 1) })
				const pictures = 2 * fps
				late := start(t, "ffmpeg", "-v", "fatal", "-nostdin", "-analyzeduration", "500000", "-i",
					r.url("late", "cam"),
					"-map", "0:v:0", "-frames:v", fmt.Sprint(pictures), "-f", "framemd5", "-")
				late.succeeds()
				got := tracks(late.out.text())[0]
				if begin := isRun(t, "pictures", got, clip(t).frames); len(got) != pictures || begin%fps != 0 {
					t.Errorf("ffmpeg decoded %d pictures from number %d on; want %d from a keyframe on", len(got),
						begin, pictures)
				}
				r.played("late")
				cancel()
				g.Wait()
				if err := c.Leave(); err != nil {
					t.Error(err)
				}
				r.answered("publisher", hook.OnClose, 1)
			})
		})
	}
}

// split changes the tags of a clip, and cuts them in the third second; the clip goes on over and over.
func split(tags []flv.Tag, change func(flv.Tag) []flv.Tag) (before, after []flv.Tag) {
	const cut, length, times = 2500, 4000, 10
	for round := range uint32(times) {
		for _, tag := range tags {
			if round > 0 && tag.Type == flv.TypeData {
				continue
			}
			tag.Timestamp += round * length
			if tag.Timestamp < cut {
				before = append(before, change(tag)...)
			} else {
				after = append(after, change(tag)...)
			}
		}
	}
	return before, after
}

// tagsOf reads an FLV file.
func tagsOf(t *testing.T, path string) (all []flv.Tag) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := flv.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		var tag flv.Tag
		if r.Next(&tag) != nil {
			return all
		}
		all = append(all, tag)
	}
}
