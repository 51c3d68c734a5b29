package main

import (
	"errors"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// config makes the test that the command line asks for.
func (o *options) config(s cli.Streams) (loadgen.Config, error) {
	cfg := loadgen.Config{
		RTMP: o.rtmp, HTTP: o.http, Listen: o.listen, Spread: o.spread, HooksOnly: o.hooksOnly, PID: o.pid,
		Accept: o.hooks.Accept, Refuse: o.hooks.Refuse, Identities: o.hooks.Files, TokenAt: string(o.hooks.TokenAt),
		Timeout: o.timeout, Stall: o.stall, Warmup: o.warmup, Settle: o.settle, LateAfter: o.late, Burst: o.burst,
		Media: loadgen.Media{File: o.media, None: o.noMedia}, Meet: o.meet, MeetWithin: o.meetWithin, Command: o.args,
		Run: o.run,
	}
	for _, set := range []func(*loadgen.Config) error{o.setProfile, o.setPlan, o.setBitrate, o.setShard, o.setSources,
		o.setThresholds} {
		if err := set(&cfg); err != nil {
			return cfg, err
		}
	}
	if err := o.setHooks(&cfg, s); err != nil {
		return cfg, err
	}
	err := cfg.Validate()
	if wrong, is := errors.AsType[*loadgen.InvalidError](err); is {
		err = cli.Usagef("%s", wrong.Text(flagOf))
	}
	return cfg, err
}

// flagOf returns what the command line calls a field of the test's Config.
func flagOf(field string) string {
	switch field {
	case "Plan":
		return "the sessions"
	case "Media":
		return "-media, -bitrate and -no-media"
	case "HooksOnly", "TokenAt", "StartAt":
		return "-" + strings.ToLower(field[:5]) + "-" + strings.ToLower(field[5:])
	}
	return "-" + strings.ToLower(field) // of Plan.Players, too
}

func (o *options) setThresholds(cfg *loadgen.Config) error {
	for _, text := range o.thresholds {
		t, err := result.ParseThreshold(text)
		if err != nil {
			return cli.Usagef("%v", err)
		}
		cfg.Thresholds = append(cfg.Thresholds, t)
	}
	return nil
}

func (o *options) setProfile(cfg *loadgen.Config) error {
	if o.profile == "auto" {
		return nil
	}
	p, err := hook.ProfileByName(o.profile)
	if err != nil {
		return cli.Usagef("-profile: %v, or auto", err)
	}
	cfg.Profile = p
	return nil
}

// setPlan reads the flags that shape the load.
func (o *options) setPlan(cfg *loadgen.Config) error {
	spec := &cfg.Plan
	spec.Streams, spec.Churn, spec.Seed = o.streams, o.churn, o.seed
	for name, to := range map[string]*plan.Share{"publishers": &spec.Publishers, "refused": &spec.Refused,
		"vanish": &spec.Vanish} {
		share, err := plan.ParseShare(o.flags.Lookup(name).Value.String())
		if err != nil {
			return cli.Usagef("-%s: %v", name, err)
		}
		*to = share
	}
	var err error
	if spec.Players, err = plan.ParseMix(o.players); err != nil {
		return cli.Usagef("-players: %v", err)
	}
	switch o.arrivals {
	case "even":
		spec.Even = true
	case "poisson":
	default:
		return cli.Usagef("-arrivals is %q: want poisson or even", o.arrivals)
	}
	if err := o.setStages(spec); err != nil {
		return err
	}
	return o.setRefuseAt(spec)
}

func (o *options) setStages(spec *plan.Spec) (err error) {
	if o.find && (o.stages != "" || o.shard != "") {
		return cli.Usagef("-find cannot be given together with -stages or -shard")
	}
	if o.given("hold") && o.given("duration") {
		return cli.Usagef("-hold and -duration are the same: give one of them")
	}
	if o.stages != "" {
		for _, name := range []string{"n", "rate", "ramp", "hold", "duration", "down"} {
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

// simple returns the stages of n sessions without -stages.
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
