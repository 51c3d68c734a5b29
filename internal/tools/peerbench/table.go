package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// table is a row of the benchmark: what each contender got in each round.
type table struct {
	title, unit string
	names       []string
	figures     map[string][]float64
}

// add notes a figure of a round.
func (t *table) add(name string, v float64) {
	if t.figures == nil {
		t.figures = map[string][]float64{}
	}
	if t.figures[name] == nil {
		t.names = append(t.names, name)
	}
	t.figures[name] = append(t.figures[name], v)
}

// median of an odd or even number of figures, of which there is one at least.
func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// write prints the figures: the median, the range, and the ratio to the first
// contender, which is ours.
func (t *table) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", t.title)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "\t%s\tleast\tmost\tratio\t\n", t.unit)
	var first float64
	for i, name := range t.names {
		all := t.figures[name]
		m := median(all)
		if i == 0 {
			first = m
		}
		ratio := "-"
		if first != 0 {
			ratio = fmt.Sprintf("%.2f", m/first)
		}
		fmt.Fprintf(tw, "%s\t%.4g\t%.4g\t%.4g\t%s\t\n", name, m, slices.Min(all), slices.Max(all), ratio)
	}
	tw.Flush()
}
