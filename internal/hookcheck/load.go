package hookcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/internal/check"
	"hookproof/reports"
)

// Names of the notes that say how long answers took: the target's, and those
// of a server of ours that answers at once.
const (
	LatencyNote = "latency"
	ControlNote = "latency without a target"
)

// Bar is H-CON-02's: the 99th percentile at 200 clients at once.
const Bar = 200 * time.Millisecond

// slowest is how many requests a finding about latency lists.
const slowest = 10

// Quick checks H-CON-02: of the times that a crowd came, the quickest counts.
func Quick(obs []reports.Observation) *check.Finding {
	target, control := quickest(obs, LatencyNote), quickest(obs, ControlNote)
	bar := float64(Bar.Milliseconds()) * scaleOf(obs)
	if target == nil {
		return &check.Finding{Expected: "answers", Seen: "none were measured"}
	}
	if target.Details().P99 <= bar {
		return nil
	}
	f := &check.Finding{
		Expected: fmt.Sprintf("99 of 100 answers within %.0f ms", bar),
		Seen:     target.Text,
		Evidence: []int{target.N},
		Detail:   slow(Exchanges(obs)),
	}
	// Where a third of it is there without the target, the machine has its share:
	// the target has to live on it, too.
	if control != nil && control.Details().P99 > target.Details().P99/3 {
		f.Undecided = true
		f.Detail = "a server that answers at once takes long, too, on this machine: " + control.Text + "\n" + f.Detail
		f.Evidence = append(f.Evidence, control.N)
	}
	return f
}

func quickest(obs []reports.Observation, name string) (best *reports.Observation) {
	for i := range obs {
		o := &obs[i]
		if o.Kind == reports.KindNote && o.Name == name && (best == nil || o.Details().P99 < best.Details().P99) {
			best = o
		}
	}
	return best
}

// slow lists the slowest requests.
func slow(all []Exchange) string {
	slices.SortStableFunc(all, func(a, b Exchange) int { return cmp.Compare(b.Took, a.Took) })
	var b strings.Builder
	b.WriteString("the slowest:\n")
	for i := range all[:min(len(all), slowest)] {
		x := &all[i]
		fmt.Fprintf(&b, "  %8.1f ms  %s: %s\n", x.Took, x.What, x.got())
	}
	return b.String()
}

// Served checks that no request of many was refused a connection, dropped or
// left without an answer (H-NET-02, and H-CON-01's "none lost").
func Served(obs []reports.Observation) *check.Finding {
	all := Exchanges(obs, Accept, Refuse)
	return every(all, "every request to be answered", func(x *Exchange) string {
		if x.Failure != "" {
			return "an answer"
		}
		return ""
	})
}
