package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/explore"
	"hookproof/internal/explore/oracle"
	"hookproof/internal/mutant"
	"hookproof/internal/mutant/rtmpdefect"
	"hookproof/internal/scenario/rtmptarget"
)

func writer(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// mutantPrograms is how many programs a planted defect may take, unless -programs says so.
const mutantPrograms = 2000

// mutantScale shortens the time limits on servers with a planted defect, which mostly make
// something wait that never comes.
const mutantScale = 0.2

// findMutants explores servers with a planted defect, one after the other, until it is
// found, and prints after how many programs.
func (o *exploreOptions) findMutants(ctx context.Context, s cli.Streams) int {
	rows := o.mutantsNamed()
	if len(rows) == 0 {
		return cli.Report(s, exploreHelp.Name, cli.Usagef("-mutants %s: no planted defect that programs can show "+
			"has such a name", strings.Join(o.mutants, ",")))
	}
	profiles, err := o.profiles(ctx, s)
	if err != nil {
		return cli.Report(s, exploreHelp.Name, err)
	}
	setFlags := map[string]bool{}
	o.flags.Visit(func(f *flag.Flag) { setFlags[f.Name] = true })
	if o.Programs == 0 {
		o.Programs = mutantPrograms
	}
	if !setFlags["timeout-scale"] {
		o.scale = mutantScale
	}
	o.For, o.First, o.Found = 0, true, nil
	if !setFlags["parallel"] {
		o.Parallel = 4
	}
	code := cli.ExitOK
	fmt.Fprintf(s.Out, "| mutant | profile | programs | requirement | replayed | steps, drawn and small |\n"+
		"|---|---|---|---|---|---|\n")
	for _, r := range rows {
		for _, p := range profiles {
			if !r.In(p) {
				continue
			}
			line, found, err := o.findMutant(ctx, &r, p)
			if err != nil {
				return cli.Report(s, exploreHelp.Name, err)
			}
			fmt.Fprintln(s.Out, line)
			if !found {
				code = cli.ExitFailed
			}
		}
	}
	return code
}

// mutantsNamed lists the rows that are asked for, of those that programs can show.
func (o *exploreOptions) mutantsNamed() []mutant.Row {
	return slices.DeleteFunc(slices.Clone(rtmpdefect.Table), func(r mutant.Row) bool {
		return r.Variant || r.Peer.Role() != features.RoleServer || unseen[r.Name] ||
			!slices.ContainsFunc(r.Expected, func(id string) bool { return slices.Contains(oracle.IDs, id) }) ||
			!slices.ContainsFunc(o.mutants,
				func(part string) bool { return part == "all" || strings.Contains(r.Name, part) })
	})
}

// findMutant explores one planted defect in one profile and returns its row of the table.
func (o *exploreOptions) findMutant(ctx context.Context, r *mutant.Row, p *hook.Profile,
) (line string, found bool, err error) {
	t, err := r.Peer.Open(ctx, p, o.scale)
	if err != nil {
		return "", false, err
	}
	defer t.Close()
	eo := o.Options
	eo.Started, eo.ShrinkFor = time.Now(), 20*time.Second
	e := explore.New(t.(*rtmptarget.Target), eo)
	all := e.Run(ctx)
	if len(all) == 0 {
		return fmt.Sprintf("| %s | %s | not within %d | | | |", r.Name, p, e.Counters().Programs), false, ctx.Err()
	}
	v := all[0]
	for _, other := range all {
		if v.Failed == 0 && other.Failed > 0 {
			v = other
		}
	}
	own := ""
	if !r.Allows(v.Requirement) {
		own = " (not the row's)"
	}
	return fmt.Sprintf("| %s | %s | %d | %s%s | %d of %d | %d, %d |", r.Name, p, v.Number, v.Requirement, own, v.Failed,
		v.Replays, len(v.Drawn), len(v.Program)), true, nil
}

// unseen are the planted defects that no program shows, since they need what programs
// have not: the server's time-outs, or its end.
var unseen = map[string]bool{"admits-late": true, "silence-unnoticed": true, "ends-silently": true}
