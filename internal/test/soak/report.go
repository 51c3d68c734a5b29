package soak

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/test/faultlink"
	"hookproof/internal/test/soak/books"
)

// Faults count what the links did, by kind.
type Faults struct{ Clients, Hooks map[faultlink.Kind]int64 }

func (r *rig) faults() Faults {
	f := Faults{map[faultlink.Kind]int64{}, map[faultlink.Kind]int64{}}
	links := r.clients.Stats()
	for _, k := range faultlink.Kinds {
		f.Clients[k] = links.Struck[k]
		for _, l := range r.hooks {
			f.Hooks[k] += l.Stats().Struck[k]
		}
	}
	return f
}

func kinds(counts map[faultlink.Kind]int64) string {
	var parts []string
	for _, k := range faultlink.Kinds {
		parts = append(parts, fmt.Sprintf("%s %d", k, counts[k]))
	}
	return strings.Join(parts, ", ")
}

func events(counts [len(hook.Events)]int64) string {
	var parts []string
	for e, n := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", hook.Event(e), n))
	}
	return strings.Join(parts, ", ")
}

func sum(counts [len(hook.Events)]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// progress writes how a run goes on.
type progress struct {
	r     *rig
	res   *Result
	start time.Time
	stop  chan struct{}
	ended chan struct{}

	mu sync.Mutex // guards what of res a settled round changes, and the writing
}

func startProgress(r *rig, res *Result) *progress {
	p := &progress{r: r, res: res, start: time.Now(), stop: make(chan struct{}), ended: make(chan struct{})}
	go p.run()
	return p
}

func (p *progress) run() {
	defer close(p.ended)
	tick := time.NewTicker(p.r.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.line()
		case <-p.stop:
			return
		}
	}
}

func (p *progress) end() {
	close(p.stop)
	<-p.ended
}

// settled adds a round that was judged, and lets go of its books.
func (p *progress) settled(n *round, all []books.Violation, more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.res.Total.Add(n.book.Count())
	p.res.Violations = append(p.res.Violations, all...)
	p.res.More += more
	p.r.book.Store(books.NewBook(p.r.cfg.Retry > 0)) // the round's can go
}

func (p *progress) line() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, f := p.r.book.Load().Count(), p.r.faults()
	total := p.res.Total
	total.Add(now) // of the round under way
	foot := look()
	fmt.Fprintf(p.r.cfg.Out, "%5.0fs  clients %d (%d in)  events %d (%s), %d not answered  faults on clients: %s; "+
		"on hooks: %s  %d goroutines, %d files, RSS %.0f MB  violations %d\n",
		time.Since(p.start).Seconds(), total.Clients, p.r.in.Load(), sum(total.Calls), events(total.Calls),
		sum(total.Failed),
		kinds(f.Clients), kinds(f.Hooks), foot.Goroutines, foot.Files, mb(foot.RSS), len(p.res.Violations)+p.res.More)
}

func (p *progress) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.r.cfg.Out, "%5.0fs  %s\n", time.Since(p.start).Seconds(), fmt.Sprintf(format, args...))
}

// Summary is the books of the whole run.
func (res *Result) Summary() string {
	var b strings.Builder
	t := &res.Total
	rate := 0.0
	if res.Took > 0 {
		rate = float64(res.Came) / res.Took.Seconds()
	}
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("clients       %d in %v of churn, %.1f a second (late by %v at most); with the warm-up %d", res.Came,
		res.Took.Round(time.Second), rate, res.Late.Round(time.Millisecond), t.Clients)
	line("              %d let in, %d got frames, %d that nothing befell", t.Let, t.Fed, t.Unhurt)
	line("faults        clients' link: %s", kinds(res.Faults.Clients))
	line("              hooks' links:  %s", kinds(res.Faults.Hooks))
	line("server        %d calls: %s", sum(t.Calls), events(t.Calls))
	line("              %d of them without an answer of the hook server's: %s", sum(t.Failed), events(t.Failed))
	line("hook server   %d events: %s", sum(t.Records), events(t.Records))
	line("              %d opening events refused, %d requests that came in part, %d that came after they were "+
		"given up", t.Refused, t.Broken, t.Late)
	line("accounted     %d closing events never reached the hook server, and the server knows which; %d calls were "+
		"sent again", t.Lost, t.Again)
	line("left over     before    %s", res.Before)
	line("              warmed up %s", res.Baseline)
	for i, f := range res.Rounds {
		line("              round %-3d %s", i+1, f)
	}
	line("              after     %s", res.After)
	line("violations    %d", len(res.Violations)+res.More)
	return b.String()
}
