package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/identity"
	"hookproof/internal/scenario/hooktarget"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// hookOptions are the flags that name a hook server under test.
type hookOptions struct {
	base       string
	urls       map[hook.Event]string
	conf       string
	vhost      string
	identities identity.Set
	files      []string // of identities
	safe       bool
}

func (o *hookOptions) register(f *flag.FlagSet) {
	o.urls = map[hook.Event]string{}
	f.StringVar(&o.base, "hooks", "", "test the hook server at this base `URL`, http://HOST:PORT; its paths are the default callback server's")
	for _, ev := range hook.Events {
		f.Func(ev.String(), fmt.Sprintf("test a hook server: the `URL` that %s goes to; the other events' too", ev), func(v string) error {
			o.urls[ev] = v
			return hook.CheckURL(v)
		})
	}
	f.StringVar(&o.conf, "conf", "", "test the hook server whose URLs stand in this SRS configuration `FILE`")
	f.StringVar(&o.vhost, "vhost", "", "with -conf: the virtual host `NAME` whose hooks are meant; else the default one, or the first that has any")
	f.Func("accept", "a `TOKEN` that the hook server accepts, KEY=VALUE or EVENT:KEY=VALUE; may be given again", func(v string) error { return o.identities.Add("accept", v) })
	f.Func("refuse", "a `TOKEN` that it refuses, likewise", func(v string) error { return o.identities.Add("refuse", v) })
	f.Func("identities", "`FILE` (YAML or JSON) with clients that the hook server accepts and refuses at each event", func(v string) error {
		o.files = append(o.files, v)
		return nil
	})
	f.BoolVar(&o.safe, "safe", false, "with a hook server in production: leave out hostile requests and load")
}

// given reports whether a hook server is what is tested.
func (o *hookOptions) given() bool { return o.base != "" || len(o.urls) > 0 || o.conf != "" }

// check reads what the flags point to.
func (o *hookOptions) check(rtmp string) error {
	ways := 0
	for _, is := range []bool{o.base != "", len(o.urls) > 0, o.conf != ""} {
		if is {
			ways++
		}
	}
	id := &o.identities
	switch {
	case ways > 1:
		return cli.Usagef("-hooks, -conf and URLs of single events exclude each other: each says where the hook server is")
	case ways == 1 && rtmp != "":
		return cli.Usagef("-rtmp tests an RTMP server, -hooks a hook server: one at a time")
	case ways == 0 && (len(id.Accept)+len(id.Refuse)+len(o.files) > 0 || o.safe):
		return cli.Usagef("-accept, -refuse, -identities and -safe go with -hooks")
	}
	for _, name := range o.files {
		err := id.Load(name)
		if _, unreadable := errors.AsType[*fs.PathError](err); err != nil && !unreadable {
			err = cli.Usagef("-identities: %v", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addresses gives the URLs of each event.
func (o *hookOptions) addresses(s cli.Streams) (map[hook.Event][]string, error) {
	switch {
	case o.base != "":
		urls, err := hook.DefaultURLs(o.base)
		if err != nil {
			err = cli.Usagef("-hooks: %v", err)
		}
		return urls, err
	case o.conf != "":
		urls, warnings, err := hooktarget.URLsOfConfiguration(o.conf, o.vhost)
		for _, w := range warnings {
			fmt.Fprintf(s.Err, "%v\n", w)
		}
		return urls, err
	}
	urls := map[hook.Event][]string{}
	for ev, u := range o.urls {
		urls[ev] = []string{u}
	}
	return urls, nil
}

// hookTarget makes the suite test the hook server, and says what will be sent.
func (o *options) hookTarget(s cli.Streams, so *suite.Options) error {
	urls, err := o.hooks.addresses(s)
	if err != nil {
		return err
	}
	ho := hooktarget.Options{URLs: urls, Identities: o.hooks.identities, Scale: o.scale, Safe: o.hooks.safe}
	so.OpenHooks = func(ctx context.Context, p *hook.Profile) (*hooktarget.Target, error) {
		ho := ho
		ho.Profile = p
		return hooktarget.Open(ctx, ho)
	}
	_, err = io.WriteString(s.Out, hooktarget.Banner(ho, o.clients)+"\n")
	return err
}

// role is the role of what is tested.
func (o *options) role() string {
	if o.hooks.given() {
		return features.RoleHookServer
	}
	return features.RoleServer
}

// describe names the hook server in the report.
func (o *hookOptions) describe() reports.Target {
	t := reports.Target{Kind: reports.TargetHooks, URL: o.base}
	switch {
	case o.conf != "":
		t.Description = strings.TrimSpace("the hook URLs in " + o.conf + " " + o.vhost)
	case o.base == "":
		for _, ev := range hook.Events {
			if u := o.urls[ev]; u != "" {
				t.Description += fmt.Sprintf("%s %s ", ev, u)
			}
		}
	}
	return t
}
