package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/reportdir"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

var configHelp = cli.Help{
	Name:     "conformance config",
	Synopsis: []string{"-listen HOST:PORT [-profile P] [-own]"},
	About: `Prints the vhosts, with their http_hooks, that the scenarios need at a server under
test: paste them into its configuration in place of its __defaultVhost__. The hooks
call HOST:PORT and the two ports above it.`,
	Examples: []cli.Example{{For: "for an SRS 7 on this machine",
		Call: "conformance config -listen 127.0.0.1:8085 -profile srs6 >> srs.conf"}},
}

// configCommand prints the stanza for a server under test.
func configCommand(_ context.Context, args []string, s cli.Streams) int {
	f := flag.NewFlagSet(configHelp.Name, flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:8085",
		"the `ADDRESS` that conformance will listen on, as the server reaches it")
	profile := f.String("profile", hook.SRS7.Name, "`PROFILE` of the protocol, one of "+hook.ProfileNames())
	own := f.Bool("own", false, "add the directives that only rtmpserver of this project has: profile and timeout")
	if code, done := cli.Parse(s, f, configHelp, args); done {
		return code
	}
	p, err := hook.ProfileByName(*profile)
	if err != nil {
		return cli.Report(s, configHelp.Name, cli.Usagef("-profile: %v", err))
	}
	at, err := rtmptarget.Listens(*listen)
	if err != nil {
		return cli.Report(s, configHelp.Name, cli.Usagef("-listen: %v", err))
	}
	fmt.Fprintf(s.Out, "# For: conformance -rtmp rtmp://HOST/live -listen %s -profile %s\n", *listen, p)
	_, err = io.WriteString(s.Out, rtmptarget.Stanza(at, rtmptarget.StanzaOptions{Profile: p, Own: *own, Timeout: 1}))
	return cli.Report(s, configHelp.Name, err)
}

var judgeHelp = cli.Help{
	Name: "conformance judge", Synopsis: []string{"[-report DIR] DIR"}, Operands: "DIR",
	About: `Judges the recorded run in a report directory again, offline, from its evidence
(events.ndjson and report.json): a newer suite may see more in it.`,
	FailedMeans: help.FailedMeans,
	Examples: []cli.Example{{For: "judge again, and write the new report elsewhere",
		Call: "conformance judge -report report2 report"}},
}

// judgeCommand judges a recording again.
func judgeCommand(ctx context.Context, args []string, s cli.Streams) int {
	f := flag.NewFlagSet(judgeHelp.Name, flag.ContinueOnError)
	out := f.String("report", "", "write the new report to this `DIR`")
	if code, done := cli.Parse(s, f, judgeHelp, args); done {
		return code
	}
	if f.NArg() != 1 {
		return cli.Report(s, judgeHelp.Name, cli.Usagef("want one report directory, got %d", f.NArg()))
	}
	if reportdir.Same(*out, f.Arg(0)) {
		return cli.Report(s, judgeHelp.Name,
			cli.Usagef("-report %s is the recording that is judged: name another directory", *out))
	}
	recorded, err := reports.ReadRun(f.Arg(0))
	if errors.Is(err, reports.ErrTruncated) || errors.Is(err, reports.ErrMissing) {
		fmt.Fprintf(s.Err, "%s: %v\nWhat is there is judged; the rest is inconclusive.\n", judgeHelp.Name, err)
		err = nil
	}
	if err != nil {
		return cli.Report(s, judgeHelp.Name, err)
	}
	run, err := suite.Judge(ctx, recorded)
	if err == nil {
		err = reports.WriteResult(s.Out, run, styleOf(s))
	}
	if err == nil && *out != "" {
		err = reports.Write(*out, run)
	}
	if err != nil {
		return cli.Report(s, judgeHelp.Name, err)
	}
	return exit(s, run)
}

var condenseHelp = cli.Help{
	Name: "conformance condense", Synopsis: []string{"-report DIR DIR"}, Operands: "DIR",
	About: `Writes a small copy of a report, to be kept in a repository beside those of other servers:
all verdicts, and the evidence of what did not pass. compare, diff and judge read it.`,
	Examples: []cli.Example{{For: "keep what was seen of a server",
		Call: "conformance condense -report servers/srs-7 report"}},
}

// condenseCommand writes a small copy of a report.
func condenseCommand(_ context.Context, args []string, s cli.Streams) int {
	f := flag.NewFlagSet(condenseHelp.Name, flag.ContinueOnError)
	out := f.String("report", "", "write the copy to this `DIR`")
	if code, done := cli.Parse(s, f, condenseHelp, args); done {
		return code
	}
	switch {
	case f.NArg() != 1:
		return cli.Report(s, condenseHelp.Name, cli.Usagef("want one report directory, got %d", f.NArg()))
	case *out == "":
		return cli.Report(s, condenseHelp.Name, cli.Usagef("-report: want the directory of the copy"))
	case reportdir.Same(*out, f.Arg(0)):
		return cli.Report(s, condenseHelp.Name,
			cli.Usagef("-report %s is the report itself: name another directory", *out))
	}
	run, err := reports.ReadRun(f.Arg(0))
	if err == nil {
		err = reports.WriteCondensed(*out, run)
	}
	return cli.Report(s, condenseHelp.Name, err)
}

var diffHelp = cli.Help{
	Name: "conformance diff", Synopsis: []string{"DIR DIR"}, Operands: "DIR DIR",
	About:       `Says which requirements, and which of their scenarios, changed their verdict between two reports.`,
	FailedMeans: "a requirement or a scenario came off worse in the second report",
	Examples:    []cli.Example{{For: "what an upgrade changed", Call: "conformance diff report-old report-new"}},
}

// diffCommand compares two reports.
func diffCommand(_ context.Context, args []string, s cli.Streams) int {
	f := flag.NewFlagSet(diffHelp.Name, flag.ContinueOnError)
	if code, done := cli.Parse(s, f, diffHelp, args); done {
		return code
	}
	if f.NArg() != 2 {
		return cli.Report(s, diffHelp.Name, cli.Usagef("want two report directories, got %d", f.NArg()))
	}
	var runs [2]*reports.Run
	for i := range runs {
		var err error
		if runs[i], err = reports.ReadReport(f.Arg(i)); err != nil {
			return cli.Report(s, diffHelp.Name, err)
		}
	}
	if err := reports.WriteDiff(s.Out, runs[0], runs[1]); err != nil {
		return cli.Report(s, diffHelp.Name, err)
	}
	for _, c := range reports.Diff(runs[0], runs[1]) {
		if c.Worse() {
			return cli.ExitFailed
		}
	}
	return cli.ExitOK
}
