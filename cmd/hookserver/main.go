// Command hookserver is the default callback server: it answers the HTTP hooks
// of a media server, refuses by token and by rule, records, and shows a live page.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"hookproof/internal/cli"
)

func main() {
	// Before anything starts, so that no signal finds the default action.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
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
	log, err := o.log.Logger(s.Err)
	if err != nil {
		return cli.Report(s, help.Name, err)
	}
	set, err := o.read()
	if err != nil {
		return cli.Report(s, help.Name, err)
	}
	set.server.Logger = log
	return cli.Report(s, help.Name, set.serve(log, signals))
}
