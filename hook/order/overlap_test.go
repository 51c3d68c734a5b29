package order

import (
	"slices"
	"testing"
	"time"

	"hookproof/hook"
)

func TestOverlap(t *testing.T) {
	ms := func(n float64) time.Time { return start.Add(time.Duration(n * float64(time.Millisecond))) }
	tests := []struct {
		name string
		run  func(k *Checker)
		want []string
	}{
		{"one by one", func(k *Checker) {
			k.Feed("c", hook.OnConnect, ms(0), ms(5), true)
			k.Feed("c", hook.OnClose, ms(5), ms(6), true)
		}, nil},
		{"fed later, far over", func(k *Checker) {
			k.Feed("c", hook.OnConnect, ms(0), ms(50), true)
			k.Feed("c", hook.OnClose, ms(20), ms(60), true)
		}, []string{"S-ORD-03 overlap"}},
		{"fed later, on the edge", func(k *Checker) {
			k.Feed("c", hook.OnConnect, ms(0), ms(50), true)
			k.Feed("c", hook.OnClose, ms(49.5), ms(60), true)
		}, []string{"S-ORD-03? overlap"}},
		{"live: next arrives first", func(k *Checker) {
			k.Arrived("c", hook.OnConnect, ms(0))
			k.Arrived("c", hook.OnPublish, ms(10))
			k.Answered("c", hook.OnPublish, ms(20), true)
			k.Answered("c", hook.OnConnect, ms(30), true)
			k.Feed("c", hook.OnUnpublish, ms(40), ms(41), true)
			k.Feed("c", hook.OnClose, ms(50), ms(51), true)
		}, []string{"S-ORD-03 overlap"}},
		{"live: given up, then closed", func(k *Checker) {
			k.Feed("c", hook.OnConnect, ms(0), ms(5), true)
			k.Arrived("c", hook.OnPublish, ms(10))
			k.Arrived("c", hook.OnClose, ms(30_000))
			k.Answered("c", hook.OnPublish, time.Time{}, false)
			k.Answered("c", hook.OnClose, ms(30_001), true)
		}, nil},
		{"live: refused while on_close was on its way", func(k *Checker) {
			k.Feed("c", hook.OnConnect, ms(0), ms(5), true)
			k.Arrived("c", hook.OnPublish, ms(10))
			k.Arrived("c", hook.OnClose, ms(20))
			k.Answered("c", hook.OnPublish, ms(40), false)
			k.Answered("c", hook.OnClose, ms(41), true)
		}, []string{"S-ORD-03 overlap"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(Options{Profile: hook.SRS6})
			tt.run(k)
			k.Finish(false)
			if got := k.Problems(); !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %q %v, want %q", ids(got), got, tt.want)
			}
		})
	}
}
