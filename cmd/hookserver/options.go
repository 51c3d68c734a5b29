package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/hookserver"
	"hookproof/server/srsconf"
)

// options are the command line.
type options struct {
	flags *flag.FlagSet

	listen    string
	profile   string
	token     *hookserver.Token
	tokenFile string
	tokenAt   string
	rules     string
	record    string
	cert, key string
	params    bool
	version   bool
	log       cli.LogOptions
}

// newOptions declares the flags.
func newOptions() *options {
	o := &options{flags: flag.NewFlagSet(help.Name, flag.ContinueOnError)}
	f := o.flags
	f.StringVar(&o.listen, "listen", "127.0.0.1:8085",
		"serve on `ADDR`. A port alone is served on 127.0.0.1, \":PORT\" on every\naddress, port 0 takes a free one")
	f.StringVar(&o.profile, "profile", "auto",
		"answer as `PROFILE` has it, one of "+hook.ProfileNames()+" ("+hook.SRS1.Name+
			": 0, as the document of 2014;\nothers: {\"code\":0,\"data\":null}), or auto "+
			"(0, which all accept; each request tells when its token is due). Events of all are read")
	f.Func("token", "let on only who carries the parameter `KEY=VALUE` in his URLs, see below", o.readToken)
	f.StringVar(&o.tokenFile, "token-file", "",
		"read KEY=VALUE from `FILE` in place of -token, which others on this machine can see")
	f.StringVar(&o.tokenAt, "token-at", "", "with -token: ask for it at these `EVENTS`, such as on_publish,on_play")
	f.StringVar(&o.rules, "rules", "", "refuse, delay or spoil answers by the rules in `FILE`, see below")
	f.StringVar(&o.record, "record", "",
		"write every request and its answer to `FILE` as JSON lines, tokens included;\nthe file must not be there yet")
	f.StringVar(&o.cert, "cert", "", "serve https with the certificate in `FILE` (PEM); needs -key")
	f.StringVar(&o.key, "key", "", "the certificate's private key, in `FILE` (PEM)")
	f.BoolVar(&o.params, "log-params", false,
		"show the values of parameters in the log and on the page: tokens are among them")
	f.BoolVar(&o.version, "version", false, "print the version and exit")
	o.log.Register(f)
	return o
}

func (o *options) readToken(s string) error {
	if o.token != nil {
		return errors.New("want only one token")
	}
	var err error
	o.token, err = hookserver.ParseToken(s)
	return err
}

// readTokenFile reads -token-file: KEY=VALUE, and perhaps a line's end.
func (o *options) readTokenFile() error {
	if o.tokenFile == "" {
		return nil
	}
	if o.token != nil {
		return cli.Usagef("-token and -token-file exclude each other")
	}
	const most = 16 << 10 // more than a token may have
	f, err := os.Open(o.tokenFile)
	if err != nil {
		return fmt.Errorf("-token-file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return fmt.Errorf("-token-file: %w", err)
	}
	if err := o.readToken(strings.TrimRight(string(text), "\r\n")); err != nil {
		return fmt.Errorf("-token-file: %s: %w", o.tokenFile, err)
	}
	return nil
}

// settings are what the command line asks for, read and checked.
type settings struct {
	server hookserver.Options
	listen string
	record string
}

// read checks the command line and reads the files that it names.
func (o *options) read() (*settings, error) {
	set := &settings{record: o.record}
	set.server.ShowParams = o.params
	var err error
	if set.listen, err = srsconf.Address(o.listen, "127.0.0.1"); err != nil {
		return nil, cli.Usagef("-listen: %v", err)
	}
	if o.profile != "auto" {
		if set.server.Profile, err = hook.ProfileByName(o.profile); err != nil {
			return nil, cli.Usagef("-profile: want auto or one of %s, got %q", hook.ProfileNames(), o.profile)
		}
	}
	if (o.cert == "") != (o.key == "") {
		return nil, cli.Usagef("-cert and -key belong together: only one of them is given")
	}
	if err = o.readTokenFile(); err != nil {
		return nil, err
	}
	if set.server.Token, err = o.demandingToken(); err != nil {
		return nil, err
	}
	if o.rules != "" {
		if set.server.Rules, err = readRules(o.rules); err != nil {
			return nil, err
		}
	}
	if o.cert != "" {
		cert, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, fmt.Errorf("-cert %s and -key %s: %w", o.cert, o.key, err)
		}
		set.server.Certificate = &cert
	}
	return set, nil
}

// demandingToken is the token with the events of -token-at.
func (o *options) demandingToken() (*hookserver.Token, error) {
	if o.tokenAt == "" {
		return o.token, nil
	}
	if o.token == nil {
		return nil, cli.Usagef("-token-at needs -token or -token-file")
	}
	var events []hook.Event
	for _, name := range strings.Split(o.tokenAt, ",") {
		e, err := hook.ParseEvent(strings.TrimSpace(name))
		if err != nil {
			return nil, cli.Usagef("-token-at: %v", err)
		}
		events = append(events, e)
	}
	token, err := o.token.At(events...)
	if err != nil {
		return nil, cli.Usagef("-token-at: %v", err)
	}
	return token, nil
}

func readRules(name string) (*hookserver.Rules, error) {
	const most = 1<<20 + 1 // one more than ParseRules takes
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, err
	}
	rules, err := hookserver.ParseRules(name, data)
	if err != nil {
		return nil, fmt.Errorf("the rules are wrong, nothing was started:\n%w", err)
	}
	return rules, nil
}
