package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/mutantrun"
	"hookproof/internal/reportdir"
	"hookproof/reports"
)

var mutantsHelp = cli.Help{
	Name:     "conformance mutants",
	Synopsis: []string{"[-name TEXT] [-profile P] [-parallel N] [-report DIR] [-every-case]", "-list"},
	About: `Proves the suite: puts the proxies of each mutant, a server with one planted defect,
around the built-in server and runs the scenarios. Each mutant must be caught by
exactly the requirements that its row names, and without a defect everything must pass.
Prints a line for each mutant and profile as it is done, then the matrix.`,
	Sections: []cli.Section{
		{Title: "Looks", Text: `Several mutants run at once, with short time limits, and face all scenarios of the
requirements they must break and a choice of the others. What comes out wrong is
repeated alone and with the full time limits; the second look counts.`},
	},
	Examples: []cli.Example{
		{For: "all of them", Call: "conformance mutants"},
		{For: "those that lose an event, in one profile", Call: "conformance mutants -name lost -profile srs7"},
		{For: "what there is", Call: "conformance mutants -list"},
		{For: "the proxies alone", Call: "conformance mutants -name none"},
	},
	FailedMeans: "a mutant was not caught, or something failed without a defect",
}

// mutantsCommand runs the mutants.
func mutantsCommand(ctx context.Context, args []string, s cli.Streams) int {
	var o mutantrun.Options
	f := flag.NewFlagSet(mutantsHelp.Name, flag.ContinueOnError)
	f.StringVar(&o.Name, "name", "", "run the mutants in whose name this `TEXT` stands, and the proxies alone")
	profile := f.String("profile", "all", "run this `PROFILE`: srs1, srs7 or all")
	f.IntVar(&o.Parallel, "parallel", mutantrun.DefaultParallel, "run `N` mutants at once, 1 to 64")
	f.IntVar(&o.Clients, "clients", mutantrun.DefaultClients, "size of the crowds in scenarios under load, 16 to 20000: `N`")
	f.Float64Var(&o.Scale, "timeout-scale", mutantrun.DefaultScale, "multiply the time limits of the first look by `FACTOR`")
	f.Int64Var(&o.Seed, "seed", 1, "`NUMBER` that decides who is refused and who vanishes")
	f.BoolVar(&o.EveryCase, "every-case", false, "have every mutant face every scenario")
	report := f.String("report", "", "write report.html, report.json, junit.xml, summary.md and mutants.txt (the matrix) to this `DIR`")
	list := f.Bool("list", false, "list the mutants and end")
	if code, done := cli.Parse(s, f, mutantsHelp, args); done {
		return code
	}
	if *profile != "all" {
		o.Profiles = strings.Split(*profile, ",")
	}
	trials, err := mutantTrials(o)
	if err != nil {
		return cli.Report(s, mutantsHelp.Name, err)
	}
	if *list {
		listMutants(s, trials)
		return cli.ExitOK
	}
	var dir *reportdir.Dir
	if *report != "" {
		if dir, err = reportdir.Create(*report, append(reports.Files, matrixFile)...); err != nil {
			return cli.Report(s, mutantsHelp.Name, err)
		}
		defer dir.Close()
	}
	cli.RaiseOpenFiles(uint64(o.Parallel*(8*o.Clients+512) + 4096))
	o.Done = func(t *mutantrun.Trial) { fmt.Fprintln(s.Out, t) }
	run, err := mutantrun.Run(ctx, o, trials)
	if err == nil {
		err = writeMutants(s, run, trials, dir)
	}
	if err != nil {
		return cli.Report(s, mutantsHelp.Name, err)
	}
	if run.Interrupted {
		return cli.ExitCouldNotRun
	}
	if !run.Mutants.AllCaught() {
		return cli.ExitFailed
	}
	return cli.ExitOK
}

// mutantTrials checks the options and gives the trials that they ask for.
func mutantTrials(o mutantrun.Options) ([]*mutantrun.Trial, error) {
	switch {
	case o.Parallel < 1 || o.Parallel > 64:
		return nil, cli.Usagef("-parallel is %d: 1 to 64 was expected", o.Parallel)
	case o.Clients < 16 || o.Clients > 20000: // one defect is a limit of six, and rounds are of half a crowd
		return nil, cli.Usagef("-clients is %d: 16 to 20000 was expected", o.Clients)
	case !(o.Scale >= 0.1 && o.Scale <= 100):
		return nil, cli.Usagef("-timeout-scale is %v: 0.1 to 100 was expected", o.Scale)
	}
	trials, err := mutantrun.Trials(o)
	if err != nil {
		return nil, cli.Usagef("%v", err)
	}
	return trials, nil
}

func listMutants(s cli.Streams, trials []*mutantrun.Trial) {
	for _, t := range trials {
		fmt.Fprintf(s.Out, "%-28s %s  %s; must fail: %s\n", t.Mutant.Name, t.Profile, t.Mutant.Defect, strings.Join(t.Mutant.Expected, " "))
	}
	fmt.Fprintf(s.Out, "%d trials\n", len(trials))
}

// writeMutants prints the matrix and the count, and writes the report.
func writeMutants(s cli.Streams, run *reports.Run, trials []*mutantrun.Trial, dir *reportdir.Dir) error {
	var matrix bytes.Buffer
	if err := mutantrun.WriteMatrix(&matrix, trials); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "\n%s\nmutants: %d of %d caught in %s; without a defect: %s\n", matrix.Bytes(), run.Mutants.Caught(), len(run.Mutants.Rows),
		run.Ended.Sub(run.Started).Round(time.Second), run.Mutants.Unmutated)
	if run.Interrupted {
		fmt.Fprintln(s.Out, "the run was interrupted")
	}
	if dir == nil {
		return nil
	}
	run.Version = cli.Version()
	run.Command = strings.Join(append([]string{help.Name}, cli.Masked(os.Args[1:], "accept", "refuse")...), " ")
	if err := errors.Join(reports.WriteTo(dir, run, reports.KeepFailed), dir.Write(matrixFile, func(w io.Writer) error { return mutantrun.WriteMatrix(w, trials) })); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	fmt.Fprintf(s.Out, "report: %s\n", dir.Path())
	return nil
}

// matrixFile is the matrix of mutants in a report directory.
const matrixFile = "mutants.txt"
