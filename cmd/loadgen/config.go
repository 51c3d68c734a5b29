package main

import (
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// config makes the test that the command line asks for.
func (o *options) config() (loadgen.Config, error) {
	cfg := loadgen.Config{
		RTMP: o.rtmp, Listen: o.listen, HooksOnly: o.hooksOnly, Accept: o.accept, Refuse: o.refuse,
		Timeout: o.timeout, Stall: o.stall, Warmup: o.warmup, Settle: o.settle, LateAfter: o.late,
		NoMedia: o.noMedia, Command: o.args, Run: o.run, PID: o.pid,
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
