package main

import (
	"context"
	"fmt"

	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/result"
)

// maxFind bounds a search.
const maxFind = 200_000

// search is -find: it prints the largest number of sessions that meets the
// thresholds, with the figures of the last good and the first bad probe.
func (o *options) search(ctx context.Context, cfg loadgen.Config, s cli.Streams) int {
	probe := func(ctx context.Context, n int) (*loadgen.Output, error) {
		cfg.Plan.Stages = o.simple(n)
		cfg.Run = newRun()
		show, end := o.live(s)
		cfg.Live = show
		out, err := loadgen.Run(ctx, cfg)
		end()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(s.Out, "%6d sessions  %s\n", n, out.Report.Headline())
		if out.Report.Partial != "" {
			return nil, fmt.Errorf("the search ended at %d sessions: %s", n, out.Report.Partial)
		}
		return out, nil
	}
	passed := func(out *loadgen.Output) bool { return out.Report.Verdict == result.Passed }
	f, err := loadgen.Find(ctx, o.n, maxFind, probe, passed)
	if err != nil {
		return cli.Report(s, help.Name, err)
	}
	if f.Bad != nil {
		fmt.Fprintf(s.Out, "\nThe first bad probe, %d sessions:\n", f.Bad.Sessions)
		if err := f.Bad.Output.Report.WriteSummary(s.Out); err != nil {
			return cli.Report(s, help.Name, err)
		}
	}
	if f.Good == nil {
		fmt.Fprintln(s.Out, "\nNo number of sessions meets the thresholds.")
		return cli.ExitFailed
	}
	fmt.Fprintf(s.Out, "\nThe last good probe, %d sessions:\n", f.Good.Sessions)
	if err := f.Good.Output.Report.WriteSummary(s.Out); err != nil {
		return cli.Report(s, help.Name, err)
	}
	limit := "the server's limit"
	if f.Bad == nil {
		limit = "the search went no further"
	} else if len(f.Bad.Output.Report.Void) > 0 {
		limit = "the generator's limit, or the machine's: the next probe was void"
	}
	fmt.Fprintf(s.Out, "\n%d sessions meet the thresholds; %s.\n", f.Good.Sessions, limit)
	if o.dir != nil {
		out := f.Good.Output
		if err := o.dir.Write(out.Report, out.Histograms, &out.Evidence); err != nil {
			return cli.Report(s, help.Name, err)
		}
	}
	return cli.ExitOK
}
