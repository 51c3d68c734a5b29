package order

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

func TestLost(t *testing.T) {
	tests := []struct {
		name    string
		profile *hook.Profile
		before  string // events before Lost is told
		after   string
		want    []string
	}{
		{"told in time", hook.SRS6, "connect publish", "close", nil},
		{"told afterwards", hook.SRS6, "connect publish close", "", nil},
		{"unpublish although lost", hook.SRS6, "connect publish", "unpublish close",
			[]string{"S-CON-04 after refusal"}},
		{"unpublish, told afterwards", hook.SRS6, "connect publish unpublish close", "",
			[]string{"S-CON-04 after refusal"}},
		{"either in srs1", hook.SRS1, "connect publish", "unpublish close", nil},
		{"or not", hook.SRS1, "connect publish", "close", nil},
		{"no on_close", hook.SRS6, "connect publish", "", []string{"S-CON-04 missing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(Options{Profile: tt.profile})
			feed(t, k, "c", tt.before)
			if !k.Lost("c") || k.Lost("d") {
				t.Error("Lost knows the wrong clients")
			}
			at := start.Add(time.Second)
			for word := range strings.FieldsSeq(tt.after) {
				ev, _ := hook.ParseEvent("on_" + word)
				k.Feed("c", ev, at, at, true)
			}
			k.Finish(false)
			if got := k.Problems(); !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %v, want %q", got, tt.want)
			}
		})
	}
}

func TestLeft(t *testing.T) {
	tests := []struct {
		name  string
		how   How
		after time.Duration // from leaving to on_close; 0: never
		want  []string
	}{
		{"vanished, closed in time", Vanishes, 100 * time.Millisecond, nil},
		{"vanished, closed late", Vanishes, 6 * time.Second, []string{"S-ORD-05 late"}},
		{"vanished, never closed", Vanishes, 0, []string{"S-ORD-05/S-ORD-01 missing"}},
		{"kicked, never closed", Kicked, 0, []string{"S-ORD-06/S-ORD-01 missing"}},
		{"server stopped", Stopped, 0, []string{"S-ORD-07/S-ORD-01 missing"}},
		{"left, closed late", Leaves, 6 * time.Second, []string{"S-ORD-01 late"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(Options{Profile: hook.SRS6})
			feed(t, k, "c", "connect publish")
			at := start.Add(time.Minute)
			if !k.Left("c", tt.how, at) {
				t.Fatal("client not known")
			}
			if tt.after > 0 {
				at = at.Add(tt.after)
				k.Feed("c", hook.OnUnpublish, at, at, true)
				k.Feed("c", hook.OnClose, at, at, true)
			}
			k.Finish(false)
			if got := k.Problems(); !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %v, want %q", got, tt.want)
			}
		})
	}
}
