package hooktarget

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/identity"
	"hookproof/internal/ownclock"
)

// Options say where the hook server is, what it knows, and what may be done to
// it.
type Options struct {
	Profile *hook.Profile
	// URLs are those of each event, as a caller would be configured: several
	// are asked one by one. Only these are called.
	URLs       map[hook.Event][]string
	Identities identity.Set
	TokenAt    identity.Place // where clients present credentials; "" is Both
	// Header holds further header fields of every request, such as a gateway's secret.
	Header [][2]string
	Scale  float64 // of all time-outs; 0 is 1
	// Safe leaves out what could harm a server in production: hostile requests
	// (H-BAD-02), values of wrong types, and load.
	Safe bool
	// Forget resets a connection once its request is answered in whole, so that
	// no kernel keeps its port for a minute: where many such runs follow each
	// other. Servers are otherwise left as their callers leave them, with a FIN.
	Forget bool
}

// Time limits, before scaling.
const (
	answerLimit = 2 * time.Second // H-RSP-08 and H-BAD-01
	loadLimit   = 5 * time.Second // of an answer among many
)

// Target is a hook server under test, in one profile.
type Target struct {
	o        Options
	ctx      context.Context
	cancel   context.CancelFunc
	clock    *ownclock.Clock
	visitors atomic.Int64
	probe    hook.Event // an event that the server was seen to answer
	gates    [len(hook.Events)]gate

	scene atomic.Pointer[Scene] // the latest

	mu     sync.Mutex
	dead   string // why no more scenarios are run
	deaths int
}

// ErrNoAnswer is what Open returns when no URL answers.
var ErrNoAnswer = errors.New("the hook server does not answer")

// Open checks the options and that the hook server answers at one URL at least.
func Open(ctx context.Context, o Options) (*Target, error) {
	if o.Scale <= 0 {
		o.Scale = 1
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	t := &Target{o: o}
	t.clock = ownclock.Start(t.starved)
	t.ctx, t.cancel = context.WithCancel(context.Background())
	var tried error
	for _, ev := range probeOrder {
		if len(o.URLs[ev]) == 0 {
			continue
		}
		t.probe = ev
		x := t.ask(ctx)
		if x.err == nil {
			return t, nil
		}
		tried = errors.Join(tried, fmt.Errorf("%s at %s: %s", ev, o.URLs[ev][0], x.text()))
	}
	t.Close()
	return nil, fmt.Errorf("%w:\n%w", ErrNoAnswer, tried)
}

// starved records in the scene that is played that the process was not run for a while.
func (t *Target) starved(from, to time.Time) {
	if s := t.scene.Load(); s != nil {
		s.Log.Add(check.Starved(s.Log.At(from), s.Log.At(to)))
	}
}

// probeOrder begins with what changes least at a hook server.
var probeOrder = []hook.Event{hook.OnClose, hook.OnStop, hook.OnUnpublish, hook.OnConnect, hook.OnPlay, hook.OnPublish}

func (o *Options) check() error {
	if o.Profile == nil {
		return errors.New("hook server: want a profile")
	}
	for ev, urls := range o.URLs {
		for _, u := range urls {
			if err := hook.CheckURL(u); err != nil {
				return fmt.Errorf("%s: %w", ev, err)
			}
		}
	}
	for _, ev := range hook.Events {
		if len(o.URLs[ev]) > 0 {
			return nil
		}
	}
	return errors.New("hook server: no URL is given for any event")
}

// Close ends whatever is still under way.
func (t *Target) Close() {
	t.cancel()
	t.clock.Close()
}

// Profile is the target's profile.
func (t *Target) Profile() *hook.Profile { return t.o.Profile }

// The tags of scenarios that are left out where care is asked for.
var careful = []string{"hostile", "load", "types"}

// HowToIdentify says how to tell the harness what is refused.
const HowToIdentify = "give -accept KEY=VALUE and -refuse KEY=VALUE (a good and a bad token), or -identities FILE"

// Turn says when a scenario with these tags is played: what could end the server
// comes last.
func (t *Target) Turn(tags []string) int {
	if slices.Contains(tags, "last") {
		return 1
	}
	return 0
}

// Lacking says why a scenario with these tags cannot be run; "" when it can.
func (t *Target) Lacking(tags []string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.dead != "":
		return t.dead
	case t.o.Safe && slices.ContainsFunc(careful, func(tag string) bool { return slices.Contains(tags, tag) }):
		return "left out by -safe: it could harm a server in production"
	}
	return ""
}

// limit is how long one answer may take.
func (t *Target) limit() time.Duration { return t.scaled(answerLimit) }

func (t *Target) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * t.o.Scale)
}

// ask sends an acceptable event and waits for any answer: a sign of life.
func (t *Target) ask(ctx context.Context) result {
	body, err := t.o.Profile.Encode(nil, t.visitor().payload(t.probe))
	if err != nil {
		return result{how: "harness", err: err}
	}
	q := t.request(t.probe, t.o.URLs[t.probe][0], body, "", "")
	q.Close = true
	return t.exchange(ctx, &q, t.limit())
}

// dial opens a connection to a URL's server. Any certificate will do, as it
// does for SRS.
func (t *Target) dial(ctx context.Context, target string) (net.Conn, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	port := u.Port()
	if u.Scheme == "https" {
		d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), or(port, "443")))
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), or(port, "80")))
}
