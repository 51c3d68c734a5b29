package faultlink

import (
	"bytes"
	"io"
	"testing"
	"time"

	"hookproof/internal/tcpproxy"
)

// text is what tests send: no two places of it look alike.
var text = func() []byte {
	b := make([]byte, 1000)
	for i := range b {
		b[i] = byte(i*i>>3 + i)
	}
	return b
}()

// TestHeldUp sends through faults that lose nothing, both ways, and looks that
// it takes the time that it must.
func TestHeldUp(t *testing.T) {
	for _, row := range []struct {
		name   string
		fault  Fault
		least  time.Duration
		strike bool
	}{
		{"none", nil, 0, false},
		{"delay", Delayed{Latency: 30 * time.Millisecond, Jitter: time.Millisecond}, 30 * time.Millisecond, true},
		{"bandwidth", Narrow{Rate: 20000}, 50 * time.Millisecond, true},
		{"slices", Sliced{Size: 300, Pause: 10 * time.Millisecond}, 30 * time.Millisecond, true},
		{"stall", Stalled{After: 500, For: 30 * time.Millisecond}, 30 * time.Millisecond, true},
		{"stall at once", Stalled{For: 30 * time.Millisecond}, 30 * time.Millisecond, true},
		{"stall not reached", Stalled{After: 1000, For: time.Hour}, 0, false},
		{"reset not reached", Broken{After: 1000}, 0, false},
		{"half-close not reached", HalfClosed{After: 1001}, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			direct(t, func(t *testing.T, up bool) {
				c := through(t, one(up, row.fault))
				from, to := c.ways(up)
				start := time.Now()
				if _, err := from.Write(text); err != nil {
					t.Fatal(err)
				}
				from.CloseWrite()
				got, err := io.ReadAll(to)
				if err != nil || !bytes.Equal(got, text) {
					t.Errorf("got %d bytes, %v; want %d", len(got), err, len(text))
				}
				if took := time.Since(start); took < row.least {
					t.Errorf("took %v, want %v at least", took, row.least)
				}
				if p := c.end(); (p.UpStruck || p.DownStruck) != row.strike || p.Up+p.Down != int64(len(text)) {
					t.Errorf("%+v", p)
				}
			})
		})
	}
}

// TestReset wants a reset on both sides, and nothing after the limit.
func TestReset(t *testing.T) {
	for _, after := range []int64{0, 1, 999} {
		direct(t, func(t *testing.T, up bool) {
			c := through(t, one(up, Broken{After: after}))
			from, to := c.ways(up)
			if _, err := from.Write(text); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(to)
			if !tcpproxy.WasReset(err) || int64(len(got)) > after || !bytes.HasPrefix(text, got) {
				t.Errorf("got %d bytes, %v; want a reset after %d", len(got), err, after)
			}
			if _, err := io.ReadAll(from); !tcpproxy.WasReset(err) {
				t.Errorf("the sender got %v", err)
			}
			if p := c.end(); p.UpStruck != up || p.DownStruck == up {
				t.Errorf("%+v", p)
			}
			if s := c.link.Stats(); s.Struck[Reset] != 1 || (s.UpStruck[Reset] == 1) != up || s.Taken != 1 ||
				Sum(s.Struck) != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestHalfClose wants a FIN after the limit, and the other direction open.
func TestHalfClose(t *testing.T) {
	for _, after := range []int64{0, 1, 999, 1000} {
		direct(t, func(t *testing.T, up bool) {
			c := through(t, one(up, HalfClosed{After: after}))
			from, to := c.ways(up)
			if _, err := from.Write(text); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(to)
			if err != nil || !bytes.Equal(got, text[:after]) {
				t.Errorf("got %d bytes, %v; want %d", len(got), err, after)
			}
			if _, err := to.Write(text); err != nil {
				t.Fatal(err)
			}
			back := make([]byte, len(text))
			if _, err := io.ReadFull(from, back); err != nil || !bytes.Equal(back, text) {
				t.Errorf("the other direction: %v", err)
			}
			if _, err := from.Write(text); err != nil {
				t.Errorf("what nobody gets any more: %v", err)
			}
			if p := c.end(); p.UpStruck != up || p.DownStruck == up {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestLateHalfClose forwards what comes before its time.
func TestLateHalfClose(t *testing.T) {
	direct(t, func(t *testing.T, up bool) {
		c := through(t, one(up, HalfClosed{After: 400, Wait: 50 * time.Millisecond}))
		from, to := c.ways(up)
		if _, err := from.Write(text); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(to)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		if p := c.end(); p.UpStruck != up || p.DownStruck == up {
			t.Errorf("%+v", p)
		}
	})
}

// TestDescriptions are what evidence shows.
func TestDescriptions(t *testing.T) {
	for want, p := range map[string]Plan{
		"no fault":                         {},
		"reset after 12 bytes up":          {Up: Broken{After: 12}},
		"half-close after 3 bytes down":    {Down: HalfClosed{After: 3}},
		"half-close 2s after 3 bytes down": {Down: HalfClosed{After: 3, Wait: 2 * time.Second}},
		"slices of 7 bytes both ways":      both(Sliced{Size: 7}),
		"stall of 1s after 5 bytes up, reset after 1 bytes down": {Up: Stalled{After: 5, For: time.Second},
			Down: Broken{After: 1}},
		"bandwidth of 100 bytes/s both ways": both(Narrow{Rate: 100}),
		"delay of 1ms and up to 2ms more up": {Up: Delayed{time.Millisecond, 2 * time.Millisecond}},
	} {
		if p.String() != want {
			t.Errorf("got %q, want %q", p, want)
		}
	}
	if Kind(99).String() != "kind(99)" {
		t.Error(Kind(99))
	}
}
