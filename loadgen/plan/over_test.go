package plan

import (
	"testing"
	"time"

	"hookproof/hook"
)

func TestParseMix(t *testing.T) {
	for text, want := range map[string]string{
		"rtmp=60%,flv=30%,hls=10%": "rtmp=60%,flv=30%,hls=10%", "flv=100%": "flv=100%", "rtmp=100%": "rtmp=100%",
		"hls=50%, rtmp=50%": "rtmp=50%,hls=50%",
	} {
		if m, err := ParseMix(text); err != nil || m.String() != want {
			t.Errorf("%q: %v, %v", text, m, err)
		}
	}
	for _, text := range []string{
		"", "flv", "flv=30%", "flv=60%,hls=60%", "flv=5", "srt=100%", "flv=50%,flv=50%", "rtmp=-1%",
	} {
		if m, err := ParseMix(text); err == nil {
			t.Errorf("%q was read as %v", text, m)
		}
	}
}

// The shares hold for those who are let in and for those who are refused, and all along the test.
func TestMix(t *testing.T) {
	mix, _ := ParseMix("rtmp=60%,flv=30%,hls=10%")
	p := Make(Spec{Stages: Ramp(1000, time.Second, time.Second, time.Second), Publishers: Percent(20),
		Refused: Percent(30), Players: mix, Seed: 1})
	var let, refused [overs]int
	for i := range p.Sessions {
		s := &p.Sessions[i]
		switch {
		case s.Role == Publish || s.Refused && s.RefuseAt == hook.OnConnect:
			if s.Over != RTMP {
				t.Errorf("session %d, a %s, plays over %s", i, s.Role, s.Over)
			}
		case s.Refused:
			refused[s.Over]++
		default:
			let[s.Over]++
			if n := let[RTMP] + let[FLV] + let[HLS]; n == 100 && let != [overs]int{60, 30, 10} {
				t.Errorf("the first 100: %v", let)
			}
		}
	}
	if let != [overs]int{480, 240, 80} || refused[FLV] < 20 || refused[HLS] < 6 {
		t.Errorf("let in %v, refused %v", let, refused)
	}
}
