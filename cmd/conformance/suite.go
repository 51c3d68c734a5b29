package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/redact"
	"hookproof/internal/reportdir"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// suiteCommand runs the suite.
func suiteCommand(ctx context.Context, args []string, s cli.Streams) int {
	o := newOptions()
	if code, done := cli.Parse(s, o.flags, help, args); done {
		return code
	}
	if o.version {
		cli.PrintVersion(s.Out, help.Name)
		return cli.ExitOK
	}
	run, err := o.run(ctx, s)
	if err != nil {
		code := cli.Report(s, help.Name, err)
		if first, _, long := strings.Cut(err.Error(), "\n"); long && code == cli.ExitCouldNotRun {
			fmt.Fprintf(s.Err, "exit %d: %s\n", code, redact.Line(strings.TrimSuffix(first, ":")))
		}
		return code
	}
	if run == nil {
		return cli.ExitOK
	}
	return exit(s, run)
}

// exit says the exit code and its reason in the last line.
func exit(s cli.Streams, run *reports.Run) int {
	sum := reports.Summarize(run)
	fmt.Fprintln(s.Out, sum.ExitLine())
	return sum.ExitCode
}

// run runs what the options ask for; a nil run was a list only.
func (o *options) run(ctx context.Context, s cli.Streams) (*reports.Run, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	sel, err := o.selection()
	if err != nil {
		return nil, err
	}
	if o.list {
		return nil, o.printList(s, sel)
	}
	known, err := o.knownFailing()
	if err != nil {
		return nil, err
	}
	so := suite.Options{Selection: sel, Role: o.role(), Known: known, Parallel: o.parallel, Clients: o.clients,
		Scale: o.scale, Seed: o.seed}
	if o.hooks.Given() || o.rtmp != "" {
		so.Repeats = suite.ForeignRepeats
	}
	if o.hooks.Given() {
		err = o.hookTarget(s, &so)
	} else {
		o.target(&so)
	}
	if err != nil {
		return nil, err
	}
	rep, err := o.openReport(&so)
	if err != nil {
		return nil, err
	}
	style := styleOf(s)
	run, err := o.play(ctx, s, &so, style)
	if run == nil {
		run = suite.Failed(&so, err)
	}
	o.describe(run)
	return run, errors.Join(err, o.write(s, run, style, err == nil), rep.finish(s, run), o.writeKnownFailing(run))
}

// enoughFiles checks that the run may open as many files as it needs, connections above all.
func (o *options) enoughFiles(granted uint64, cases []features.Case) error {
	need, hint := 256+8*min(o.parallel, len(cases)), ""
	if slices.ContainsFunc(cases, func(c features.Case) bool { return c.Has("load") }) {
		hint = fmt.Sprintf(", ask for smaller crowds than -clients %d, or leave them out with -tags 'not @load'",
			o.clients)
		need += 8 * o.clients // both ends, and their hooks
	}
	if granted >= uint64(need) {
		return nil
	}
	return fmt.Errorf("this run needs %d open files, and the system allows %d: raise the limit (ulimit -n %d)%s", need,
		granted, need, hint)
}

// writeKnownFailing writes the list of -write-known-failing.
func (o *options) writeKnownFailing(run *reports.Run) error {
	if o.writeKnown == "" || run.Error != "" {
		return nil
	}
	var b bytes.Buffer
	if err := suite.WriteKnown(&b, run); err != nil {
		return err
	}
	return os.WriteFile(o.writeKnown, b.Bytes(), 0o600)
}

// play runs the suite, in the profile that the server is found to speak where none was chosen.
func (o *options) play(ctx context.Context, s cli.Streams, so *suite.Options, style reports.Style,
) (*reports.Run, error) {
	if o.findsProfile() {
		p, err := o.detect(ctx, s)
		if err != nil {
			return nil, err
		}
		so.Selection.Profiles = []string{p.Name}
	}
	cases, err := so.Selection.Select(so.Role)
	if err != nil {
		return nil, cli.Usagef("%v", err)
	}
	granted, err := cli.RaiseOpenFiles(uint64(8*o.clients + 4096))
	if err == nil {
		err = o.enoughFiles(granted, cases)
	}
	if err != nil {
		return nil, err
	}
	if !o.quiet {
		so.Live = reports.NewLive(s.Out, len(cases), style)
		defer so.Live.Close()
	}
	run, err := suite.Run(ctx, *so)
	return run, cli.ListenError(err)
}

// detect finds out which profile the server under test speaks.
func (o *options) detect(ctx context.Context, s cli.Streams) (*hook.Profile, error) {
	d, err := rtmptarget.Detect(ctx, o.external(nil))
	if err != nil {
		return nil, cli.ListenError(err)
	}
	if d.Profile == nil {
		return nil, fmt.Errorf("no profile fits the hooks of the server: %s (-profile chooses one)", d.Reason)
	}
	fmt.Fprintf(s.Out, "profile %s, found by a probe (-profile chooses another): %s\n", d.Profile,
		redact.Line(d.Reason))
	return d.Profile, nil
}

func styleOf(s cli.Streams) reports.Style {
	if f, ok := s.Out.(*os.File); ok {
		return reports.StyleFor(f)
	}
	return reports.Style{}
}

// target says what is tested.
func (o *options) target(so *suite.Options) {
	if o.rtmp == "" {
		so.SideBySide = true
		if o.clients == suite.DefaultClients {
			so.Between = suite.DefaultBetween
		}
		so.Open = func(_ context.Context, p *hook.Profile) (scenario.Target, error) {
			return rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Scale: o.scale, Nonce: o.nonce})
		}
		return
	}
	so.Open = func(_ context.Context, p *hook.Profile) (scenario.Target, error) {
		return rtmptarget.External(o.external(p))
	}
}

// external says where somebody else's RTMP server is.
func (o *options) external(p *hook.Profile) rtmptarget.ExternalOptions {
	return rtmptarget.ExternalOptions{Profile: p, URL: o.rtmp, App: o.app, Listen: o.listen, API: o.api, HTTP: o.http,
		Scale: o.scale, Nonce: o.nonce, VHosts: !o.noVHosts, PID: o.pid, Restart: o.restart,
		Safe: o.hooks.safe}
}

// describe adds what the suite does not know of its own run.
func (o *options) describe(run *reports.Run) {
	run.Version = cli.Version()
	run.Command = strings.Join(append([]string{help.Name}, cli.Masked(os.Args[1:], "accept", "refuse", "header")...),
		" ")
	run.Target = reports.Target{Kind: reports.TargetBuiltIn, Description: "the built-in RTMP server"}
	if o.hooks.Given() {
		run.Target = o.hooks.describe()
	}
	if o.rtmp != "" {
		run.Target = reports.Target{Kind: reports.TargetRTMP, URL: redact.Secrets(o.rtmp),
			Description: rtmptarget.ServerName(run.Observations)}
	}
}

// write prints the result, of a run that was done, and the summary on the job's page.
func (o *options) write(s cli.Streams, run *reports.Run, style reports.Style, done bool) error {
	var err error
	if done {
		err = reports.WriteResult(s.Out, run, style)
	}
	return errors.Join(err, reportdir.JobSummary(func(w io.Writer) error { return reports.WriteMarkdown(w, run) }))
}
