package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/hook"
	"hookproof/loadgen"
	"hookproof/loadgen/media"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
	"hookproof/loadgen/rig"
)

// options are the command line.
type options struct {
	flags *flag.FlagSet
	args  []string

	n                            int
	publishers, refused, vanish  string
	refuseAt                     string
	streams                      int
	churn, rate                  float64
	ramp, hold, down             time.Duration
	stages                       string
	arrivals                     string
	seed                         uint64
	rtmp, listen, hooks, profile string
	hooksOnly                    bool
	accept, refuse               string
	media                        string
	bitrate                      string
	noMedia                      bool
	timeout, stall, warmup       time.Duration
	settle, late                 time.Duration
	source                       string
	thresholds                   texts
	find                         bool
	report, metrics              string
	shard, startAt, run          string
	quiet, version               bool
}

// texts is a flag that may be given several times.
type texts []string

// String gives all values.
func (t *texts) String() string { return strings.Join(*t, ", ") }

// Set adds one.
func (t *texts) Set(s string) error { *t = append(*t, s); return nil }

// newOptions declares the flags.
func newOptions() *options {
	o := &options{flags: flag.NewFlagSet(help.Name, flag.ContinueOnError)}
	f := o.flags
	f.IntVar(&o.n, "n", 100, "play `N` sessions at once")
	f.StringVar(&o.publishers, "publishers", "20%", "so many of them publish: a `SHARE` like 20%, or a number; the rest play")
	f.StringVar(&o.refused, "refused", "10%", "this `SHARE` of them is to be refused by the hook server")
	f.StringVar(&o.refuseAt, "refuse-at", "", "refuse them at these `EVENTS` in turn, from on_connect,on_publish,on_play.\nNot given: all three; on_connect with -hooks and the profile srs1, whose other events carry no credentials")
	f.StringVar(&o.vanish, "vanish", "5%", "this `SHARE` of them leaves without a word, by a TCP reset")
	f.IntVar(&o.streams, "streams", 0, "the players play `N` of the publishers' streams; 0: all")
	f.Float64Var(&o.churn, "churn", 0, "replace so many sessions a second while their number is held")
	f.Float64Var(&o.rate, "rate", 0, "sessions come at this `RATE` per second; decides how long -ramp is")
	f.DurationVar(&o.ramp, "ramp", 0, "all sessions come within this `TIME`; not given: 100 a second, but 5 s to 30 s")
	f.DurationVar(&o.hold, "hold", 15*time.Second, "then they stay for this `TIME`")
	f.DurationVar(&o.down, "down", 5*time.Second, "then they leave within this `TIME`")
	f.StringVar(&o.stages, "stages", "", "in place of -n, -rate, -ramp, -hold and -down: `STAGES` like 30s:200,1m:1000,30s:0, each with its length\nand the number of sessions at its end")
	f.StringVar(&o.arrivals, "arrivals", "poisson", "sessions come as a `PROCESS`: poisson or even")
	f.Uint64Var(&o.seed, "seed", 1, "`NUMBER` that the plan is drawn from: the same seed, the same plan")
	f.StringVar(&o.rtmp, "rtmp", "", "load the RTMP server at `URL`, such as rtmp://127.0.0.1:1935/live.\nNot given: the built-in server, in a process of its own")
	f.StringVar(&o.listen, "listen", "", "with -rtmp: take that server's hooks at `ADDR`, such as 127.0.0.1:8085, and account for them.\nOf several shards only the first one listens")
	f.StringVar(&o.hooks, "hooks", "", "ask the hook server at `URL`, such as http://127.0.0.1:8085, about every event")
	f.BoolVar(&o.hooksOnly, "hooks-only", false, "with -hooks: send it the hook traffic of the sessions without any RTMP")
	f.StringVar(&o.profile, "profile", "srs1", "the hooks are those of `PROFILE`: srs1 (the document of 2014) or srs7 (SRS 7)")
	f.StringVar(&o.accept, "accept", "", "`CREDENTIALS` that the hook server accepts, such as token=good")
	f.StringVar(&o.refuse, "refuse", "", "`CREDENTIALS` that it refuses, such as token=bad")
	f.StringVar(&o.media, "media", "", "publish this FLV `FILE`, over and over; not given: a clip of 380 kbit/s")
	f.StringVar(&o.bitrate, "bitrate", "", "publish a synthetic stream of this `RATE`, such as 300k or 2M bits per second")
	f.BoolVar(&o.noMedia, "no-media", false, "publish next to nothing: a few bytes every 2 s")
	f.DurationVar(&o.timeout, "timeout", loadgen.DefaultTimeout, "each step of a client may take this `TIME`")
	f.DurationVar(&o.stall, "stall", loadgen.DefaultStall, "media that is late by this `TIME` is a stall")
	f.DurationVar(&o.warmup, "warmup", 0, "leave clients that come in the first `TIME` out of the latencies; they are accounted all the same")
	f.DurationVar(&o.settle, "settle", loadgen.DefaultSettle, "at the end, wait this `TIME` for closing events")
	f.DurationVar(&o.late, "late", 2*time.Second, "a hook that is answered after this `TIME` is late")
	f.StringVar(&o.source, "source", "", "connect from these local `ADDRESSES` in turn, such as 127.0.0.2-127.0.0.9")
	f.Var(&o.thresholds, "threshold", "fail unless this `CONDITION` holds, such as 'publish p99<500ms'; may be given several times")
	f.BoolVar(&o.find, "find", false, "search the largest number of sessions, beginning with -n, that meets the thresholds")
	f.StringVar(&o.report, "report", "", "write report.json, report.html, summary.md and latencies.hdr into `DIR`")
	f.StringVar(&o.metrics, "metrics", "", "serve Prometheus metrics on `ADDR` while the test runs; a port alone is served on 127.0.0.1")
	f.StringVar(&o.shard, "shard", "", "play slice `K/N` of the test, such as 2/8; JOB_COMPLETION_INDEX, where it is set, says K-1 for \"/N\"")
	f.StringVar(&o.startAt, "start-at", "", "begin at `TIME` (RFC 3339), the same for all shards")
	f.StringVar(&o.run, "run", "", "`NAME` of the run, in stream names; the same for all shards, and new for each test")
	f.BoolVar(&o.quiet, "quiet", false, "print the summary only")
	f.BoolVar(&o.version, "version", false, "print the version and exit")
	return o
}

// given tells whether a flag stands on the command line.
func (o *options) given(name string) (yes bool) {
	o.flags.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// config makes the test that the command line asks for.
func (o *options) config() (loadgen.Config, error) {
	cfg := loadgen.Config{
		RTMP: o.rtmp, Listen: o.listen, HooksOnly: o.hooksOnly, Accept: o.accept, Refuse: o.refuse,
		Timeout: o.timeout, Stall: o.stall, Warmup: o.warmup, Settle: o.settle, LateAfter: o.late,
		NoMedia: o.noMedia, Command: o.args, Run: o.run,
	}
	for _, set := range []func(*loadgen.Config) error{o.setProfile, o.setPlan, o.setTarget, o.setMedia, o.setShard} {
		if err := set(&cfg); err != nil {
			return cfg, err
		}
	}
	for _, text := range o.thresholds {
		t, err := result.ParseThreshold(text)
		if err != nil {
			return cfg, cli.Usagef("%v", err)
		}
		cfg.Thresholds = append(cfg.Thresholds, t)
	}
	return cfg, nil
}

func (o *options) setProfile(cfg *loadgen.Config) error {
	p, err := hook.ProfileByName(o.profile)
	if err != nil {
		return cli.Usagef("-profile is %q: srs1 or srs7 was expected", o.profile)
	}
	cfg.Profile = p
	return nil
}

// setPlan reads the flags that shape the load.
func (o *options) setPlan(cfg *loadgen.Config) error {
	spec := &cfg.Plan
	spec.Streams, spec.Churn, spec.Seed = o.streams, o.churn, o.seed
	for name, to := range map[string]*plan.Share{"publishers": &spec.Publishers, "refused": &spec.Refused, "vanish": &spec.Vanish} {
		share, err := plan.ParseShare(o.flags.Lookup(name).Value.String())
		if err != nil {
			return cli.Usagef("-%s: %v", name, err)
		}
		*to = share
	}
	switch o.arrivals {
	case "even":
		spec.Even = true
	case "poisson":
	default:
		return cli.Usagef("-arrivals is %q: poisson or even was expected", o.arrivals)
	}
	if err := o.setStages(spec); err != nil {
		return err
	}
	if err := o.setRefuseAt(spec); err != nil {
		return err
	}
	if err := spec.Check(); err != nil {
		return cli.Usagef("%v", err)
	}
	return nil
}

func (o *options) setStages(spec *plan.Spec) (err error) {
	if o.find && (o.stages != "" || o.shard != "") {
		return cli.Usagef("-find cannot be given together with -stages or -shard")
	}
	if o.stages != "" {
		for _, name := range []string{"n", "rate", "ramp", "hold", "down"} {
			if o.given(name) {
				return cli.Usagef("-%s cannot be given together with -stages", name)
			}
		}
		if spec.Stages, err = plan.ParseStages(o.stages); err != nil {
			return cli.Usagef("-stages: %v", err)
		}
		return nil
	}
	if o.ramp < 0 || o.hold < 0 || o.down < 0 || o.rate < 0 {
		return cli.Usagef("-rate, -ramp, -hold and -down cannot be negative")
	}
	spec.Stages = o.simple(o.n)
	return nil
}

// simple gives the stages of n sessions without -stages.
func (o *options) simple(n int) []plan.Stage {
	const defaultRate = 100
	ramp := o.ramp
	switch {
	case o.rate > 0:
		ramp = time.Duration(float64(n) / o.rate * float64(time.Second))
	case !o.given("ramp"):
		ramp = min(max(time.Duration(n)*time.Second/defaultRate, 5*time.Second), 30*time.Second)
	}
	return plan.Ramp(n, ramp, o.hold, o.down)
}

func (o *options) setRefuseAt(spec *plan.Spec) error {
	if o.refuseAt == "" {
		if o.hooks != "" && o.profile == "srs1" {
			spec.RefuseAt = []hook.Event{hook.OnConnect}
		}
		return nil
	}
	for _, name := range strings.Split(o.refuseAt, ",") {
		e, err := hook.ParseEvent(strings.TrimSpace(name))
		if err != nil {
			return cli.Usagef("-refuse-at: %v", err)
		}
		spec.RefuseAt = append(spec.RefuseAt, e)
	}
	return nil
}

// setTarget reads whom to load.
func (o *options) setTarget(cfg *loadgen.Config) error {
	switch {
	case o.rtmp != "" && !strings.HasPrefix(o.rtmp, "rtmp://"):
		return cli.Usagef("-rtmp is %q: expected rtmp://HOST[:PORT]/APP", o.rtmp)
	case o.listen != "" && o.rtmp == "":
		return cli.Usagef("-listen needs -rtmp: the built-in server is told by itself where its hooks go")
	case o.hooksOnly && o.hooks == "":
		return cli.Usagef("-hooks-only needs -hooks URL")
	case o.hooks != "" && o.rtmp != "" && o.listen == "":
		return cli.Usagef("-hooks with -rtmp needs -listen: point the server's hooks there, they are passed on to -hooks")
	case o.hooksOnly && o.rtmp != "":
		return cli.Usagef("-hooks-only and -rtmp exclude each other")
	}
	if o.hooks != "" {
		u, err := url.Parse(strings.TrimSuffix(o.hooks, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return cli.Usagef("-hooks is %q: expected a URL like http://127.0.0.1:8085", o.hooks)
		}
		cfg.Hooks = u
	}
	if o.source == "" {
		return nil
	}
	var err error
	if cfg.Sources, err = rig.ParseSources(o.source); err != nil {
		return cli.Usagef("-source: %v", err)
	}
	return nil
}

func (o *options) setMedia(cfg *loadgen.Config) (err error) {
	count := 0
	for _, name := range []string{"media", "bitrate", "no-media"} {
		if o.given(name) {
			count++
		}
	}
	if count > 1 {
		return cli.Usagef("-media, -bitrate and -no-media exclude each other")
	}
	switch {
	case o.noMedia:
		cfg.Media = media.None()
	case o.bitrate != "":
		rate, perr := parseRate(o.bitrate)
		if perr == nil {
			cfg.Media, perr = media.Synthetic(rate)
		}
		if perr != nil {
			return cli.Usagef("-bitrate: %v", perr)
		}
	case o.media != "":
		cfg.Media, err = media.File(o.media)
	default:
		cfg.Media = media.Clip()
	}
	return err
}

// parseRate reads "300k", "2M" or "64000".
func parseRate(s string) (int, error) {
	unit := 1.0
	number := s
	switch {
	case strings.HasSuffix(s, "k"):
		unit, number = 1e3, s[:len(s)-1]
	case strings.HasSuffix(s, "M"):
		unit, number = 1e6, s[:len(s)-1]
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v > 0 && v*unit < 1e12) {
		return 0, fmt.Errorf("%q: expected bits per second like 300k or 2M", s)
	}
	return int(v * unit), nil
}

// newRun names a run.
func newRun() string {
	b := make([]byte, 3)
	rand.Read(b)
	return fmt.Sprintf("%x", b)
}
