package main

import (
	"errors"
	"flag"
	"fmt"

	"hookproof/internal/cli"
	"hookproof/internal/reportdir"
	"hookproof/loadgen/result"
)

var mergeHelp = cli.Help{
	Name: "loadgen merge", Synopsis: []string{"[-partial] [-print-report] [-report DIR] DIR..."}, Operands: "DIR...",
	About: `Makes one report of the shards of a test, each given by the directory of its -report, or all by
the directory that holds these.`,
	FailedMeans: "a threshold does not hold",
	Examples:    []cli.Example{{For: "four shards", Call: "loadgen merge -report all shard1 shard2 shard3 shard4"}},
}

// merge is the command "loadgen merge".
func merge(args []string, s cli.Streams) int {
	fs := flag.NewFlagSet(mergeHelp.Name, flag.ContinueOnError)
	dir := fs.String("report", "", "write the merged report into `DIR`")
	partial := fs.Bool("partial", false,
		"merge what is there, although shards are missing or of another test; the report is partial")
	printed := fs.Bool("print-report", false, "print the report's files as text, for \"loadgen unpack\"")
	if code, done := cli.Parse(s, fs, mergeHelp, args); done {
		return code
	}
	if fs.NArg() == 0 {
		return cli.Report(s, mergeHelp.Name, cli.Usagef("want the directories of the shards"))
	}
	for _, shard := range fs.Args() {
		if reportdir.Same(*dir, shard) {
			return cli.Report(s, mergeHelp.Name, cli.Usagef("-report %s is one of the shards: name another directory",
				*dir))
		}
	}
	r, hs, ev, err := result.Merge(fs.Args(), *partial)
	if err != nil {
		return cli.Report(s, mergeHelp.Name, err)
	}
	err = r.WriteSummary(s.Out)
	if *dir != "" {
		err = errors.Join(err, result.Write(*dir, r, hs, ev))
	}
	if *printed {
		err = errors.Join(err, result.Print(s.Out, r, hs, ev))
	}
	if err != nil {
		return cli.Report(s, mergeHelp.Name, err)
	}
	return code(r)
}

var unpackHelp = cli.Help{
	Name: "loadgen unpack", Synopsis: []string{"DIR < LOG"}, Operands: "DIR",
	About:    "Writes a report that -print-report printed, read from standard input, into DIR.",
	Examples: []cli.Example{{For: "a pod of Kubernetes", Call: "kubectl logs job/loadgen | loadgen unpack report"}},
}

// unpack is the command "loadgen unpack".
func unpack(args []string, s cli.Streams) int {
	fs := flag.NewFlagSet(unpackHelp.Name, flag.ContinueOnError)
	if code, done := cli.Parse(s, fs, unpackHelp, args); done {
		return code
	}
	if fs.NArg() != 1 {
		return cli.Report(s, unpackHelp.Name, cli.Usagef("want one directory, got %d", fs.NArg()))
	}
	return cli.Report(s, unpackHelp.Name, result.Unpack(s.In, fs.Arg(0)))
}

var compareHelp = cli.Help{
	Name: "loadgen compare", Synopsis: []string{"A B"}, Operands: "A B",
	About:       "Says what got better or worse from the run in directory A to that in B, beyond noise.",
	FailedMeans: "something got worse",
	Examples:    []cli.Example{{For: "two runs", Call: "loadgen compare before after"}},
}

// compare is the command "loadgen compare".
func compare(args []string, s cli.Streams) int {
	fs := flag.NewFlagSet(compareHelp.Name, flag.ContinueOnError)
	if code, done := cli.Parse(s, fs, compareHelp, args); done {
		return code
	}
	if fs.NArg() != 2 {
		return cli.Report(s, compareHelp.Name, cli.Usagef("want two directories, got %d", fs.NArg()))
	}
	a, ha, err := result.Read(fs.Arg(0))
	if err != nil {
		return cli.Report(s, compareHelp.Name, err)
	}
	b, hb, err := result.Read(fs.Arg(1))
	if err != nil {
		return cli.Report(s, compareHelp.Name, err)
	}
	fmt.Fprintf(s.Out, "%s: %s\n%s: %s\n", fs.Arg(0), a.Headline(), fs.Arg(1), b.Headline())
	worse, err := result.WriteChanges(s.Out, a, b, result.Compare(a, b, ha, hb))
	switch {
	case err != nil:
		return cli.Report(s, compareHelp.Name, err)
	case worse:
		return cli.ExitFailed
	case !a.Comparable() || !b.Comparable():
		return cli.ExitCouldNotRun
	}
	return cli.ExitOK
}
