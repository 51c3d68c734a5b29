package measure

import (
	"os"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
)

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for m := range Count {
		name := m.String()
		back, ok := ByName(name)
		if !ok || back != m || seen[name] || m.Title() == "" {
			t.Errorf("metric %d is called %q (%q)", m, name, m.Title())
		}
		seen[name] = true
	}
	if HookOf(hook.OnStop).String() != "hook.on_stop" || !seen["hook.on_connect"] {
		t.Errorf("the hooks' metrics are called %v", seen)
	}
	if _, ok := ByName("nothing"); ok {
		t.Error("there is a metric called nothing")
	}
}

func TestSetAddsUpFromManyGoroutines(t *testing.T) {
	s := NewSet()
	var wg sync.WaitGroup
	for who := range 20 {
		wg.Go(func() {
			for i := range 100 {
				s.Record(E2E, who, time.Duration(i)*time.Millisecond)
			}
		})
	}
	wg.Wait()
	h := s.Histogram(E2E)
	if h.TotalCount() != 2000 || h.Max() < 98_900 || h.Max() > 99_100 {
		t.Errorf("%d values up to %d", h.TotalCount(), h.Max())
	}
	if q, ok := s.Quantile(E2E, 50); !ok || q < 48*time.Millisecond || q > 51*time.Millisecond {
		t.Errorf("half of them are below %v", q)
	}
	if _, ok := s.Quantile(TCP, 50); ok {
		t.Error("a metric without values has a quantile")
	}
}

func TestStripedAddsUp(t *testing.T) {
	var s Striped
	var wg sync.WaitGroup
	for who := range 200 {
		wg.Go(func() { s.Inc(who - 100) })
	}
	wg.Wait()
	if n := s.Load(); n != 200 {
		t.Errorf("%d, want 200", n)
	}
}

func TestSetHoldsToItsRange(t *testing.T) {
	s := NewSet()
	s.Record(TCP, 0, -time.Second)
	s.Record(TCP, 0, 100*time.Hour)
	if h := s.Histogram(TCP); h.TotalCount() != 2 || h.Min() != 0 {
		t.Errorf("%d values from %d", h.TotalCount(), h.Min())
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	s := NewSet()
	s.Record(E2E, 0, 1)
	if n := testing.AllocsPerRun(100, func() { s.Record(E2E, 0, time.Second) }); n > 0 {
		t.Errorf("a value costs %v allocations", n)
	}
}

func TestErrors(t *testing.T) {
	var e Errors
	e.Add("a", "c1", "x")
	e.Add("b", "c2", "y")
	e.Add("b", "c3", "z")
	list := e.List()
	if e.Total() != 3 || len(list) != 2 || list[0] != (Kind{"b", 2, "c2", "y"}) {
		t.Errorf("errors are %+v", list)
	}
}

func TestProcess(t *testing.T) {
	p, err := Watch(os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	c, err := p.Look()
	if err != nil || c.RSS < 1<<20 || c.Threads < 1 || c.Files < 3 {
		t.Errorf("this process costs %+v, %v", c, err)
	}
	if _, err := Watch(1 << 30); err == nil {
		t.Error("a process that is none can be watched")
	}
}

// TestInterval: each interval has its own values, and the whole has all of them.
func TestInterval(t *testing.T) {
	s := NewSet()
	if _, some := s.Interval(E2E); some {
		t.Error("values before the first")
	}
	for who := range 100 {
		s.Record(E2E, who, 10*time.Millisecond)
	}
	if got, some := s.Interval(E2E); !some || got.Count != 100 || got.P99 < 9.9 || got.P99 > 10.1 {
		t.Errorf("the first interval: %+v", got)
	}
	s.Record(E2E, 7, 50*time.Millisecond)
	if got, some := s.Interval(E2E); !some || got.Count != 1 || got.P50 < 49 || got.P50 > 51 {
		t.Errorf("the second interval: %+v", got)
	}
	s.Record(E2E, 8, time.Millisecond)
	if h := s.Histogram(E2E); h.TotalCount() != 102 {
		t.Errorf("%d values in all, want 102", h.TotalCount())
	}
	if q, ok := s.Quantile(E2E, 50); !ok || q < 9*time.Millisecond || q > 11*time.Millisecond {
		t.Errorf("half of all are below %v", q)
	}
}
