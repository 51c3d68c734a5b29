package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/explore"
	"hookproof/internal/explore/program"
	"hookproof/internal/reportdir"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

var exploreHelp = cli.Help{
	Name: "conformance explore",
	Synopsis: []string{"[-for TIME] [-programs N] [-seed N] [-clients N] [-report DIR]",
		"-rtmp rtmp://HOST/APP -listen HOST:PORT [options]", "-replay FILE [options]", "-mutants NAMES [-programs N]"},
	About: `Finds what nobody scripted: draws programs of a few clients and a hook server, whose
names collide and whose steps interleave on purpose, plays them on an RTMP server, and
judges each by the order of its clients' events, by who may see whose media, and by a
stream name's being a lock. What breaks a requirement is played again, made smaller, and
written as a scenario that "conformance -feature" runs as it is.
Without options the server is the built-in one.`,
	Sections: []cli.Section{
		{Title: "What is written", Text: `Each violation is printed as a scenario. With -report it is written there, too, as
explore-ID-….feature, beside the report.`},
	},
	Examples: []cli.Example{
		{For: "the built-in server, for ten minutes", Call: "conformance explore -for 10m"},
		{For: "an SRS on this machine", Call: "conformance explore -for 10m -rtmp rtmp://127.0.0.1/live " +
			"-listen 127.0.0.1:8085 -api http://127.0.0.1:1985 -report found"},
		{For: "what was found, once more", Call: "conformance explore -replay found/explore-S-CON-04-two-live.feature"},
		{For: "how soon planted defects are found", Call: "conformance explore -mutants all"},
	},
	FailedMeans: "a requirement was broken, each time or sometimes, or a planted defect was not found",
}

// exploreOptions are the flags of the command.
type exploreOptions struct {
	options
	explore.Options
	replay  string
	mutants []string
}

func newExploreOptions() *exploreOptions {
	o := &exploreOptions{options: options{flags: flag.NewFlagSet(exploreHelp.Name, flag.ContinueOnError),
		nonce: strconv.FormatUint(rand.Uint64()&0xfffff, 36)}}
	o.serverFlags()
	f := o.flags
	f.DurationVar(&o.For, "for", time.Minute, "explore for this `TIME`, for all profiles together; 0: see -programs")
	f.IntVar(&o.Programs, "programs", 0, "end after `N` programs of a profile; 0: see -for")
	f.Int64Var(&o.Options.Seed, "seed", 0, "`NUMBER` that decides which programs are drawn; 0 takes one from the clock")
	f.IntVar(&o.Clients, "clients", explore.DefaultClients, "draw programs of at most `N` clients, 1 to 8")
	f.IntVar(&o.Parallel, "parallel", explore.DefaultParallel, "play `N` programs at once, 1 to 256")
	f.StringVar(&o.profile, "profile", "", "explore in this `PROFILE`: "+hook.ProfileNames()+", all, or auto,\n"+
		"which is the one that fits the server's hooks (default all; with -rtmp auto)")
	f.StringVar(&o.replay, "replay", "", "play the scenario in this `FILE` again, as often as -replays says")
	f.IntVar(&o.Replays, "replays", explore.DefaultReplays, "play what was found `N` times again, 1 to 100")
	f.Func("mutants", "find the planted defects whose names contain one of these `NAMES`, separated by commas,\n"+
		"or all; -programs (2000) bounds the search for each", func(v string) error {
		o.mutants = append(o.mutants, list(v)...)
		return nil
	})
	f.StringVar(&o.report, "report", "",
		"write report.html, report.json, junit.xml, events.ndjson, summary.md and the scenarios to this `DIR`")
	return o
}

// exploreCommand explores a server.
func exploreCommand(ctx context.Context, args []string, s cli.Streams) int {
	o := newExploreOptions()
	if code, done := cli.Parse(s, o.flags, exploreHelp, args); done {
		return code
	}
	if err := o.checkExplore(); err != nil {
		return cli.Report(s, exploreHelp.Name, err)
	}
	if len(o.mutants) > 0 {
		return o.findMutants(ctx, s)
	}
	run, err := o.exploreAll(ctx, s)
	if err != nil {
		return cli.Report(s, exploreHelp.Name, err)
	}
	return exit(s, run)
}

func (o *exploreOptions) checkExplore() error {
	if err := o.checkServer(); err != nil {
		return err
	}
	switch {
	case o.Clients < 1 || o.Clients > len(program.Names):
		return cli.Usagef("-clients: want 1 to %d, got %d", len(program.Names), o.Clients)
	case o.Parallel < 1 || o.Parallel > 256:
		return cli.Usagef("-parallel: want 1 to 256, got %d", o.Parallel)
	case o.Replays < 1 || o.Replays > 100:
		return cli.Usagef("-replays: want 1 to 100, got %d", o.Replays)
	case o.For < 0 || o.Programs < 0:
		return cli.Usagef("-for, -programs: want 0 or more")
	case o.For == 0 && o.Programs == 0 && o.replay == "":
		return cli.Usagef("-for 0 goes with -programs, which then ends the exploration")
	case o.profile == "auto" && o.rtmp == "":
		return cli.Usagef("-profile auto goes with -rtmp")
	case len(o.mutants) > 0 && (o.rtmp != "" || o.replay != ""):
		return cli.Usagef("-mutants are of the built-in server, and drawn: no -rtmp, no -replay")
	}
	if o.app != "" {
		o.Parallel = 1 // what names no stream is then of the program that is played
	}
	if o.Options.Seed == 0 {
		o.Options.Seed = time.Now().UnixNano() % 1e9
	}
	return nil
}

// profiles returns those to explore in.
func (o *exploreOptions) profiles(ctx context.Context, s cli.Streams) ([]*hook.Profile, error) {
	switch {
	case o.findsProfile():
		p, err := o.detect(ctx, s)
		return []*hook.Profile{p}, err
	case o.profile == "" || o.profile == "all":
		if o.rtmp != "" {
			return nil, cli.Usagef("-profile all: a server has one profile")
		}
		return hook.Profiles(), nil
	}
	var all []*hook.Profile
	for _, name := range list(o.profile) {
		p, err := hook.ProfileByName(name)
		if err != nil {
			return nil, cli.Usagef("-profile: %v", err)
		}
		all = append(all, p)
	}
	return all, nil
}

// exploreAll explores in each profile, or plays the file of -replay.
func (o *exploreOptions) exploreAll(ctx context.Context, s cli.Streams) (*reports.Run, error) {
	var again *program.Scenario
	if o.replay != "" {
		text, err := os.ReadFile(o.replay)
		if err != nil {
			return nil, err
		}
		if again, err = program.Parse(string(text)); err != nil {
			return nil, cli.Usagef("-replay %s: %v", o.replay, err)
		}
		if o.profile == "" && o.rtmp == "" {
			o.profile = again.Profile
		}
	}
	profiles, err := o.profiles(ctx, s)
	if err != nil {
		return nil, err
	}
	rep, err := o.openExploreReport()
	if err != nil {
		return nil, err
	}
	if _, err := cli.RaiseOpenFiles(uint64(o.Parallel*64 + 4096)); err != nil {
		return nil, err
	}
	o.Started = time.Now()
	o.For /= time.Duration(len(profiles))
	var all []explore.Done
	for _, p := range profiles {
		done, err := o.exploreOne(ctx, s, p, again)
		if err != nil {
			return nil, errors.Join(err, rep.close())
		}
		all = append(all, done)
	}
	run := explore.Report(o.Options, o.scale, all)
	run.Interrupted = ctx.Err() != nil
	o.describe(run)
	err = reports.WriteResult(s.Out, run, styleOf(s))
	return run, errors.Join(err, rep.write(s, run, all))
}

// exploreOne explores in one profile.
func (o *exploreOptions) exploreOne(ctx context.Context, s cli.Streams, p *hook.Profile, again *program.Scenario,
) (done explore.Done, err error) {
	t, err := o.openTarget(ctx, p)
	if err != nil {
		return done, err
	}
	defer t.Close()
	eo := o.Options
	eo.Found = func(v *explore.Violation) { fmt.Fprintf(s.Out, "\n%s\n", v.Scenario(commandLine()).Write()) }
	e := explore.New(t, eo)
	done.Profile = p.Name
	if again != nil {
		v, err := e.File(ctx, again)
		if err != nil {
			return done, err
		}
		if v != nil {
			eo.Found(v)
			done.Violations = append(done.Violations, v)
		}
	} else {
		fmt.Fprintf(s.Out, "profile %s, seed %d, programs of up to %d clients\n", p, o.Options.Seed, o.Clients)
		stop := o.watch(s, p, e)
		done.Violations = e.Run(ctx)
		stop()
	}
	done.Counters, done.Undecided = e.Counters(), e.Undecided()
	return done, nil
}

// openTarget opens the server in a profile, and looks whether it can be explored.
func (o *exploreOptions) openTarget(ctx context.Context, p *hook.Profile) (*rtmptarget.Target, error) {
	if o.rtmp == "" {
		return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Scale: o.scale, Nonce: o.nonce})
	}
	t, err := rtmptarget.External(o.external(p))
	if err != nil {
		return nil, cli.ListenError(err)
	}
	if err := t.Probe(ctx, timeline.New("", p.Name, time.Now(), nil), nil); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// watchEvery is how often the counters are shown.
const watchEvery = 5 * time.Second

// watch shows the counters of an exploration until stop is called, which shows the last.
func (o *exploreOptions) watch(s cli.Streams, p *hook.Profile, e *explore.Explorer) (stop func()) {
	began := time.Now()
	show := func() {
		c := e.Counters()
		fmt.Fprintf(s.Out, "%5.0fs  %s  %s (%.0f programs a minute)\n", time.Since(began).Seconds(), p, c,
			float64(c.Programs)/max(time.Since(began).Minutes(), 1e-3))
	}
	if o.quiet {
		return show
	}
	end, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				show()
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-over
		show()
	}
}

func commandLine() string {
	return strings.Join(append([]string{help.Name}, cli.Masked(os.Args[1:])...), " ")
}

// exploreReport is the directory of -report; nil without that flag.
type exploreReport struct{ dir *reportdir.Dir }

// openExploreReport makes the directory, without what an earlier run left there.
func (o *exploreOptions) openExploreReport() (*exploreReport, error) {
	if o.report == "" {
		return nil, nil
	}
	old, err := filepath.Glob(filepath.Join(o.report, "explore-*.feature"))
	if err != nil {
		return nil, err
	}
	names := append([]string(nil), reports.Files...)
	for _, path := range old {
		names = append(names, filepath.Base(path))
	}
	dir, err := reportdir.Create(o.report, names...)
	return &exploreReport{dir}, err
}

func (r *exploreReport) close() error {
	if r == nil {
		return nil
	}
	return r.dir.Close()
}

// write writes the report and the scenarios, and says where they are.
func (r *exploreReport) write(s cli.Streams, run *reports.Run, all []explore.Done) error {
	if r == nil {
		return nil
	}
	err := reports.WriteTo(r.dir, run, reports.KeepFailed)
	for _, d := range all {
		for _, v := range d.Violations {
			name := "explore-" + v.Name() + ".feature"
			if len(all) > 1 {
				name = "explore-" + d.Profile + "-" + v.Name() + ".feature"
			}
			err = errors.Join(err, r.dir.Write(name, writer(v.Scenario(commandLine()).Write())))
		}
	}
	if err = errors.Join(err, r.dir.Close()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	fmt.Fprintf(s.Out, "\nreport: %s\n", r.dir.Path())
	return nil
}
