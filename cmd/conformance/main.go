// Command conformance runs the conformance suite of the RTMP hook protocol
// against the built-in server, or against somebody's RTMP server.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"hookproof/internal/cli"
	"hookproof/internal/scenario/rtmptarget"
)

func main() {
	rtmptarget.ServeAsChild()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // the second signal ends the process at once
	}()
	os.Exit(run(ctx, os.Args[1:], cli.Standard()))
}

// commands are what the first argument may be, besides options.
var commands = []struct {
	help cli.Help
	run  func(ctx context.Context, args []string, s cli.Streams) int
}{
	{configHelp, configCommand},
	{judgeHelp, judgeCommand},
	{diffHelp, diffCommand},
	{compareHelp, compareCommand},
	{condenseHelp, condenseCommand},
	{mutantsHelp, mutantsCommand},
	{exploreHelp, exploreCommand},
}

// root returns what help, completion and manual pages are made from.
func root(ctx context.Context) cli.Command {
	c := cli.Command{Help: help, Flags: func() *flag.FlagSet { return newOptions().flags }}
	for _, sub := range commands {
		flags := cli.FlagsOf(func(args []string, s cli.Streams) int { return sub.run(ctx, args, s) })
		c.Commands = append(c.Commands, cli.Command{Help: sub.help, Flags: flags})
	}
	return c
}

// run is the whole command; it returns its exit code.
func run(ctx context.Context, args []string, s cli.Streams) int {
	if code, done := root(ctx).Builtin(s, args); done {
		return code
	}
	for _, sub := range commands {
		if len(args) > 0 && sub.help.Name == help.Name+" "+args[0] {
			return sub.run(ctx, args[1:], s)
		}
	}
	return suiteCommand(ctx, args, s)
}
