package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/flv"
)

func playFLV(s *Stream) *viewer {
	v := &viewer{inbox: inbox{room: open}}
	v.Player = s.PlayFLV(&v.inbox, nil)
	v.Start()
	return v
}

// tags decodes what an FLV player has got since the last time, as soon as nothing is under way any more.
func tags(t *testing.T, v *viewer) (all []flv.Tag) {
	t.Helper()
	synctest.Wait()
	v.mu.Lock()
	file := append(flv.FileHeader(true, true), v.inbox.got...)
	v.inbox.got = nil
	v.mu.Unlock()
	r, err := flv.NewReader(bytes.NewReader(file))
	for err == nil {
		var tag flv.Tag
		if err = r.Next(&tag); err == nil {
			all = append(all, tag)
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

// gotTags is tags as letters.
func gotTags(t *testing.T, v *viewer) (letters string) {
	t.Helper()
	for _, tag := range tags(t, v) {
		letters += letterOf(t, &chunk.Message{Type: tag.Type, Timestamp: tag.Timestamp, Payload: tag.Data})
	}
	return letters
}

// brokenBy waits until nothing is under way, and returns what the player's connection was told.
func brokenBy(v *viewer) []error {
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.inbox.broken
}

// FLV players get what the others do, beside them, up to the end of the publication.
func TestFLV(t *testing.T) {
	for _, players := range []int{1, 2, 40} {
		run(t, fmt.Sprint(players, " players"), func(t *testing.T) {
			s := NewRegistry(options()).Hold(key)
			p := publish(t, s, true)
			p.send("MVAKia")
			all := make([]*viewer, players)
			for i := range all {
				all[i] = playFLV(s)
				defer all[i].leave()
			}
			rtmp := play(s, SharedStreamID)
			defer rtmp.leave()
			for i, want := range []string{"MVAKia", "iad", "Ki"} {
				if i > 0 {
					p.send(want)
				}
				time.Sleep(merge) // of the bubble: many are written to together
				if letters := got(t, rtmp); letters != want {
					t.Errorf("RTMP: %q, want %q", letters, want)
				}
				for _, v := range all {
					if letters := gotTags(t, v); letters != want {
						t.Errorf("FLV: %q, want %q", letters, want)
					}
				}
			}
			p.send("i")
			p.End()
			publish(t, s, true).send("VK")
			time.Sleep(merge)
			for _, v := range all {
				if letters, broken := gotTags(t, v), brokenBy(v); letters != "i" || len(broken) != 1 ||
					!errors.Is(broken[0], ErrOver) {
					t.Errorf("at the end: %q and %v, want i and ErrOver", letters, broken)
				}
			}
			if letters := got(t, rtmp); letters != "i><VK" {
				t.Errorf("RTMP at the end: %q", letters)
			}
		})
	}
}

// Nobody publishes, or not any more: such a play is over as it starts.
func TestFLVOfNothing(t *testing.T) {
	for _, state := range []string{"never published", "stopped", "ended"} {
		run(t, state, func(t *testing.T) {
			s := NewRegistry(options()).Hold(key)
			switch state {
			case "stopped":
				p := publish(t, s, true)
				defer p.End()
				p.send("VKi")
				p.Stop()
			case "ended":
				publish(t, s, true).End()
			}
			v := playFLV(s)
			defer v.leave()
			if letters, broken := gotTags(t, v), brokenBy(v); letters != "" || len(broken) != 1 ||
				!errors.Is(broken[0], ErrOver) {
				t.Errorf("%q and %v, want nothing and ErrOver", letters, broken)
			}
		})
	}
}

// One that is too slow to see the end of its publication gets nothing of the next one.
func TestFLVPastTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := options()
		o.QueueBytes = 4 << 10
		s := NewRegistry(o).Hold(key)
		first := publish(t, s, true)
		v := playFLV(s)
		defer v.leave()
		first.send("VK")
		gotTags(t, v)
		v.stall(0)
		first.send("i")
		synctest.Wait()
		first.End()
		second := publish(t, s, true)
		second.send("VKiiiiiiiiiiiiiiiiiiiiii")
		v.resume()
		if letters, broken := gotTags(t, v), brokenBy(v); letters != "i" || len(broken) != 1 {
			t.Errorf("%q and %v, want i and the end", letters, broken)
		}
	})
}

// Payloads are whole, however many chunks they are in and however late they are.
func TestFLVTags(t *testing.T) {
	for _, size := range []int{0, 1, 59_999, 60_000, 60_001, 180_000, 200_001} {
		for _, at := range []uint32{0, 0xfffffe, 0xffffff, 0x01020304} {
			for _, players := range []int{1, 3} {
				run(t, fmt.Sprintf("%d bytes at %d, %d players", size, at, players), func(t *testing.T) {
					s := NewRegistry(options()).Hold(key)
					p := publish(t, s, false)
					all := []*viewer{playFLV(s), playFLV(s), playFLV(s)}[:players]
					payload := make([]byte, size)
					for i := range payload {
						payload[i] = byte(i * 7)
					}
					if size > 0 {
						payload[0] = 0x2f // MP3
					}
					p.Write(&chunk.Message{Type: message.TypeIDAudioMessage, Timestamp: at, Payload: payload})
					for _, v := range all {
						file := tags(t, v)
						if len(file) != 1 || file[0].Timestamp != at || !bytes.Equal(file[0].Data, payload) {
							t.Errorf("%d tags, want one of %d bytes at %d", len(file), size, at)
						}
						v.leave()
					}
				})
			}
		}
	}
}
