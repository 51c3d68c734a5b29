package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/internal/cli"
	"hookproof/internal/hookmutant"
	"hookproof/internal/suite"
	"hookproof/reports"
)

var hookMutantsHelp = cli.Help{
	Name:     "conformance hook-mutants",
	Synopsis: []string{"[-name NAMES] [-profile P] [-report DIR] [-every-case]", "-list"},
	About: `Proves the suite for hook servers: runs it against small hook servers, each with one
planted defect, and against one without. Each must be caught by exactly the
requirements that its row names, and the sound one must pass.`,
	Examples: []cli.Example{
		{For: "all of them, each in its newest profile", Call: "conformance hook-mutants"},
		{For: "what there is", Call: "conformance hook-mutants -list"},
	},
	FailedMeans: "a mutant was not caught, or something failed without a defect",
}

// hookMutantsCommand runs the mutants of hook servers.
func hookMutantsCommand(ctx context.Context, args []string, s cli.Streams) int {
	var o hookmutant.Options
	f := flag.NewFlagSet(hookMutantsHelp.Name, flag.ContinueOnError)
	names := f.String("name", "", "run the mutants of these `NAMES` only, separated by commas")
	profile := f.String("profile", "", "run this `PROFILE`: srs1, srs7 or all\n(default: each mutant in the newest that it is for)")
	f.IntVar(&o.Parallel, "parallel", 2, "run `N` mutants at once, 1 to 64")
	f.Int64Var(&o.Seed, "seed", 1, "`NUMBER` that decides who is refused")
	f.BoolVar(&o.EveryCase, "every-case", false, "have every mutant face every scenario")
	report := f.String("report", "", "write report.html, report.json and summary.md to this `DIR`")
	listing := f.Bool("list", false, "list the mutants and end")
	if code, done := cli.Parse(s, f, hookMutantsHelp, args); done {
		return code
	}
	if *listing {
		for _, m := range hookmutant.Table {
			fmt.Fprintf(s.Out, "%-28s %s; must fail: %s\n", m.Name, m.Defect, strings.Join(m.Expected, " "))
		}
		return cli.ExitOK
	}
	if err := chooseHookMutants(&o, *names, *profile); err != nil {
		return cli.Report(s, hookMutantsHelp.Name, err)
	}
	o.Done = func(m reports.Mutant, total int) {
		fmt.Fprintf(s.Out, "%s  %-28s %-4s  failed: %s (%v, of %d)\n", caught(m), m.Name, m.Profile, strings.Join(m.Failed, " "), m.Duration.Round(100*time.Millisecond), total)
	}
	run := &reports.Run{Tool: suite.Tool, Version: cli.Version(), Started: time.Now(), Profiles: features.Profiles,
		Target: reports.Target{Kind: reports.TargetHooks, Description: "small hook servers, each with one planted defect"}}
	var err error
	if run.Mutants, err = hookmutant.Run(ctx, o); err != nil {
		return cli.Report(s, hookMutantsHelp.Name, err)
	}
	run.Ended = time.Now()
	return concludeHookMutants(s, run, *report)
}

// chooseHookMutants checks what is to be run.
func chooseHookMutants(o *hookmutant.Options, names, profile string) error {
	o.Names = list(names)
	for _, n := range o.Names {
		if !slices.ContainsFunc(hookmutant.Table, func(m hookmutant.Mutant) bool { return m.Name == n }) {
			return cli.Usagef("no mutant %q (-list shows them)", n)
		}
	}
	switch {
	case o.Parallel < 1 || o.Parallel > 64:
		return cli.Usagef("-parallel is %d: 1 to 64 was expected", o.Parallel)
	case profile == "":
		o.Newest = true
	case profile == "all":
	case slices.Contains(features.Profiles, profile):
		o.Profiles = []string{profile}
	default:
		return cli.Usagef("-profile is %q: %s or all was expected", profile, strings.Join(features.Profiles, ", "))
	}
	return nil
}

func caught(m reports.Mutant) string {
	if m.Caught {
		return "caught"
	}
	return "MISSED"
}

// concludeHookMutants prints the count, and says more of what was missed.
func concludeHookMutants(s cli.Streams, run *reports.Run, dir string) int {
	n := 0
	for _, m := range run.Mutants.Rows {
		if m.Caught {
			n++
			continue
		}
		fmt.Fprintf(s.Out, "\n%s (%s): %s\n  must fail: %s\n  failed:    %s\n%s\n", m.Name, m.Profile, m.Defect, strings.Join(m.Expected, " "), strings.Join(m.Failed, " "), m.Detail)
	}
	fmt.Fprintf(s.Out, "\nhook servers with a defect: %d of %d caught in %v; without a defect: %s\n", n, len(run.Mutants.Rows), run.Ended.Sub(run.Started).Round(time.Second), run.Mutants.Unmutated)
	if dir != "" {
		if err := reports.Write(dir, run); err != nil {
			return cli.Report(s, hookMutantsHelp.Name, err)
		}
	}
	if !run.Mutants.AllCaught() {
		return cli.ExitFailed
	}
	return cli.ExitOK
}
