// Command attack puts rtmpserver under ten attacks, one after the other, and prints for each what honest clients felt
// of
// it and what memory the server took, against bounds. make attack runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"hookproof/internal/cli"
)

var help = cli.Help{
	Name:        "attack",
	Synopsis:    []string{"[-bin DIR] [-for TIME] [-only NAME]"},
	About:       "Puts the server in DIR under ten attacks and measures honest clients meanwhile.",
	FailedMeans: "a bound was broken",
}

// A result is one row of the table.
type result struct {
	name        string
	median, max time.Duration // of honest clients, until the player's first frame
	served      int
	failed      int    // honest clients that were not served
	why         string // the first of them was not
	rss         int64  // at most, in bytes
	strength    string
}

// broken names the bounds that a row breaks, "" for none.
func (r *result) broken() (what string) {
	for _, b := range []struct {
		over bool
		text string
	}{
		{r.served == 0, "nobody was served"},
		{r.failed > 0, fmt.Sprintf("%d were not served (%s)", r.failed, r.why)},
		{r.median > mostMedian, "median"},
		{r.max > mostWait, "longest"},
		{r.rss > mostRSS, "memory"},
	} {
		if b.over {
			what += " " + b.text
		}
	}
	return what
}

// Bounds of every attack. The budget for media is mediaMB; the collector lets the heap grow to twice that, and the rest
// is for connections.
const (
	mediaMB    = 64
	mostMedian = 100 * time.Millisecond
	mostWait   = time.Second
	mostRSS    = (2*mediaMB + 192) << 20
)

func main() { os.Exit(run(os.Args[1:], cli.Standard())) }

func run(args []string, s cli.Streams) int {
	fs := flag.NewFlagSet(help.Name, flag.ContinueOnError)
	bin := fs.String("bin", "bin", "the server is `DIR`/rtmpserver")
	only := fs.String("only", "", "make the attack of this `NAME` only")
	each := fs.Duration("for", 27*time.Second, "attack for this `TIME` in each way")
	if code, done := cli.Parse(s, fs, help, args); done {
		return code
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var rows []result
	for _, a := range attacks {
		if *only != "" && a.name != *only {
			continue
		}
		fmt.Fprintf(s.Err, "%s\n", a.name)
		r, err := measure(ctx, *bin, a, *each)
		if err != nil {
			return cli.Report(s, help.Name, fmt.Errorf("%s: %w", a.name, err))
		}
		rows = append(rows, r)
	}
	code := cli.ExitOK
	tw := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "attack\thow much\thonest\tmedian (%v)\tlongest (%v)\tRSS (%d MB)\t\n", mostMedian, mostWait,
		mostRSS>>20)
	for _, r := range rows {
		verdict := "kept"
		if what := r.broken(); what != "" {
			verdict, code = "BROKEN:"+what, cli.ExitFailed
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%v\t%v\t%d MB\t%s\n", r.name, r.strength, r.served,
			r.median.Round(100*time.Microsecond), r.max.Round(100*time.Microsecond), r.rss>>20, verdict)
	}
	tw.Flush()
	return code
}
