package result

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"time"

	"hookproof/hook"
	"hookproof/internal/pagepolicy"
	"hookproof/internal/redact"
	"hookproof/loadgen/account"
)

var (
	//go:embed html/report.tmpl
	htmlText string
	//go:embed html/page.css
	htmlStyle string
	//go:embed html/live.js
	liveScript string
)

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"ms": short, "bytes": size, "pct": func(v float64) float64 { return float64(int(v*1000)) / 10 },
	"stamp": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"show":  redact.Line, // what servers or files said
	"title": func(k account.Kind) string { return k.Title() },
}).Parse(htmlText))

// page is what the template sees.
type page struct {
	*Report
	Running string // where in its plan a test that goes on is; "" of a finished one
	Tiles   []tile
	Over    []template.HTML // charts over time
	Curves  []template.HTML // charts of percentiles
	Kinds   []account.Kind
	Events  []hook.Event
	Alike   []group // findings
	CSS     template.CSS
	JS      template.JS
	Policy  string
}

func (r *Report) page(running string) *page {
	p := &page{Report: r, Running: running, Tiles: r.tiles(), Over: drawn(r.overTime()),
		Curves: drawn(r.percentileCurves()),
		Kinds:  account.Kinds, Events: hook.Events[:], CSS: template.CSS(htmlStyle),
		Policy: pagepolicy.Inline(htmlStyle, "")}
	if r.Hooks != nil {
		p.Alike = alike(r.Hooks.Findings)
	}
	return p
}

func drawn(charts []chart) (list []template.HTML) {
	for i := range charts {
		if svg := charts[i].svg(); svg != "" {
			list = append(list, svg)
		}
	}
	return list
}

// WriteHTML writes report.html: one file, which loads nothing and runs no script.
func (r *Report) WriteHTML(w io.Writer) error { return htmlPage.ExecuteTemplate(w, "page", r.page("")) }

// LivePage is the page of a test that goes on, without its content.
func LivePage() (html []byte, contentPolicy string) {
	var b bytes.Buffer
	p := &page{CSS: template.CSS(htmlStyle), JS: template.JS(liveScript), Policy: pagepolicy.Live(htmlStyle,
		liveScript)}
	if err := htmlPage.ExecuteTemplate(&b, "live", p); err != nil {
		panic("loadgen: live page: " + err.Error()) // it has no input; tested
	}
	return b.Bytes(), p.Policy
}

// LiveContent is the content of the page of a test that goes on: the same as
// report.html has at its end. running says where in its plan the test is.
func (r *Report) LiveContent(running string) (string, error) {
	var b bytes.Buffer
	err := htmlPage.ExecuteTemplate(&b, "content", r.page(running))
	return b.String(), err
}
