package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/internal/cli"
	"hookproof/internal/mutant"
	"hookproof/internal/mutant/hookdefect"
	"hookproof/internal/mutant/rtmpdefect"
	"hookproof/internal/reportdir"
	"hookproof/reports"
)

var mutantsHelp = cli.Help{
	Name:     "conformance mutants",
	Synopsis: []string{"[-role R] [-name NAMES] [-profile P] [-parallel N] [-report DIR] [-every-case]", "-list"},
	About: `Proves the suite, in both directions. Mutants are servers with one planted defect:
each must be caught by exactly the requirements that its row names. Variants are
servers that differ in a legal way: the suite must not accuse them. Without a
difference everything must pass. Prints a line for each as it is done, then the matrix.`,
	Sections: []cli.Section{
		{Title: "Looks", Text: `Several run at once, with short time limits, and face all scenarios of the
requirements they must break and a choice of the others. What comes out wrong is
repeated alone and with the full time limits; the second look counts.`},
	},
	Examples: []cli.Example{
		{For: "all of them", Call: "conformance mutants"},
		{For: "RTMP servers that lose or double an event, in one profile",
			Call: "conformance mutants -role rtmp -name lost,twice -profile srs6"},
		{For: "what there is for hook servers", Call: "conformance mutants -list -role hooks"},
		{For: "the sound servers alone", Call: "conformance mutants -name none"},
	},
	FailedMeans: "a mutant was not caught, a variant was accused, or something failed without a difference",
}

// mutantRows are all rows, the sound ones first.
func mutantRows() []mutant.Row {
	return slices.Concat([]mutant.Row{rtmpdefect.Sound, hookdefect.Sound}, rtmpdefect.Table, hookdefect.Table)
}

// mutantOptions are the flags of the command.
type mutantOptions struct {
	mutant.Options
	flags                 *flag.FlagSet
	role, profile, report string
	list                  bool
}

func newMutantOptions() *mutantOptions {
	o := &mutantOptions{flags: flag.NewFlagSet(mutantsHelp.Name, flag.ContinueOnError)}
	f := o.flags
	f.StringVar(&o.role, "role", "all", "what is mutated, a `ROLE`: rtmp (RTMP servers), hooks (hook servers) or all")
	f.Func("name", "run those whose name contains one of these `NAMES`, separated by commas, and the sound servers",
		func(v string) error { o.Names = append(o.Names, list(v)...); return nil })
	f.StringVar(&o.profile, "profile", "", "run this `PROFILE`: "+strings.Join(features.Profiles, ", ")+" or all\n"+
		"(default: each in the newest that it can be seen in, mutants of RTMP servers in srs1, too)")
	f.IntVar(&o.Parallel, "parallel", mutant.DefaultParallel, "run `N` at once, 1 to 64")
	f.IntVar(&o.Clients, "clients", mutant.DefaultClients,
		"size of the crowds in scenarios under load, 16 to 20000: `N`")
	f.Float64Var(&o.Scale, "timeout-scale", mutant.DefaultScale,
		"multiply the time limits of the first look by `FACTOR`")
	f.Int64Var(&o.Seed, "seed", 1, "`NUMBER` that decides who is refused and who vanishes")
	f.BoolVar(&o.EveryCase, "every-case", false, "have each face every scenario")
	f.StringVar(&o.report, "report", "",
		"write report.html, report.json, junit.xml, summary.md and mutants.txt (the matrix) to this `DIR`")
	f.BoolVar(&o.list, "list", false, "list those that the other options choose, and end")
	return o
}

// mutantsCommand runs the mutants and variants.
func mutantsCommand(ctx context.Context, args []string, s cli.Streams) int {
	o := newMutantOptions()
	if code, done := cli.Parse(s, o.flags, mutantsHelp, args); done {
		return code
	}
	trials, err := o.trials()
	if err != nil {
		return cli.Report(s, mutantsHelp.Name, err)
	}
	if o.list {
		listMutants(s, trials)
		return cli.ExitOK
	}
	var dir *reportdir.Dir
	if o.report != "" {
		if dir, err = reportdir.Create(o.report, append(reports.Files, matrixFile)...); err != nil {
			return cli.Report(s, mutantsHelp.Name, err)
		}
		defer dir.Close()
	}
	cli.RaiseOpenFiles(uint64(o.Parallel*(8*o.Clients+512) + 4096))
	o.Done = func(t *mutant.Trial) { fmt.Fprintln(s.Out, t) }
	run, err := mutant.Run(ctx, o.Options, trials)
	if err == nil {
		err = writeMutants(s, run, trials, dir)
	}
	code, reason := cli.ExitOK, ""
	switch {
	case err != nil:
		return cli.Report(s, mutantsHelp.Name, err)
	case run.Interrupted:
		code, reason = cli.ExitCouldNotRun, "the run was interrupted; "
	case !run.Mutants.AllCaught():
		code = cli.ExitFailed
	}
	fmt.Fprintf(s.Out, "exit %d: %s%s\n", code, reason, run.Mutants)
	return code
}

// trials checks the options and returns the trials that they ask for.
func (o *mutantOptions) trials() ([]*mutant.Trial, error) {
	switch o.role {
	case "all":
	case "rtmp":
		o.Role = features.RoleServer
	case "hooks":
		o.Role = features.RoleHookServer
	default:
		return nil, cli.Usagef("-role: want rtmp, hooks or all, got %q", o.role)
	}
	switch o.profile {
	case "":
		o.Few = true
	case "all":
	default:
		o.Profiles = list(o.profile)
	}
	switch {
	case o.Parallel < 1 || o.Parallel > 64:
		return nil, cli.Usagef("-parallel: want 1 to 64, got %d", o.Parallel)
	case o.Clients < 16 || o.Clients > 20000: // one defect is a limit of six, and rounds are of half a crowd
		return nil, cli.Usagef("-clients: want 16 to 20000, got %d", o.Clients)
	case !(o.Scale >= 0.1 && o.Scale <= 100):
		return nil, cli.Usagef("-timeout-scale: want 0.1 to 100, got %v", o.Scale)
	}
	trials, err := mutant.Trials(o.Options, mutantRows())
	if err != nil {
		return nil, cli.Usagef("%v", err)
	}
	return trials, nil
}

func listMutants(s cli.Streams, trials []*mutant.Trial) {
	for _, t := range trials {
		must := "nothing may fail"
		if len(t.Row.Expected) > 0 {
			must = "must fail: " + strings.Join(t.Row.Expected, " ")
		}
		fmt.Fprintf(s.Out, "%-28s %s  %s; %s\n", t.Row.Name, t.Profile, t.Row.Defect, must)
	}
	fmt.Fprintf(s.Out, "%d trials\n", len(trials))
}

// writeMutants prints the matrix and the count, and writes the report.
func writeMutants(s cli.Streams, run *reports.Run, trials []*mutant.Trial, dir *reportdir.Dir) error {
	var matrix bytes.Buffer
	if err := mutant.WriteMatrix(&matrix, trials); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "\n%s\n%s in %s\n", matrix.Bytes(), run.Mutants, run.Ended.Sub(run.Started).Round(time.Second))
	if run.Interrupted {
		fmt.Fprintln(s.Out, "the run was interrupted")
	}
	if dir == nil {
		return nil
	}
	run.Version = cli.Version()
	run.Command = strings.Join(append([]string{help.Name}, cli.Masked(os.Args[1:], "accept", "refuse")...), " ")
	if err := errors.Join(reports.WriteTo(dir, run, reports.KeepFailed),
		dir.Write(matrixFile, func(w io.Writer) error { return mutant.WriteMatrix(w, trials) })); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	fmt.Fprintf(s.Out, "report: %s\n", dir.Path())
	return nil
}

// matrixFile is the matrix of mutants in a report directory.
const matrixFile = "mutants.txt"
