package main

import (
	"flag"

	"hookproof/internal/cli"
)

// root is what completion and manual pages are made from.
var root = cli.Command{Help: help, Flags: func() *flag.FlagSet { return newOptions().flags }}

// groups order the options in the help.
var groups = []cli.Group{
	{Title: "With a configuration file", Flags: []string{"c", "e", "t"}},
	{Title: "Without one", Flags: []string{"listen", "http", "hooks", "profile"}},
	{Title: "In both cases", Flags: []string{"api", "grace", "log", "log-level", "version"}},
	{Title: "Hook calls, without a configuration file", Flags: []string{"retry", "max-calls", "hook-keepalive",
		"insecure-tls"}, Rare: true},
}
