package main

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/suite"
	"hookproof/reports"
)

var help = cli.Help{
	Name: "conformance",
	Synopsis: []string{"[options]", "-rtmp rtmp://HOST/APP -listen HOST:PORT [options]",
		"-hooks http://HOST:PORT [-accept KEY=VALUE -refuse KEY=VALUE] [options]",
		"config -listen HOST:PORT [-profile P]", "judge DIR", "diff DIR DIR", "compare [NAME=]DIR...",
		"mutants [options]"},
	About: `Runs the conformance suite of the RTMP hook protocol: scripted publishers and
players drive an RTMP server, whose hooks arrive at a recording endpoint.
Without options the server is the built-in one. With -hooks the roles change:
a hook server is tested, by raw requests and behind the built-in RTMP server.`,
	Sections: []cli.Section{
		{Title: "Commands", Text: `config  print the vhosts to paste into the configuration of a server under test
judge   judge the recorded run of a report directory again, from its evidence
diff    say which requirements and scenarios changed their verdict between two reports
compare put the reports of several servers side by side, on one page
mutants prove the suite: run it against servers with a planted defect, which it must
        catch, and against servers that differ legally, which it must not accuse`},
		{Title: "Verdicts",
			Text: `pass, fail (a MUST was broken), warn (a SHOULD was missed), unstable (a scenario that failed
passed when it was repeated), not run (with the reason), not applicable (to this target),
known failing, unexpected pass, inconclusive (the evidence does not decide), error (the harness itself failed).
A MUST that was not run or not decided makes the run partial, never conformant.`},
	},
	Examples: []cli.Example{
		{For: "the built-in server, everything", Call: "conformance"},
		{For: "one requirement, with its evidence", Call: "conformance -id S-ANS-04 -report report"},
		{For: "what to paste into srs.conf", Call: "conformance config -listen 127.0.0.1:8085 -profile srs6"},
		{For: "an SRS on this machine",
			Call: "conformance -rtmp rtmp://127.0.0.1/live -listen 127.0.0.1:8085 -api http://127.0.0.1:1985"},
		{For: "a hook server, which accepts token=good and refuses token=bad",
			Call: "conformance -hooks http://127.0.0.1:8085 -accept token=good -refuse token=bad"},
	},
	FailedMeans: "a MUST was broken or is unstable, or a requirement listed as known to fail passed",
}

// options are the flags of a run of the suite.
type options struct {
	flags      *flag.FlagSet
	rtmp       string
	nonce      string // of this run's names
	listen     string
	api        string
	http       string
	app        string
	noVHosts   bool
	pid        int
	set        string
	restart    string
	ids        []string
	tags       string
	name       string
	feature    string
	profile    string
	known      string
	writeKnown string
	report     string
	evidence   string
	parallel   int
	clients    int
	scale      float64
	seed       int64
	list       bool
	quiet      bool
	version    bool
	hooks      hookOptions
}

func newOptions() *options {
	o := &options{flags: flag.NewFlagSet(help.Name, flag.ContinueOnError),
		nonce: strconv.FormatUint(rand.Uint64()&0xfffff, 36)}
	f := o.flags
	o.serverFlags()
	f.BoolVar(&o.noVHosts, "no-vhosts", false,
		"with -rtmp: only the default vhost has our hooks; do not run scenarios that need others")
	f.IntVar(&o.pid, "pid", 0,
		"with -rtmp: the server is process `PID` on this machine: look at its memory, and end it last of all\n"+
			"with SIGTERM")
	f.StringVar(&o.restart, "restart", "",
		"with -rtmp: the `COMMAND` (for sh) that restarts the server last of all, instead of SIGTERM")
	f.Func("id", "run only the scenarios of these requirements: `IDS` such as S-ANS-04,S-ORD-01; may be repeated",
		func(v string) error {
			o.ids = append(o.ids, list(v)...)
			return nil
		})
	f.StringVar(&o.set, "requirements", features.Version(),
		"judge by this `VERSION` of the set of requirements, one of "+strings.Join(features.Versions(), ", ")+
			";\nwhat came later is played and not scored")
	f.StringVar(&o.tags, "tags", "", "run scenarios whose tags match this `EXPRESSION`: @must and not (@slow or @load)")
	f.StringVar(&o.name, "name", "", "run scenarios whose id contains this `TEXT`")
	f.StringVar(&o.feature, "feature", "",
		"run the scenarios of this `FILE`, a feature in the suite's own steps, in place of the suite's")
	f.StringVar(&o.profile, "profile", "",
		"run this `PROFILE`: "+hook.ProfileNames()+", all, or auto, which is the one that fits the server's hooks\n"+
			"(default all; with -rtmp auto; with -hooks "+hook.SRS7.Name+"); with -hooks also "+hook.SRS8.Name+
			", a preview:\nwhat the next SRS is to send, not seen and not scored")
	f.StringVar(&o.known, "known-failing", "",
		"`FILE` that lists what is known to fail, one entry per line: the id of a requirement or of a\n"+
			"scenario (* matches any text), optionally a profile; \"flaky\" before it means that it may pass.\n"+
			"If everything that an entry names passes, the run fails")
	f.StringVar(&o.writeKnown, "write-known-failing", "", "write what failed as such a list to this `FILE`")
	f.StringVar(&o.report, "report", "",
		"write report.html, report.json, junit.xml, events.ndjson and summary.md to this `DIR`")
	f.StringVar(&o.evidence, "evidence", string(reports.KeepFailed),
		"with -report: `WHAT` events.ndjson keeps: all, or failed, with the evidence of what passed in\n"+
			"passed.ndjson.gz")
	f.IntVar(&o.parallel, "parallel", suite.DefaultParallel, "run `N` scenarios at once, 1 to 256")
	f.IntVar(&o.clients, "clients", suite.DefaultClients,
		fmt.Sprintf("use crowds of `N` clients in scenarios under load, 1 to 20000; by default only %d in\n"+
			"the profiles between the oldest and the newest of a run of the built-in server", suite.DefaultBetween))
	f.Int64Var(&o.seed, "seed", 0,
		"`NUMBER` that decides which clients are refused and which vanish; 0 takes one from the clock")
	f.BoolVar(&o.list, "list", false, "list the scenarios and exit")
	o.hooks.register(f)
	f.BoolVar(&o.version, "version", false, "print the version and exit")
	return o
}

// serverFlags registers what tells which RTMP server is tested, and how patiently.
func (o *options) serverFlags() {
	f := o.flags
	f.StringVar(&o.rtmp, "rtmp", "",
		"test the RTMP server at `URL`, rtmp://HOST[:PORT]/APP, instead of the built-in one")
	f.StringVar(&o.listen, "listen", "127.0.0.1:8085",
		"with -rtmp: receive its hooks at this `ADDRESS` and at the two ports above it")
	f.StringVar(&o.api, "api", "",
		"with -rtmp: the base `URL` of its HTTP API, which must be like SRS's: http://HOST:1985")
	f.StringVar(&o.http, "http", "",
		"with -rtmp: the base `URL` of its HTTP-FLV and HLS: http://HOST:8080.\nNot given: what is about viewers over "+
			"HTTP is not applicable")
	f.StringVar(&o.app, "app", "",
		"with -rtmp: publish to the app `NAME` only, for a server that knows its apps by name:\n"+
			"scenarios use stream names of their own and run one at a time")
	f.Float64Var(&o.scale, "timeout-scale", 1, "multiply every time limit by `FACTOR`, for slow machines")
	f.BoolVar(&o.quiet, "quiet", false, "print only failures and the summary")
}

// findsProfile reports whether a probe is to find the profile out.
func (o *options) findsProfile() bool {
	return o.rtmp != "" && (o.profile == "" || o.profile == "auto")
}

// selection checks the flags that select.
func (o *options) selection() (suite.Selection, error) {
	sel := suite.Selection{Set: o.set, IDs: o.ids, Tags: o.tags, Name: o.name}
	if o.feature != "" {
		text, err := os.ReadFile(o.feature)
		if err != nil {
			return sel, err
		}
		sel.Feature = &suite.Feature{Name: filepath.Base(o.feature), Text: text}
	}
	switch {
	case o.profile == "" && o.hooks.Given() || o.findsProfile() && o.list:
		sel.Profiles = []string{hook.SRS7.Name}
	case o.profile == "auto" && o.rtmp == "":
		return sel, cli.Usagef("-profile auto goes with -rtmp")
	case o.profile != "" && o.profile != "all" && o.profile != "auto":
		sel.Profiles = list(o.profile)
	}
	if o.rtmp != "" && (o.profile == "all" || len(sel.Profiles) > 1) {
		return sel, cli.Usagef("-profile %s: a server has one profile; run once for each that it can be configured to",
			o.profile)
	}
	_, err := sel.Select(o.role())
	if err != nil {
		err = cli.Usagef("%v", err)
	}
	return sel, err
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// checkServer checks the flags of serverFlags, and those that need a server.
func (o *options) checkServer() error {
	set := map[string]bool{}
	o.flags.Visit(func(f *flag.Flag) { set[f.Name] = true })
	if o.rtmp == "" {
		for _, name := range []string{"listen", "api", "http", "app", "no-vhosts", "pid", "restart"} {
			if set[name] {
				return cli.Usagef("-%s goes with -rtmp", name)
			}
		}
	}
	if !(o.scale >= 0.1 && o.scale <= 100) {
		return cli.Usagef("-timeout-scale: want 0.1 to 100, got %v", o.scale)
	}
	return nil
}

// check checks the flags that do not select.
func (o *options) check() error {
	if err := cmp.Or(o.checkServer(), o.hooks.check(o.rtmp)); err != nil {
		return err
	}
	switch {
	case o.evidence != string(reports.KeepFailed) && o.evidence != string(reports.KeepAll):
		return cli.Usagef("-evidence: want %s or %s, got %q", reports.KeepFailed, reports.KeepAll, o.evidence)
	case !slices.Contains(features.Versions(), o.set):
		return cli.Usagef("-requirements: want one of %s, got %q", strings.Join(features.Versions(), ", "), o.set)
	case o.parallel < 1 || o.parallel > 256:
		return cli.Usagef("-parallel: want 1 to 256, got %d", o.parallel)
	case o.clients < 1 || o.clients > 20000:
		return cli.Usagef("-clients: want 1 to 20000, got %d", o.clients)
	}
	if o.app != "" {
		o.parallel = 1 // what names no stream is then of the scenario that runs
	}
	if o.seed == 0 {
		o.seed = time.Now().UnixNano() % 1e9
	}
	return nil
}

// knownFailing reads the list of -known-failing.
func (o *options) knownFailing() (*suite.Known, error) {
	if o.known == "" {
		return nil, nil
	}
	f, err := os.Open(o.known)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known, err := suite.ReadKnown(o.known, f)
	if err != nil {
		err = cli.Usagef("%v", err)
	}
	return known, err
}

// printList prints the scenarios that the options select.
func (o *options) printList(s cli.Streams, sel suite.Selection) error {
	cases, err := sel.Select(o.role())
	if err != nil {
		return err
	}
	for _, c := range cases {
		fmt.Fprintf(s.Out, "%-9s %-6s %-4s  %s\n", strings.Join(c.Requirements, ","), c.Level, c.Profile, c.Name)
	}
	fmt.Fprintf(s.Out, "%d scenarios\n", len(cases))
	return nil
}
