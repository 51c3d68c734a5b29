package loadgen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/identity"
	"hookproof/loadgen/account"
)

// The probes: clients that come before those of the plan.
const (
	acceptedProbe = iota
	refusedProbe
	againProbe // accepted, once the profile is known
	otherProbe // accepted, of the other role
)

// patience is how long a probe waits for a hook that should have come already.
const patience = 2 * time.Second

// probe finds out, before the plan begins, what would make the whole test worthless: a server or a hook server that
// is not there, hooks that do not come, credentials that do not do what was said of them.
func (r *run) probe(ctx context.Context) error {
	if r.cfg.Meet != "" {
		r.awaitServer(ctx)
	}
	switch {
	case r.cfg.HooksOnly:
		return r.probeHookServer(ctx)
	case r.cfg.elsewhere() || r.cfg.Spread: // the hooks of a probe might come to another shard
		return r.probeServer(ctx)
	}
	opens := r.roles()
	err := r.probeAccepted(ctx, acceptedProbe, opens[0])
	if p := r.spoken(); p != nil && p != r.profile {
		r.setProfile(p)
		if err != nil { // the credentials may belong elsewhere in this profile
			err = r.probeAccepted(ctx, againProbe, opens[0])
		}
	}
	if err == nil && len(opens) > 1 {
		err = r.probeAccepted(ctx, otherProbe, opens[1])
	}
	if err != nil || r.cfg.Plan.Refused.Of(r.cfg.Plan.Peak()) == 0 {
		return err
	}
	return r.probeRefused(ctx)
}

// roles returns the opening events of the roles that the plan has: it may be that nobody may publish, or play.
func (r *run) roles() (opens []hook.Event) {
	c := r.plan.Count(nil)
	if c.Publishers > 0 {
		opens = append(opens, hook.OnPublish)
	}
	if c.Players > 0 {
		opens = append(opens, hook.OnPlay)
	}
	return opens
}

// spoken returns the profile that the server under test turned out to speak, where it was not given; nil: not known.
func (r *run) spoken() *hook.Profile {
	if r.cfg.Profile != nil || r.cfg.RTMP == "" || r.log == nil {
		return nil
	}
	if d := r.log.Spoken(); d != nil {
		return d.Profile
	}
	return nil
}

// probeServer checks that the server answers.
func (r *run) probeServer(ctx context.Context) error {
	c, err := client.Dial(ctx, r.options(identity.Client{}, r.keys.OfProbe(acceptedProbe)))
	if err != nil {
		return r.unanswered(err)
	}
	return c.Close()
}

// awaitServer waits until the server can be reached, as long as shards wait for each other: it may be started together
// with them. Whether it answers is the probe's to say.
func (r *run) awaitServer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.MeetWithin)
	defer cancel()
	for {
		c, err := client.Dial(ctx, r.options(identity.Client{}, r.keys.OfProbe(acceptedProbe)))
		if err == nil {
			c.Close()
		}
		if err == nil || !pause(ctx) {
			return
		}
	}
}

// probeAccepted sends a publisher or player that is to be let in.
func (r *run) probeAccepted(ctx context.Context, n int, opens hook.Event) error {
	c, err := r.enterAs(ctx, n, identity.Who{Opens: opens})
	if c == nil {
		return r.unanswered(err)
	}
	defer c.Leave()
	if r.log == nil {
		if err != nil {
			return fmt.Errorf("the RTMP server does not let in a client that is to be accepted: %s%s", kind(err),
				r.advice())
		}
		return nil
	}
	seen := r.seen(n)
	if len(seen) == 0 {
		return r.noHooks(err)
	}
	if err := r.refusedBy(seen); err != nil {
		return err
	}
	if err != nil {
		return fmt.Errorf("the RTMP server does not let in a client that no hook refused: %s", kind(err))
	}
	for _, ev := range []hook.Event{hook.OnConnect, opens} {
		if !slices.ContainsFunc(seen, func(e account.Entry) bool { return e.Known && e.Event == ev }) {
			return fmt.Errorf("the RTMP server let a client in without %s: configure the URLs of all six events", ev)
		}
	}
	return nil
}

// enterAs has the n-th probe connect and publish or play. The client is nil if the server does not answer at all.
func (r *run) enterAs(ctx context.Context, n int, who identity.Who) (*client.Client, error) {
	key, me := r.keys.OfProbe(n), r.set.identities.Client(who, r.place)
	c, err := client.Dial(ctx, r.options(me, key))
	if err != nil {
		return nil, err
	}
	if err := c.Connect(ctx); err != nil {
		return c, err
	}
	name := fmt.Sprintf("lg%sp%d", r.cfg.Run, n) + param(me, key)
	if who.Opens == hook.OnPlay {
		return c, c.Play(ctx, name)
	}
	return c, c.Publish(ctx, name, "live")
}

// seen returns the requests of a probe, once all that have come are answered.
func (r *run) seen(n int) (list []account.Entry) {
	r.waitFor(func() bool {
		var pending bool
		list, pending = r.log.OfProbe(n)
		return !pending
	})
	return list
}

// waitFor waits for a condition as long as patience lasts.
func (r *run) waitFor(holds func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}

// probeRefusedAt is the event at which the refused probe is to be refused.
func (r *run) probeRefusedAt() hook.Event {
	if at := r.cfg.Plan.RefuseAt; len(at) > 0 {
		return at[0]
	}
	return hook.OnConnect
}

// probeRefused sends a client that the hook server is to refuse. Whether the RTMP server obeys is the plan's to judge.
func (r *run) probeRefused(ctx context.Context) error {
	who := r.refusedClient()
	at := who.At
	c, err := r.enterAs(ctx, refusedProbe, who)
	if c == nil {
		return r.unanswered(err)
	}
	defer c.Close()
	if r.log == nil {
		return r.stays(c, err)
	}
	var decided account.Entry
	found := r.waitFor(func() (found bool) {
		all, _ := r.log.OfProbe(refusedProbe)
		decided, found = decision(all, at)
		return found
	})
	if !found {
		return fmt.Errorf("%s did not come of a client that is to be refused there", at)
	}
	return r.wrongRefusal(decided, at)
}

// refusedClient is how the refused probe presents itself.
func (r *run) refusedClient() identity.Who {
	who := identity.Who{Opens: r.roles()[0], Refused: len(r.set.identities.Refuse) > 0, At: r.probeRefusedAt()}
	if who.At != hook.OnConnect {
		who.Opens = who.At
	}
	return who
}

// stays checks, where no hooks are seen, that the server ends a client that its hook server is to refuse.
func (r *run) stays(c *client.Client, err error) error {
	var status *client.StatusError
	if errors.As(err, &status) {
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.Done():
		return nil
	case <-timer.C:
		return fmt.Errorf("the RTMP server lets in a client that is to be refused (%s), presented in %s: see -refuse "+
			"and -token-at", r.refusedFrom(r.probeRefusedAt()), r.place)
	}
}
