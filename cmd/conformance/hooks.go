package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/hookflags"
	"hookproof/internal/identity"
	"hookproof/internal/redact"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// hookOptions are the flags that name a hook server under test.
type hookOptions struct {
	hookflags.Server
	safe   bool
	header [][2]string
	covers []string // the events that have a URL, where some have none
}

func (o *hookOptions) register(f *flag.FlagSet) {
	o.Register(f, "test", identity.Both)
	f.BoolVar(
		&o.safe,
		"safe",
		false,
		"with a hook server in production: leave out hostile requests, values of wrong types, and load",
	)
	f.Func(
		"header",
		"add a `FIELD`, as 'NAME: VALUE', to every request: a gateway's secret, say; may be given again",
		func(v string) error {
			field, err := headerField(v)
			o.header = append(o.header, field)
			return err
		},
	)
}

// framing are header fields that are the suite's own.
var framing = []string{
	"Host",
	"Connection",
	"Content-Length",
	"Transfer-Encoding",
	"Expect",
	"Content-Type",
	"User-Agent",
}

// fieldName is a header field's name (a token of RFC 9110).
var fieldName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// headerField reads a header field of the command line.
func headerField(text string) (field [2]string, err error) {
	name, value, ok := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	switch {
	case !ok || !fieldName.MatchString(name) || strings.ContainsFunc(value, unicode.IsControl):
		return field, fmt.Errorf("want NAME: VALUE, got %q", text)
	case slices.ContainsFunc(framing, func(own string) bool { return strings.EqualFold(own, name) }):
		return field, fmt.Errorf("%s is a field that the suite writes itself", name)
	}
	return [2]string{name, value}, nil
}

// check reads what the flags point to.
func (o *hookOptions) check(rtmp string) error {
	switch {
	case o.Given() && rtmp != "":
		return cli.Usagef("-rtmp tests an RTMP server, -hooks a hook server: one at a time")
	case !o.Given() && (o.Identified() || o.safe && rtmp == "" || len(o.header) > 0):
		return cli.Usagef("-accept, -refuse, -identities and -header go with -hooks, -safe goes with -hooks or -rtmp")
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
	ho := hooktarget.Options{
		URLs:       urls,
		Identities: o.hooks.Identities,
		TokenAt:    o.hooks.TokenAt,
		Header:     o.hooks.header,
		Scale:      o.scale,
		Safe:       o.hooks.safe,
	}
	o.hooks.covers = ho.Covers()
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
	return reports.Target{
		Kind:        reports.TargetHooks,
		URL:         redact.Secrets(o.Base),
		Description: o.Description(),
		Covers:      o.covers,
	}
}
