package media

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/client/clip"
	"hookproof/internal/rtmp/flv"
)

// play takes what a feed sends in d.
func play(t *testing.T, s Source, d time.Duration) (bytes, frames, writes int) {
	t.Helper()
	f, err := NewFeed(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := time.Duration(0)
	for {
		due, tags := f.Next()
		if due >= d {
			return bytes, frames, writes
		}
		if due < last || len(tags) == 0 {
			t.Fatalf("%d tags are due at %v after %v", len(tags), due, last)
		}
		last = due
		writes++
		for i := range tags {
			bytes += len(tags[i].Data)
			if tags[i].Type == message.TypeIDVideoMessage {
				frames++
			}
		}
	}
}

func TestSyntheticHasItsRate(t *testing.T) {
	for _, rate := range []int{60_000, 300_000, 5_000_000} {
		s, err := Synthetic(rate)
		if err != nil {
			t.Fatal(err)
		}
		const seconds = 20
		bytes, frames, writes := play(t, s, seconds*time.Second)
		bytes += (seconds*pictures + seconds*1000/sound) * markerRoom
		if got := bytes * 8 / seconds; got < rate*95/100 || got > rate*105/100 {
			t.Errorf("%d bit/s asked, %d sent", rate, got)
		}
		if frames < seconds*pictures*98/100 || frames > seconds*pictures*102/100 || writes > frames*5/4 {
			t.Errorf("%d pictures in %d writes", frames, writes)
		}
	}
	for _, rate := range []int{0, -1, maxRate + 1} {
		if _, err := Synthetic(rate); err == nil {
			t.Errorf("%d bit/s are taken", rate)
		}
	}
}

// A burst changes when media is sent, and nothing else.
func TestBurst(t *testing.T) {
	source, err := Synthetic(300_000)
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := NewFeed(source, 0)
	many, err2 := NewFeed(source, 300*time.Millisecond)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var singly []flv.Tag
	for len(singly) < 500 {
		_, tags := one.Next()
		singly = append(singly, tags...)
	}
	for n := 0; n < 400; {
		due, tags := many.Next()
		if len(tags) < 8 {
			t.Fatalf("a burst of %d tags", len(tags))
		}
		if last := time.Duration(tags[len(tags)-1].Timestamp) * time.Millisecond; due < last || due >= last+Tick {
			t.Fatalf("due at %v, the last tag is of %v", due, last)
		}
		for _, tag := range tags {
			if want := singly[n]; tag.Type != want.Type || tag.Timestamp != want.Timestamp {
				t.Fatalf("tag %d: type %d at %d ms, want %d at %d", n, tag.Type, tag.Timestamp, want.Type,
					want.Timestamp)
			}
			n++
		}
	}
}

func TestClipAndNone(t *testing.T) {
	if _, frames, _ := play(t, Clip(), 10*time.Second); frames < 240 || frames > 260 {
		t.Errorf("the clip has %d pictures in 10 s", frames)
	}
	if Clip().Rate() < 100_000 {
		t.Errorf("the clip has %d bit/s", Clip().Rate())
	}
	if bytes, frames, writes := play(t, None(), 20*time.Second); bytes > 100 || frames != 0 || writes < 8 {
		t.Errorf("no media are %d bytes, %d pictures, %d writes in 20 s", bytes, frames, writes)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.flv")
	if err := os.WriteFile(path, clip.FLV, 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err := File(path); err != nil || s.Rate() != Clip().Rate() {
		t.Errorf("the clip as a file has %d bit/s, %v", s.Rate(), err)
	}
	if err := os.WriteFile(path, []byte("no video"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := File(path); err == nil {
		t.Error("a text is taken for a video")
	}
	if _, err := File(path + "x"); err == nil {
		t.Error("a file that is none is read")
	}
	if _, err := NewFeed(Source{}, 0); err == nil {
		t.Error("an empty source is taken")
	}
}
