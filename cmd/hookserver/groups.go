package main

import (
	"flag"

	"hookproof/internal/cli"
)

// root is what completion and manual pages are made from.
var root = cli.Command{Help: help, Flags: func() *flag.FlagSet { return newOptions().flags }}

// groups order the options in the help.
var groups = []cli.Group{
	{Title: "Where and as what", Flags: []string{"listen", "profile", "cert", "key"}},
	{Title: "Who is let on", Flags: []string{"token", "token-file", "token-at", "rules"}},
	{Title: "What is kept and shown", Flags: []string{"record", "log", "log-level", "log-params", "version"}},
}
