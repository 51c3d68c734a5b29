package main

import (
	"flag"

	"hookproof/internal/cli"
)

// root returns what completion and manual pages are made from.
func root() cli.Command {
	return cli.Command{
		Help:  help,
		Flags: func() *flag.FlagSet { return newOptions().flags },
		Commands: []cli.Command{{Help: mergeHelp, Flags: cli.FlagsOf(merge)},
			{Help: compareHelp, Flags: cli.FlagsOf(compare)}, {Help: unpackHelp, Flags: cli.FlagsOf(unpack)}},
	}
}

// groups order the options in the help.
var groups = []cli.Group{
	{Title: "What is loaded", Flags: []string{"rtmp", "http", "listen", "hooks", "hooks-only", "accept", "refuse",
		"profile"}},
	{Title: "How much", Flags: []string{"n", "publishers", "players", "refused", "vanish", "ramp", "hold", "down",
		"churn"}},
	{Title: "What comes of it", Flags: []string{"threshold", "find", "report", "web", "quiet", "version"}},
	{Title: "The hook server", Flags: []string{"url", "on_connect", "on_close", "on_publish", "on_unpublish", "on_play",
		"on_stop", "conf", "vhost", "identities", "token-at"}, Rare: true},
	{Title: "The plan", Flags: []string{"rate", "duration", "stages", "arrivals", "streams", "refuse-at", "seed"},
		Rare: true},
	{Title: "Media", Flags: []string{"media", "bitrate", "no-media", "burst", "stall"}, Rare: true},
	{Title: "Limits", Flags: []string{"timeout", "settle", "late", "warmup"}, Rare: true},
	{Title: "Watching", Flags: []string{"metrics", "pprof", "pid"}, Rare: true},
	{Title: "Several machines", Flags: []string{"shard", "meet", "meet-within", "start-at", "run", "spread", "source",
		"print-report"}, Rare: true},
}
