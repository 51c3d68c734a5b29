package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/hookflags"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// hookOptions are the flags that name a hook server under test.
type hookOptions struct {
	hookflags.Server
	safe bool
}

func (o *hookOptions) register(f *flag.FlagSet) {
	o.Register(f, "test")
	f.BoolVar(&o.safe, "safe", false, "with a hook server in production: leave out hostile requests and load")
}

// check reads what the flags point to.
func (o *hookOptions) check(rtmp string) error {
	switch {
	case o.Given() && rtmp != "":
		return cli.Usagef("-rtmp tests an RTMP server, -hooks a hook server: one at a time")
	case !o.Given() && (o.Identified() || o.safe):
		return cli.Usagef("-accept, -refuse, -identities and -safe go with -hooks")
	}
	return o.Check()
}

// hookTarget makes the suite test the hook server, and says what will be sent.
func (o *options) hookTarget(s cli.Streams, so *suite.Options) error {
	urls, warnings, err := o.hooks.URLs()
	for _, w := range warnings {
		fmt.Fprintf(s.Err, "%v\n", w)
	}
	if err != nil {
		return err
	}
	ho := hooktarget.Options{URLs: urls, Identities: o.hooks.Identities, Scale: o.scale, Safe: o.hooks.safe}
	so.Open = func(ctx context.Context, p *hook.Profile) (scenario.Target, error) {
		ho := ho
		ho.Profile = p
		return hooktarget.Open(ctx, ho)
	}
	_, err = io.WriteString(s.Out, hooktarget.Banner(ho, o.clients)+"\n")
	return err
}

// role is the role of what is tested.
func (o *options) role() string {
	if o.hooks.Given() {
		return features.RoleHookServer
	}
	return features.RoleServer
}

// describe names the hook server in the report.
func (o *hookOptions) describe() reports.Target {
	return reports.Target{Kind: reports.TargetHooks, URL: o.Base, Description: o.Description()}
}
