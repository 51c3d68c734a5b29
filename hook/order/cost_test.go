package order

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"hookproof/hook"
)

func TestBounds(t *testing.T) {
	k := New(Options{Profile: hook.SRS6, KeepClosed: 10, MaxProblems: 5})
	for i := range 100 {
		feed(t, k, fmt.Sprint(i), "connect close")
	}
	if n := len(k.clients); n != 10 {
		t.Errorf("%d closed clients kept, want 10", n)
	}
	for range 20 {
		feed(t, k, "late", "publish close")
	}
	if n, d := len(k.Problems()), k.Dropped(); n != 5 || d == 0 {
		t.Errorf("%d problems, %d dropped", n, d)
	}
}

func TestCost(t *testing.T) {
	const clients = 10_000
	id := make([]string, clients)
	for i := range id {
		id[i] = fmt.Sprintf("%08d", i)
	}
	k := New(Options{Profile: hook.SRS6})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, id := range id {
		k.Feed(id, hook.OnConnect, start, start, true)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if per := int64(after.HeapAlloc-before.HeapAlloc) / clients; per >= 200 {
		t.Errorf("%d bytes for each live client, want less than 200", per)
	} else {
		t.Logf("%d bytes for each live client", per)
	}
	at := start
	if allocs := testing.AllocsPerRun(1000, func() {
		at = at.Add(time.Millisecond)
		k.Feed(id[7], hook.OnPublish, at, at, true)
		k.Feed(id[7], hook.OnUnpublish, at, at, true)
	}); allocs > 0 {
		t.Errorf("%v allocations for two events, want none", allocs)
	}
	runtime.KeepAlive(k)
}

func BenchmarkFeed(b *testing.B) {
	k := New(Options{Profile: hook.SRS6})
	id := make([]string, 10_000)
	for i := range id {
		id[i] = fmt.Sprintf("%08d", i)
		k.Feed(id[i], hook.OnConnect, start, start, true)
	}
	evs := [...]hook.Event{hook.OnPublish, hook.OnUnpublish}
	at, n := start, 0
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Microsecond)
		k.Feed(id[n/2%len(id)], evs[n%2], at, at, true)
		n++
	}
}
