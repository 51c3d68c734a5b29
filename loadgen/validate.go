package loadgen

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/internal/media"
	"hookproof/loadgen/plan"
)

// InvalidError says what is wrong with a Config.
type InvalidError struct{ text string } // with names of fields in braces

func invalid(format string, args ...any) error { return &InvalidError{fmt.Sprintf(format, args...)} }

var fieldName = regexp.MustCompile(`\{[A-Z][A-Za-z]*\}`)

// Error names the fields as Config does.
func (e *InvalidError) Error() string {
	return "loadgen.Config: " + e.Text(func(field string) string { return field })
}

// Text is the error with the fields called by other names, such as those of flags.
func (e *InvalidError) Text(name func(field string) string) string {
	return fieldName.ReplaceAllStringFunc(e.text, func(m string) string { return name(m[1 : len(m)-1]) })
}

var runName = regexp.MustCompile(`^[a-wyz0-9]{1,20}$`)

// Validate says what is missing in the Config, or contradicts. It opens no connection; files are read.
func (c *Config) Validate() error {
	_, err := c.settle()
	return err
}

// settings are what a Config's texts and files come to.
type settings struct {
	identities identity.Set
	place      identity.Place
	source     media.Source
}

func (c *Config) settle() (s settings, err error) {
	for _, check := range []func() error{c.checkRun, c.checkTarget, c.checkShard, c.checkTimes} {
		if err := check(); err != nil {
			return s, err
		}
	}
	if s.source, err = c.Media.source(); err != nil {
		return s, err
	}
	if s.identities, err = c.readIdentities(); err != nil {
		return s, err
	}
	if s.place, err = identity.ParsePlace(c.TokenAt); err != nil {
		return s, invalid("{TokenAt}: %v", err)
	}
	return s, c.checkRefusals(&s.identities)
}

func (c *Config) checkRun() error {
	if !runName.MatchString(c.Run) {
		return invalid("{Run}: want 1 to 20 lower-case letters and digits without x, got %.40q", c.Run)
	}
	if err := c.Plan.Check(); err != nil {
		return invalid("{Plan}: %v", err)
	}
	return nil
}

func (c *Config) checkTarget() error {
	if c.RTMP != "" {
		u, err := url.Parse(c.RTMP)
		if err != nil || u.Scheme != "rtmp" || u.Hostname() == "" || len(u.Path) < 2 {
			return invalid("{RTMP}: want rtmp://HOST[:PORT]/APP, got %q", c.RTMP)
		}
	}
	for _, ev := range hook.Events {
		for _, u := range c.Hooks[ev] {
			if err := hook.CheckURL(u); err != nil {
				return invalid("{Hooks}: %v", err)
			}
		}
	}
	if err := c.checkHTTP(); err != nil {
		return err
	}
	switch {
	case c.Listen != "" && c.RTMP == "":
		return invalid("{Listen} needs {RTMP}: the built-in server knows by itself where its hooks go")
	case c.HooksOnly && c.Hooks == nil:
		return invalid("{HooksOnly} needs {Hooks}")
	case c.HooksOnly && c.RTMP != "":
		return invalid("{HooksOnly} and {RTMP} exclude each other")
	case c.Hooks != nil && c.RTMP != "" && c.Listen == "":
		return invalid("{Hooks} with {RTMP} needs {Listen}: point the server's hooks there, they are passed on")
	case c.PID != 0 && c.RTMP == "":
		return invalid("{PID} needs {RTMP}: the built-in server is measured anyway")
	}
	return nil
}

// checkHTTP compares where players over HTTP go with whether there are any.
func (c *Config) checkHTTP() error {
	if c.HTTP != "" {
		u, err := url.Parse(c.HTTP)
		if err != nil || u.Scheme != "http" || u.Hostname() == "" || len(u.Path) > 1 {
			return invalid("{HTTP}: want http://HOST[:PORT], got %q", c.HTTP)
		}
	}
	viewers := c.Plan.Players.HTTP()
	switch {
	case c.HTTP != "" && c.RTMP == "":
		return invalid("{HTTP} needs {RTMP}: the built-in server is known")
	case viewers && c.HooksOnly:
		return invalid("{Players} over HTTP and {HooksOnly} exclude each other")
	case viewers && c.RTMP != "" && c.HTTP == "":
		return invalid("{Players} over HTTP need {HTTP}, the server's address for them")
	case viewers && c.Profile != nil && !showsViewers(c.Profile):
		return invalid("{Players} over HTTP need a {Profile} whose on_play has param: %s has none, and nothing shows "+
			"whose an event is", c.Profile)
	}
	return nil
}

// showsViewers reports whether the events of viewers over HTTP show whose they are.
func showsViewers(p *hook.Profile) bool {
	return slices.ContainsFunc(p.Keys(hook.OnPlay), func(k hook.Key) bool { return k.Name == "param" })
}

func (c *Config) checkShard() error {
	sh := c.Shard
	switch {
	case sh != plan.Shard{} && (sh.Number < 1 || sh.Number > sh.Of || sh.Of > plan.MaxShards):
		return invalid("{Shard}: want K of N with K from 1 to N, N at most %d, got %d of %d", plan.MaxShards, sh.Number,
			sh.Of)
	case sh.Of > 1 && c.RTMP == "" && !c.HooksOnly:
		return invalid("{Shard} needs {RTMP}, the one server that all shards load: each would start a server of " +
			"its own")
	case c.Meet != "" && sh.Of <= 1:
		return invalid("{Meet} needs {Shard}: it is where shards wait for each other")
	case c.Meet != "" && !c.StartAt.IsZero():
		return invalid("{Meet} and {StartAt} exclude each other: both say when shards begin")
	case c.Spread && (sh.Of <= 1 || c.Listen == ""):
		return invalid("{Spread} needs {Shard} and {Listen}")
	case c.Spread && c.Profile == nil:
		return invalid("{Spread} needs {Profile}: no single shard can find it out")
	case c.Spread && !c.keyed() && slices.ContainsFunc(c.Plan.RefuseAt,
		func(e hook.Event) bool { return e != hook.OnConnect }):
		return invalid("{Spread}: the endpoints know clients of profile %s by on_connect alone, so that they can "+
			"refuse "+
			"them nowhere else", c.Profile.Name)
	case c.Spread && c.Hooks != nil:
		return invalid("{Spread} and {Hooks} exclude each other")
	}
	return nil
}

func (c *Config) checkTimes() error {
	if c.Burst < 0 || c.Burst > 10*time.Second {
		return invalid("{Burst}: want 0s to 10s, got %v", c.Burst)
	}
	return nil
}

func (m Media) source() (media.Source, error) {
	n := 0
	for _, is := range []bool{m.File != "", m.Bitrate != 0, m.None} {
		if is {
			n++
		}
	}
	switch {
	case n > 1:
		return media.Source{}, invalid("{Media}: a file, a bit rate and none exclude each other")
	case m.None:
		return media.None(), nil
	case m.File != "":
		return media.File(m.File)
	case m.Bitrate != 0:
		s, err := media.Synthetic(m.Bitrate)
		if err != nil {
			err = invalid("{Media}: %v", err)
		}
		return s, err
	}
	return media.Clip(), nil
}

func (c *Config) readIdentities() (id identity.Set, err error) {
	for _, text := range c.Accept {
		if err := id.Add("accept", text); err != nil {
			return id, invalid("{Accept}: %v", err)
		}
	}
	for _, text := range c.Refuse {
		if err := id.Add("refuse", text); err != nil {
			return id, invalid("{Refuse}: %v", err)
		}
	}
	for _, path := range c.Identities {
		if err := id.Load(path); err != nil {
			return id, err
		}
	}
	if err := id.OverRTMP(); err != nil {
		return id, invalid("{Identities}: %v", err)
	}
	return id, nil
}

// checkRefusals compares where clients are to be refused with what the hook server is said to refuse.
func (c *Config) checkRefusals(id *identity.Set) error {
	if !c.theirs() || len(id.Refuse) == 0 {
		return nil
	}
	for _, ev := range c.Plan.RefuseAt {
		if len(id.Refuses(ev)) == 0 {
			return invalid("{Refuse}: no client is named that %s refuses", ev)
		}
	}
	return nil
}
