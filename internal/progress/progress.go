// Package progress draws the bars of all commands, in one style.
package progress

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
)

// New starts drawing on w, which is so many columns wide. Its goroutines end in
// the result's Wait.
func New(w io.Writer, columns int) *mpb.Progress {
	return mpb.New(mpb.WithOutput(w), mpb.WithWidth(columns), mpb.WithAutoRefresh(),
		mpb.WithRefreshRate(200*time.Millisecond))
}

// Bar adds a bar of a width that leaves room for words after it.
func Bar(p *mpb.Progress, total int64, columns int, more ...mpb.BarOption) *mpb.Bar {
	style := mpb.BarStyle().Lbound("").Filler("━").Tip("━").Padding("─").Rbound("")
	return p.New(total, style, append([]mpb.BarOption{mpb.BarWidth(max(10, min(40, columns/3)))}, more...)...)
}
