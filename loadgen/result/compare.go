package result

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"hookproof/internal/redact"
	"hookproof/loadgen/measure"
)

// Change is how a figure moved from one run to another.
type Change struct {
	Name     string
	Old, New float64
	Unit     string
	Word     string // "better", "worse", "same"
}

// noise is what two runs of the same thing differ by on their own: a share,
// and an absolute time below which nothing is said.
const (
	noiseShare = 0.2
	noiseMS    = 2.0
	// fewValues is how many values a percentile needs beyond it to be compared.
	fewValues = 5
)

// Compare says what got better or worse from a to b beyond noise. Percentiles
// with too few values are left out.
func Compare(a, b *Report, ha, hb Histograms) (list []Change) {
	for m := range measure.Count {
		x, y := ha[m], hb[m]
		if x == nil || y == nil {
			continue
		}
		for _, q := range []float64{50, 99} {
			if least := float64(min(x.TotalCount(), y.TotalCount())); least*(1-q/100) < fewValues {
				continue
			}
			was, is := ms(x.ValueAtQuantile(q)), ms(y.ValueAtQuantile(q))
			list = append(list, Change{fmt.Sprintf("%s p%g", m, q), was, is, "ms", word(was, is, noiseShare, noiseMS)})
		}
	}
	count := func(name string, was, is float64) {
		list = append(list, Change{name, was, is, "", word(was, is, 0, 0)})
	}
	count("errors", float64(a.ErrorTotal), float64(b.ErrorTotal))
	count("frames lost", float64(a.Media.Lost), float64(b.Media.Lost))
	count("stalls", float64(a.Media.Stalls), float64(b.Media.Stalls))
	if a.Hooks != nil && b.Hooks != nil {
		count("hook findings", float64(a.Hooks.Total()), float64(b.Hooks.Total()))
	}
	cost := func(name string, x, y *Cost) {
		if x == nil || y == nil {
			return
		}
		list = append(list,
			Change{name + " CPU", x.CPUSeconds, y.CPUSeconds, "s", word(x.CPUSeconds, y.CPUSeconds, noiseShare, 0.5)},
			Change{name + " memory", mib(x.RSSMax), mib(y.RSSMax), "MiB",
				word(mib(x.RSSMax), mib(y.RSSMax), noiseShare, 8)})
	}
	cost("server", a.Server, b.Server)
	cost("generator", &a.Own, &b.Own)
	return list
}

func mib(n int64) float64 { return math.Round(float64(n)/(1<<20)*10) / 10 }

// word judges a change; less is better.
func word(was, is, share, least float64) string {
	d := math.Abs(is - was)
	switch {
	case d <= least || d <= share*max(was, is):
		return "same"
	case is < was:
		return "better"
	}
	return "worse"
}

// Comparable reports whether the figures are those of a whole plan, played on time.
func (r *Report) Comparable() bool { return r.Partial == "" && len(r.Void) == 0 }

// doubt says why a run is not Comparable.
func (r *Report) doubt() string {
	if r.Partial != "" {
		return "partial: " + r.Partial
	}
	return "void: " + strings.Join(r.Void, "; ")
}

// WriteChanges prints a comparison and what makes it doubtful: different loads, partial and void runs. The result
// worse is true if anything got worse.
func WriteChanges(to io.Writer, a, b *Report, list []Change) (worse bool, err error) {
	w := &strings.Builder{}
	if a.Setup.Load != b.Setup.Load || a.Setup.Media != b.Setup.Media || a.Setup.Profile != b.Setup.Profile {
		fmt.Fprintf(w, "The loads differ: %s, media %s, %s; and %s, media %s, %s.\n",
			redact.Line(a.Setup.Load), redact.Line(a.Setup.Media), redact.Line(a.Setup.Profile),
			redact.Line(b.Setup.Load),
			redact.Line(b.Setup.Media), redact.Line(b.Setup.Profile))
	}
	for _, r := range []*Report{a, b} {
		if !r.Comparable() {
			fmt.Fprintf(w, "The figures of run %s say little: it is %s.\n", redact.Line(r.Run), redact.Line(r.doubt()))
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "figure\twas\tis\t")
	for _, c := range list {
		if c.Word == "same" {
			continue
		}
		worse = worse || c.Word == "worse"
		fmt.Fprintf(t, "%s\t%s %s\t%s %s\t%s\n", c.Name, short(c.Old), c.Unit, short(c.New), c.Unit, c.Word)
	}
	t.Flush() // into memory
	same := 0
	for _, c := range list {
		if c.Word == "same" {
			same++
		}
	}
	fmt.Fprintf(w, "%d of %d figures are the same, within %.0f %%.\n", same, len(list), noiseShare*100)
	_, err = io.WriteString(to, redact.Commands(w.String()))
	return worse, err
}
