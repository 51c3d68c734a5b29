package result

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"
)

// line is one line of a chart.
type line struct {
	name  string
	class string // l1 to l4: its colour
	x, y  []float64
}

// limit is a threshold drawn into a chart.
type limit struct {
	text   string
	value  float64
	failed bool
	at     float64 // when it was first broken; 0: at no moment that is known
}

// chart is a drawing of a few lines over one axis.
type chart struct {
	title, unit string
	lines       []line
	limits      []limit
	log         bool    // both axes are logarithmic: percentiles and times
	end         float64 // of the horizontal axis; 0: where the lines end
}

// Size of a chart, in the units of its view box.
const (
	chartW, chartH           = 400, 176
	left, right, upper, base = 44, 10, 20, 22
)

// mostColumns bounds the places of a chart that show their values.
const mostColumns = 240

// svg draws the chart; nothing where there is nothing to draw.
func (c *chart) svg() template.HTML {
	a, ok := c.axes()
	if !ok {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<figure><figcaption>%s <span class="quiet">%s</span></figcaption><p class="key">`,
		html.EscapeString(c.title), html.EscapeString(c.unit))
	for _, l := range c.lines {
		fmt.Fprintf(&b, `<span class="%s">%s</span>`, l.class, html.EscapeString(l.name))
	}
	fmt.Fprintf(&b, `</p><svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartW, chartH,
		html.EscapeString(c.words()))
	a.grid(&b)
	for _, l := range c.limits {
		a.limit(&b, &l)
	}
	for _, l := range c.lines {
		a.draw(&b, &l)
	}
	c.columns(&b, &a)
	b.WriteString("</svg></figure>")
	return template.HTML(b.String()) // made of numbers and escaped names only
}

// words says what the chart shows to those who cannot see it.
func (c *chart) words() string {
	parts := []string{c.title}
	for _, l := range c.lines {
		if len(l.y) > 0 {
			parts = append(parts, fmt.Sprintf("%s at most %s", l.name, number(slices.Max(l.y))))
		}
	}
	return strings.Join(parts, ", ") + " " + c.unit
}

// axes finds how far the axes go; false where there is nothing to draw.
func (c *chart) axes() (axes, bool) {
	top, end := 0.0, c.end
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
		return axes{}, false
	}
	c.limits = slices.DeleteFunc(slices.Clone(c.limits), func(l limit) bool { return !l.failed && l.value > 2*top })
	for _, l := range c.limits {
		top = max(top, l.value)
	}
	a := axes{log: c.log, end: end, top: niceTop(top)}
	if c.log {
		a.low, a.top = math.Pow(10, math.Floor(math.Log10(max(low, 0.001)))), math.Pow(10, math.Ceil(math.Log10(top)))
	}
	return a, true
}

// columns draws, for each place of the horizontal axis, what a pointer there
// is shown: a line and the values.
func (c *chart) columns(b *strings.Builder, a *axes) {
	var xs []float64
	for _, l := range c.lines {
		xs = append(xs, l.x...)
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	step := (len(xs) + mostColumns - 1) / mostColumns
	for i := 0; i < len(xs); i += step {
		x, from, to := a.px(xs[i]), float64(left), float64(chartW-right)
		if i > 0 {
			from = (a.px(xs[max(0, i-step)]) + x) / 2
		}
		if i+step < len(xs) {
			to = (x + a.px(xs[i+step])) / 2
		}
		text := []string{a.place(xs[i])}
		for _, l := range c.lines {
			if n := slices.Index(l.x, xs[i]); n >= 0 {
				text = append(text, l.name+" "+number(rounded(l.y[n])))
			}
		}
		fmt.Fprintf(b,
			`<g class="at"><rect x="%.1f" y="0" width="%.1f" height="%d"/>`+
				`<path d="M%.1f %dV%d"/><text x="%d" y="11">%s</text></g>`,
			from, to-from, chartH, x, upper, chartH-base, left, html.EscapeString(strings.Join(text, " · ")))
	}
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

// place names a place of the horizontal axis.
func (a *axes) place(x float64) string {
	if a.log {
		return "p" + number(x)
	}
	return number(rounded(x)) + " s"
}

// grid draws lines and their values.
func (a *axes) grid(b *strings.Builder) {
	for _, y := range a.ticksY() {
		fmt.Fprintf(b, `<path class="g" d="M%d %.1fH%d"/><text class="s" x="%d" y="%.1f" text-anchor="end">%s</text>`,
			left, a.py(y), chartW-right, left-6, a.py(y)+4, number(y))
	}
	for _, x := range a.ticksX() {
		fmt.Fprintf(b, `<text class="s" x="%.1f" y="%d" text-anchor="middle">%s</text>`, min(a.px(x), chartW-right-8),
			chartH-6, a.place(x))
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
		return slices.Compact([]float64{0, math.Round(a.end / 2), math.Round(a.end)})
	}
	for _, p := range []float64{0, 50, 90, 99, 99.9, 99.99, 99.999} {
		if p <= a.end {
			xs = append(xs, p)
		}
	}
	return xs
}

// gap is how far two points of time may be apart, in seconds, to be joined.
const gap = 2.5

func (a *axes) draw(b *strings.Builder, l *line) {
	for i := range l.y {
		if i == 0 || !a.log && l.x[i]-l.x[i-1] > gap {
			if i > 0 {
				b.WriteString(`"/>`)
			}
			// Twice, so that a point without neighbours is seen.
			fmt.Fprintf(b, `<polyline class="%s" points="%.1f,%.1f `, l.class, a.px(l.x[i]), a.py(l.y[i]))
		}
		fmt.Fprintf(b, "%.1f,%.1f ", a.px(l.x[i]), a.py(l.y[i]))
	}
	if len(l.y) > 0 {
		b.WriteString(`"/>`)
	}
}

// limit draws a threshold, and the moment at which it was broken.
func (a *axes) limit(b *strings.Builder, l *limit) {
	class := "lim"
	if l.failed {
		class = "lim broken"
	}
	y := a.py(l.value)
	fmt.Fprintf(b, `<g class="%s"><path d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
		class, left, y, chartW-right, chartW-right, max(y-3, upper-10), html.EscapeString(l.text))
	if l.failed && l.at > 0 {
		x := a.px(min(l.at, a.end))
		fmt.Fprintf(b, `<path d="M%.1f %dV%d"/><circle cx="%.1f" cy="%.1f" r="4"/>`+
			`<text x="%.1f" y="%d">first at %s</text>`,
			x, upper, chartH-base, x, y, min(x+5, chartW-right-70), upper+9, a.place(l.at))
	}
	b.WriteString("</g>")
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

// rounded keeps three digits or so.
func rounded(v float64) float64 {
	switch {
	case v >= 100:
		return math.Round(v)
	case v >= 10:
		return math.Round(v*10) / 10
	}
	return math.Round(v*100) / 100
}

// number writes a tick.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.4gM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.4gk", v/1e3)
	}
	return fmt.Sprintf("%g", math.Round(v*1e5)/1e5)
}
