// Command rtmpserver is an RTMP server that asks HTTP hooks before it lets a
// client connect, publish or play, configured as SRS is.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"hookproof/internal/cli"
	"hookproof/server/srsconf"
)

func main() {
	// Before anything starts, so that no signal finds the default action.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	os.Exit(run(os.Args[1:], cli.Standard(), signals))
}

// run is the whole command; it returns its exit code. Signals come in through
// a channel so that tests can send them.
func run(args []string, s cli.Streams, signals <-chan os.Signal) int {
	if code, done := root.Builtin(s, args); done {
		return code
	}
	o := newOptions()
	if code, done := cli.Parse(s, o.flags, help, args); done {
		return code
	}
	if o.version {
		cli.PrintVersion(s.Out, help.Name)
		return cli.ExitOK
	}
	o.environment(os.Environ())
	if err := o.check(); err != nil {
		return cli.Report(s, help.Name, err)
	}
	log, err := o.log.Logger(s.Err)
	if err != nil {
		return cli.Report(s, help.Name, err)
	}
	if o.test {
		return o.testConfig(s)
	}
	cfg, warnings, err := o.load()
	if wrong := (srsconf.Errors)(nil); errors.As(err, &wrong) {
		err = fmt.Errorf("the configuration is wrong, nothing was started:\n%w", wrong)
	}
	if err != nil {
		return cli.Report(s, help.Name, err)
	}
	for _, w := range warnings {
		log.Warn("configuration", "file", w.File, "line", w.Line, "text", w.Text)
	}
	p := program{options: o, log: log}
	if err := p.start(cfg); err != nil {
		return cli.Report(s, help.Name, err)
	}
	return p.serve(signals)
}
