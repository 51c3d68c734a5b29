// Package hookflags holds the flags that say where a hook server is, and which clients it accepts and refuses. They
// mean the same to every command that has them.
package hookflags

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"strings"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/identity"
	"hookproof/server/srsconf"
)

// Server is a hook server as the flags describe it.
type Server struct {
	Base       string // -hooks
	Accept     []string
	Refuse     []string
	Files      []string // -identities
	Identities identity.Set
	TokenAt    identity.Place // -token-at

	all, conf, vhost string // -url, -conf, -vhost
	urls             map[hook.Event]string
}

// Secret lists the flags whose values are credentials.
var Secret = []string{"accept", "refuse"}

// Register declares the flags. what says what the command does with the hook server: "test"; at is where clients
// present their credentials by default.
func (s *Server) Register(f *flag.FlagSet, what string, at identity.Place) {
	s.urls, s.TokenAt = map[hook.Event]string{}, at
	f.TextVar(&s.TokenAt, "token-at", at, "clients present credentials at `PLACE`: tcUrl, param (after the stream's "+
		"name), both,\nor auto: param where all opening events of the profile carry it, otherwise tcUrl")
	f.StringVar(&s.Base, "hooks", "",
		what+" the hook server at this base `URL`, http://HOST:PORT; its paths are the default callback server's")
	f.Func("url", what+" the hook server that takes all six events at this `URL`", func(v string) error {
		s.all = v
		return hook.CheckURL(v)
	})
	for _, ev := range hook.Events {
		f.Func(ev.String(), fmt.Sprintf("%s a hook server: the `URL` that %s goes to; the other events' too", what, ev),
			func(v string) error {
				s.urls[ev] = v
				return hook.CheckURL(v)
			})
	}
	f.StringVar(&s.conf, "conf", "", what+" the hook server whose URLs are in this SRS configuration `FILE`")
	f.StringVar(&s.vhost, "vhost", "",
		"with -conf: the virtual host `NAME` whose hooks are meant; else the default one, or the first that has any")
	f.Func("accept", "a `TOKEN` that the hook server accepts, KEY=VALUE or EVENT:KEY=VALUE; may be given again",
		func(v string) error {
			s.Accept = append(s.Accept, v)
			return s.Identities.Add("accept", v)
		})
	f.Func("refuse", "a `TOKEN` that it refuses, likewise", func(v string) error {
		s.Refuse = append(s.Refuse, v)
		return s.Identities.Add("refuse", v)
	})
	f.Func("identities", "`FILE` (YAML or JSON) with clients that the hook server accepts and refuses at each event",
		func(v string) error {
			s.Files = append(s.Files, v)
			return nil
		})
}

// Given reports whether the flags say where a hook server is.
func (s *Server) Given() bool { return s.ways() > 0 }

// Identified reports whether the flags name clients that are accepted or refused.
func (s *Server) Identified() bool { return len(s.Accept)+len(s.Refuse)+len(s.Files) > 0 }

func (s *Server) ways() (n int) {
	for _, is := range []bool{s.Base != "", s.all != "", len(s.urls) > 0, s.conf != ""} {
		if is {
			n++
		}
	}
	return n
}

// Check reads the files of identities.
func (s *Server) Check() error {
	if s.ways() > 1 {
		return cli.Usagef("-hooks, -url, -conf and URLs of single events exclude each other: each says where the " +
			"hook " +
			"server is")
	}
	for _, name := range s.Files {
		err := s.Identities.Load(name)
		if _, unreadable := errors.AsType[*fs.PathError](err); err != nil && !unreadable {
			err = cli.Usagef("-identities: %v", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// URLs returns the URLs of each event, and what was odd in the configuration that they were read from.
func (s *Server) URLs() (map[hook.Event][]string, []srsconf.Warning, error) {
	switch {
	case s.Base != "":
		urls, err := hook.DefaultURLs(s.Base)
		if err != nil {
			err = cli.Usagef("-hooks: %v", err)
		}
		return urls, nil, err
	case s.conf != "":
		return configuration(s.conf, s.vhost)
	}
	urls := map[hook.Event][]string{}
	for _, ev := range hook.Events {
		if u := s.urls[ev]; u != "" {
			urls[ev] = []string{u}
		} else if s.all != "" {
			urls[ev] = []string{s.all}
		}
	}
	return urls, nil, nil
}

// Description says in words where the hook server is; empty where Base says it.
func (s *Server) Description() string {
	switch {
	case s.conf != "":
		return strings.TrimSpace("the hook URLs in " + s.conf + " " + s.vhost)
	case s.all != "":
		return "all events " + s.all
	}
	var parts []string
	for _, ev := range hook.Events {
		if u := s.urls[ev]; u != "" {
			parts = append(parts, fmt.Sprintf("%s %s", ev, u))
		}
	}
	return strings.Join(parts, " ")
}
