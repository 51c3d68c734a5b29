package main

import (
	"flag"
	"time"

	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/loadgen"
)

// declarePlan declares who comes when.
func (o *options) declarePlan(f *flag.FlagSet) {
	f.IntVar(&o.n, "n", 100, "hold `N` sessions at once; those that are refused come on top")
	f.StringVar(&o.publishers, "publishers", "20%",
		"so many of them publish: a `SHARE` like 20%, or a number; the rest play")
	f.StringVar(&o.players, "players", "rtmp=100%",
		"the players play over these in these `SHARES`, such as rtmp=60%,flv=30%,hls=10%")
	f.StringVar(&o.refused, "refused", "10%",
		"so many more are refused by the hook server: a `SHARE` of those that are held, or a number")
	f.StringVar(&o.refuseAt, "refuse-at", "",
		"refuse them at these `EVENTS` in turn, from on_connect,on_publish,on_play.\nNot given: all three; where "+
			"-refuse names who is refused, the first event that does")
	f.StringVar(&o.vanish, "vanish", "5%", "this `SHARE` of them leaves without a word, by a TCP reset")
	f.IntVar(&o.streams, "streams", 0, "the players play `N` of the publishers' streams; 0: all")
	f.Float64Var(&o.churn, "churn", 0, "replace sessions at this `RATE` per second while their number is held")
	f.Float64Var(&o.rate, "rate", 0, "sessions come at this `RATE` per second; decides how long -ramp is")
	f.DurationVar(&o.ramp, "ramp", 0, "all sessions come within this `TIME`; not given: 100 a second, but 5 s to 30 s")
	f.DurationVar(&o.hold, "hold", 15*time.Second, "then they stay for this `TIME`")
	f.DurationVar(&o.hold, "duration", 15*time.Second, "the same as -hold: `TIME`")
	f.DurationVar(&o.down, "down", 5*time.Second, "then they leave within this `TIME`")
	f.StringVar(&o.stages, "stages", "",
		"in place of -n, -rate, -ramp, -hold and -down: `STAGES` like 30s:200,1m:1000,30s:0, each "+
			"with its length\nand the number of sessions at its end")
	f.StringVar(&o.arrivals, "arrivals", "poisson", "sessions come as a `PROCESS`: poisson or even")
	f.Uint64Var(&o.seed, "seed", 1, "`NUMBER` that the plan is drawn from: the same seed, the same plan")
	f.BoolVar(&o.find, "find", false,
		"search the largest number of sessions, beginning with -n, that meets the thresholds")
}

// declareTarget declares what is loaded.
func (o *options) declareTarget(f *flag.FlagSet) {
	f.StringVar(&o.rtmp, "rtmp", "",
		"load the RTMP server at `URL`, such as rtmp://127.0.0.1:1935/live.\nNot given: the built-in server, in a "+
			"process of its own")
	f.StringVar(&o.http, "http", "",
		"with -rtmp: where that server serves HTTP-FLV and HLS, a `URL` such as http://127.0.0.1:8080, for -players")
	f.StringVar(&o.listen, "listen", "",
		"with -rtmp: take that server's hooks at `ADDR`, such as 127.0.0.1:8085, and account for them.\nOf several "+
			"shards only the first one listens")
	o.hooks.Register(f, "ask", identity.Auto)
	f.BoolVar(&o.hooksOnly, "hooks-only", false,
		"with -hooks: send it the hook traffic of the sessions without any RTMP")
	f.StringVar(&o.profile, "profile", "auto",
		"the hooks are those of `PROFILE`, one of "+hook.ProfileNames()+",\nor auto: what the server or hook server "+
			"turns out to speak; "+hook.SRS1.Name+" between our own")
	f.IntVar(&o.pid, "pid", 0, "with -rtmp: the server under test is process `PID` of this machine, whose CPU use "+
		"and memory are to be measured, too")
}

// declareClients declares what clients send, and the limits that they keep to.
func (o *options) declareClients(f *flag.FlagSet) {
	f.StringVar(&o.media, "media", "", "publish this FLV `FILE`, over and over; not given: a clip of 380 kbit/s")
	f.StringVar(&o.bitrate, "bitrate", "",
		"publish a synthetic stream of this `RATE`, such as 300k or 2M bits per second")
	f.BoolVar(&o.noMedia, "no-media", false, "publish next to nothing: a few bytes every 2 s")
	f.DurationVar(&o.burst, "burst", 0,
		"publishers send this `TIME` of media at once, 10 s at most; not given: a picture at a time")
	f.DurationVar(&o.timeout, "timeout", loadgen.DefaultTimeout, "each step of a client may take this `TIME`")
	f.DurationVar(&o.stall, "stall", loadgen.DefaultStall, "media that is late by this `TIME` is a stall")
	f.DurationVar(&o.warmup, "warmup", 0,
		"leave clients that come in the first `TIME` out of the latencies; they are accounted all the same")
	f.DurationVar(&o.settle, "settle", loadgen.DefaultSettle, "at the end, wait this `TIME` for closing events")
	f.DurationVar(&o.late, "late", 2*time.Second, "a hook that is answered after this `TIME` is late")
	f.StringVar(&o.source, "source", "", "connect from these local `ADDRESSES` in turn, such as 127.0.0.2-127.0.0.9")
}

// declareResult declares what comes of the test.
func (o *options) declareResult(f *flag.FlagSet) {
	f.Var(&o.thresholds, "threshold",
		"fail unless this `CONDITION` holds, such as 'publish p99<500ms'; may be given several times")
	f.StringVar(&o.report, "report", "",
		"write report.html, report.json, junit.xml, summary.md and latencies.hdr into `DIR`")
	f.StringVar(&o.metrics, "metrics", "",
		"serve Prometheus metrics on `ADDR` while the test runs; a port alone is served on 127.0.0.1")
	f.StringVar(&o.web, "web", "", "serve the report's page live on `ADDR` while the test runs; a port alone is "+
		"served on 127.0.0.1")
	f.StringVar(&o.pprof, "pprof", "",
		"serve Go's profiles of the generator below /debug/pprof/ on `ADDR` while the test runs; a port alone is "+
			"served on 127.0.0.1")
	f.BoolVar(&o.printReport, "print-report", false,
		"print the report's files as text at the end, for \"loadgen unpack\": they go through the log of a container")
	f.BoolVar(&o.quiet, "quiet", false, "print the summary only")
	f.BoolVar(&o.version, "version", false, "print the version and exit")
}

// declareShards declares what several processes agree upon.
func (o *options) declareShards(f *flag.FlagSet) {
	f.BoolVar(&o.spread, "spread", false,
		"with -shard: every shard listens at -listen, for a part of the hooks; the merged report accounts for them")
	f.StringVar(&o.shard, "shard", "",
		"play slice `K/N` of the test, such as 2/8; JOB_COMPLETION_INDEX, where it is set, says K-1 for \"/N\"")
	f.StringVar(&o.meet, "meet", "",
		"with -shard: the shards wait for each other at `HOST:PORT`, where the first one listens, and begin together")
	f.DurationVar(&o.meetWithin, "meet-within", loadgen.DefaultMeetWithin, "they wait for this `TIME` at most")
	f.StringVar(&o.startAt, "start-at", "", "begin at `TIME` (RFC 3339), the same for all shards")
	f.StringVar(&o.run, "run", "", "`NAME` of the run, in stream names; the same for all shards, and new for each test")
}
