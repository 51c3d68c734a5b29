package result

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// line is one line of a chart.
type line struct {
	name  string
	class string // l1 to l4: its colour
	x, y  []float64
}

// chart is a drawing of a few lines over one axis.
type chart struct {
	title, unit string
	lines       []line
	log         bool // both axes are logarithmic: percentiles and times
}

// Size of a chart, in the units of its view box.
const (
	chartW, chartH           = 560, 220
	left, right, upper, base = 56, 130, 12, 28
)

// svg draws the chart; nothing where there is nothing to draw.
func (c *chart) svg() template.HTML {
	top, end := 0.0, 0.0
	low := math.Inf(1)
	for _, l := range c.lines {
		for i, y := range l.y {
			top, end = max(top, y), max(end, l.x[i])
			if y > 0 {
				low = min(low, y)
			}
		}
	}
	if end == 0 || top == 0 {
		return ""
	}
	a := axes{log: c.log, end: end, top: niceTop(top), low: 0}
	if c.log {
		a.low, a.top = math.Pow(10, math.Floor(math.Log10(max(low, 0.001)))), math.Pow(10, math.Ceil(math.Log10(top)))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<figure><figcaption>%s <span class="quiet">%s</span></figcaption><svg viewBox="0 0 %d %d" role="img" aria-label="%s">`,
		html.EscapeString(c.title), html.EscapeString(c.unit), chartW, chartH, html.EscapeString(c.title))
	a.grid(&b)
	names := labels{}
	for _, l := range c.lines {
		a.draw(&b, &l, names)
	}
	b.WriteString("</svg></figure>")
	return template.HTML(b.String()) // made of numbers and escaped names only
}

// axes turns values into places.
type axes struct {
	log           bool
	end, top, low float64
}

func (a *axes) px(x float64) float64 {
	if a.log {
		x, end := nines(x), nines(a.end)
		return left + x/end*(chartW-left-right)
	}
	return left + x/a.end*(chartW-left-right)
}

func (a *axes) py(y float64) float64 {
	share := y / a.top
	if a.log {
		share = math.Log10(max(y, a.low)/a.low) / math.Log10(a.top/a.low)
	}
	return chartH - base - share*(chartH-base-upper)
}

// nines stretches percentiles: 90 to 99 takes as much room as 0 to 90.
func nines(p float64) float64 { return -math.Log10(1 - min(p, 99.9995)/100) }

// grid draws lines and their values.
func (a *axes) grid(b *strings.Builder) {
	for _, y := range a.ticksY() {
		fmt.Fprintf(b, `<path class="g" d="M%d %.1fH%d"/><text class="s" x="%d" y="%.1f" text-anchor="end">%s</text>`,
			left, a.py(y), chartW-right, left-6, a.py(y)+4, number(y))
	}
	for _, x := range a.ticksX() {
		label := number(x) + " s"
		if a.log {
			label = "p" + number(x)
		}
		fmt.Fprintf(b, `<text class="s" x="%.1f" y="%d" text-anchor="middle">%s</text>`, a.px(x), chartH-8, label)
	}
}

func (a *axes) ticksY() (ys []float64) {
	if a.log {
		for y := a.low; y <= a.top*1.001; y *= 10 {
			ys = append(ys, y)
		}
		return ys
	}
	return []float64{0, a.top / 2, a.top}
}

func (a *axes) ticksX() (xs []float64) {
	if !a.log {
		return []float64{0, math.Round(a.end / 2), math.Round(a.end)}
	}
	for _, p := range []float64{0, 50, 90, 99, 99.9, 99.99, 99.999} {
		if p <= a.end {
			xs = append(xs, p)
		}
	}
	return xs
}

// labels keeps the names behind the lines from covering each other.
type labels map[int]bool

func (n labels) place(y float64) int {
	row := int(y) / 13
	for n[row] {
		row--
	}
	n[row] = true
	return row*13 + 9
}

func (a *axes) draw(b *strings.Builder, l *line, names labels) {
	fmt.Fprintf(b, `<polyline class="%s" points="`, l.class)
	for i := range l.y {
		fmt.Fprintf(b, "%.1f,%.1f ", a.px(l.x[i]), a.py(l.y[i]))
	}
	last := len(l.y) - 1
	fmt.Fprintf(b, `"/><text class="%s" x="%.1f" y="%d">%s</text>`, l.class, a.px(l.x[last])+6, names.place(a.py(l.y[last])), html.EscapeString(l.name))
}

// niceTop rounds an axis up to 1, 2 or 5 times a power of ten.
func niceTop(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5, 10} {
		if v <= f*p {
			return f * p
		}
	}
	return v
}

// number writes a tick.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%gk", v/1e3)
	}
	return fmt.Sprintf("%g", math.Round(v*1e5)/1e5)
}
