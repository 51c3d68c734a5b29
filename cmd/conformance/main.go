// Command conformance runs the conformance suite of the RTMP hook protocol
// against the built-in server, or against somebody's RTMP server.
package main

import (
	"context"
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
var commands = map[string]func(ctx context.Context, args []string, s cli.Streams) int{
	"config":       configCommand,
	"judge":        judgeCommand,
	"diff":         diffCommand,
	"mutants":      mutantsCommand,
	"hook-mutants": hookMutantsCommand,
}

// run is the whole command; it returns its exit code.
func run(ctx context.Context, args []string, s cli.Streams) int {
	if len(args) > 0 {
		if c := commands[args[0]]; c != nil {
			return c(ctx, args[1:], s)
		}
	}
	return suiteCommand(ctx, args, s)
}
