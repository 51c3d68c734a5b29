package result

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/loadgen/account"
)

//go:embed html/report.tmpl
var htmlText string

//go:embed html/page.css
var htmlStyle string

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"ms": short, "bytes": size, "pct": func(v float64) float64 { return float64(int(v*1000)) / 10 },
	"stamp": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"show":  redact.Line, // what servers or files said
	"title": func(k account.Kind) string { return k.Title() },
}).Parse(htmlText))

// page is what the template sees.
type page struct {
	*Report
	Charts []template.HTML
	Kinds  []account.Kind
	Events []hook.Event
	CSS    template.CSS
	Policy string
}

// policy lets the page have its own style sheet, and neither load nor run
// anything.
func policy(css string) string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// WriteHTML writes report.html: one file, which loads nothing and runs no script.
func (r *Report) WriteHTML(w io.Writer) error {
	return htmlPage.Execute(w, page{Report: r, Charts: r.charts(), Kinds: account.Kinds, Events: hook.Events[:],
		CSS: template.CSS(htmlStyle), Policy: policy(htmlStyle)})
}

// charts draws everything that there is to draw.
func (r *Report) charts() (list []template.HTML) {
	of := r.over
	for _, c := range []chart{
		{title: "Sessions", unit: "at once", lines: []line{
			of("playing", "l1", func(s *Sample) float64 { return float64(s.Playing) }),
			of("publishing", "l2", func(s *Sample) float64 { return float64(s.Publishing) }),
			of("arriving", "l3", func(s *Sample) float64 { return float64(s.Arriving) })}},
		{title: "Rates", unit: "per second", lines: []line{
			r.rate("clients", "l1", func(s *Sample) float64 { return float64(s.Started) }),
			r.rate("hook requests", "l2", func(s *Sample) float64 { return float64(s.Hooks) }),
			r.rate("refusals", "l3", func(s *Sample) float64 { return float64(s.Refused) })}},
		{title: "Frames received", unit: "per second", lines: []line{
			r.rate("frames", "l1", func(s *Sample) float64 { return float64(s.Frames) })}},
		{title: "Errors", unit: "so far", lines: []line{
			of("errors", "l4", func(s *Sample) float64 { return float64(s.Errors) })}},
		r.curves("Latency of clients' steps", "tcp", "connect", "publish", "play"),
		r.curves("Latency of hooks", "hook.on_connect", "hook.on_publish", "hook.on_play", "hook.on_close"),
		r.curves("Media and refusals", "e2e", "jitter", "first_frame", "disconnect"),
		{title: "CPU", unit: "cores", lines: []line{
			of("generator", "l1", func(s *Sample) float64 { return s.OwnCPU }),
			of("server", "l2", func(s *Sample) float64 { return s.ServerCPU })}},
		{title: "Memory", unit: "MiB", lines: []line{
			of("generator", "l1", func(s *Sample) float64 { return float64(s.OwnRSS) / (1 << 20) }),
			of("server", "l2", func(s *Sample) float64 { return float64(s.ServerRSS) / (1 << 20) })}},
	} {
		if svg := c.svg(); svg != "" {
			list = append(list, svg)
		}
	}
	return list
}

// over draws a sample's value over time.
func (r *Report) over(name, class string, value func(*Sample) float64) line {
	l := line{name: name, class: class, x: []float64{0}, y: []float64{0}}
	for i := range r.Series {
		l.x, l.y = append(l.x, r.Series[i].At), append(l.y, value(&r.Series[i]))
	}
	return l
}

// rate draws how fast a count grows.
func (r *Report) rate(name, class string, value func(*Sample) float64) line {
	l := r.over(name, class, value)
	for i := len(l.y) - 1; i > 0; i-- {
		if passed := l.x[i] - l.x[i-1]; passed > 0 {
			l.y[i] = max(0, (l.y[i]-l.y[i-1])/passed)
		}
	}
	return l
}

// curves draws percentiles.
func (r *Report) curves(title string, names ...string) chart {
	c := chart{title: title, unit: "ms, by percentile", log: true}
	for i, name := range names {
		lat := r.Latency(name)
		if lat == nil || lat.Count < 2 {
			continue
		}
		l := line{name: lat.Name, class: []string{"l1", "l2", "l3", "l4"}[i%4]}
		for _, p := range lat.Curve {
			if p.Percentile < 100 {
				l.x, l.y = append(l.x, p.Percentile), append(l.y, p.Value)
			}
		}
		c.lines = append(c.lines, l)
	}
	return c
}
