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
	err := r.probeAccepted(ctx, acceptedProbe)
	if p := r.spoken(); p != nil && p != r.profile {
		r.setProfile(p)
		if err != nil { // the credentials may belong elsewhere in this profile
			err = r.probeAccepted(ctx, againProbe)
		}
	}
	if err != nil || r.cfg.Plan.Refused.Of(r.cfg.Plan.Peak()) == 0 {
		return err
	}
	return r.probeRefused(ctx)
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

func (r *run) unanswered(err error) error {
	return fmt.Errorf("the RTMP server at %s does not answer: %s", r.base, cause(err))
}

// probeAccepted sends a publisher that is to be let in.
func (r *run) probeAccepted(ctx context.Context, n int) error {
	who := identity.Who{Opens: hook.OnPublish}
	c, err := r.enterAs(ctx, n, who)
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
		return fmt.Errorf("the RTMP server does not let in a publisher that no hook refused: %s", kind(err))
	}
	for _, ev := range []hook.Event{hook.OnConnect, hook.OnPublish} {
		if !slices.ContainsFunc(seen, func(e account.Entry) bool { return e.Known && e.Event == ev }) {
			return fmt.Errorf("the RTMP server let a publisher in without %s: configure the URLs of all six events", ev)
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

// noHooks says why no hook came of a client that the server was asked to let in.
func (r *run) noHooks(err error) error {
	where := r.endpoint.URL()
	if n, what := r.log.Strangers(); n > 0 {
		return fmt.Errorf("%d requests came to %s, and none is an event of the client that was sent first: %s. "+
			"Want the hooks of a server of the SRS family; what another protocol says of clients cannot be "+
			"accounted for", n,
			where, what)
	}
	if err != nil {
		return fmt.Errorf("the RTMP server does not let in a publisher, and asked nobody at %s about it: %s", where,
			kind(err))
	}
	return fmt.Errorf("the RTMP server let a publisher in without asking at %s: point its hooks there", where)
}

// refusedBy says which hook refused a client that should have been accepted; nil: none did.
func (r *run) refusedBy(seen []account.Entry) error {
	for _, e := range seen {
		if !e.Known || e.Event.Closing() || e.Accepted {
			continue
		}
		if r.forward != nil && r.forward.Err() != nil {
			return fmt.Errorf("the hook server does not answer: %w", r.forward.Err())
		}
		return fmt.Errorf("the hook server refuses a client that it should accept: %s: %s%s", e.Event, r.hide(e.Reason),
			r.advice())
	}
	return nil
}

// advice says what may be wrong with the credentials of those who are to be accepted.
func (r *run) advice() string {
	if len(r.set.identities.Accept) == 0 {
		return " (no credentials were given that it accepts: -accept)"
	}
	return fmt.Sprintf(" (credentials are presented in %s, profile %s: see -accept, -token-at and -profile)", r.place,
		r.profile.Name)
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
	at := r.probeRefusedAt()
	who := identity.Who{Opens: hook.OnPublish, Refused: len(r.set.identities.Refuse) > 0, At: at}
	if at == hook.OnPlay {
		who.Opens = hook.OnPlay
	}
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

// decision returns the answer that decides about a client which is to be refused at an event: a refusal, or the
// acceptance of that event.
func decision(seen []account.Entry, at hook.Event) (account.Entry, bool) {
	for _, e := range seen {
		if e.Known && !e.Event.Closing() && (!e.Accepted || e.Event == at) {
			return e, true
		}
	}
	return account.Entry{}, false
}

// wrongRefusal says what is wrong with how a client was decided about that is to be refused at an event.
func (r *run) wrongRefusal(e account.Entry, at hook.Event) error {
	switch {
	case e.Accepted:
		return fmt.Errorf("the hook server accepts a client at %s that it should refuse (%s), presented in %s: see "+
			"-refuse and -token-at", at, r.refusedFrom(at), r.place)
	case e.Event != at:
		return fmt.Errorf("the hook server refuses at %s already a client that it should refuse at %s (%s): name it "+
			"with -refuse %s:KEY=VALUE", e.Event, at, r.refusedFrom(at), e.Event)
	}
	return nil
}

// refusedFrom says where the user named the client that an event refuses.
func (r *run) refusedFrom(at hook.Event) string {
	if all := r.set.identities.Refuses(at); len(all) > 0 {
		return r.hide(all[0].From)
	}
	return "by the plan"
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

// probeHookServer asks the hook server about two clients, without an RTMP server.
func (r *run) probeHookServer(ctx context.Context) error {
	if err := r.callAccepted(ctx); err != nil || r.cfg.Plan.Refused.Of(r.cfg.Plan.Peak()) == 0 {
		return err
	}
	at := r.probeRefusedAt()
	who := identity.Who{Opens: hook.OnPublish, Refused: true, At: at}
	if at == hook.OnPlay {
		who.Opens = hook.OnPlay
	}
	decided, _ := decision(r.callAs(ctx, refusedProbe, who), at)
	return r.wrongRefusal(decided, at)
}

// callAccepted asks the hook server about a client that it is to accept.
func (r *run) callAccepted(ctx context.Context) error {
	return r.refusedBy(r.callAs(ctx, acceptedProbe, identity.Who{Opens: hook.OnPublish}))
}

// callAs sends the hook server the events of the n-th probe, until one is refused.
func (r *run) callAs(ctx context.Context, n int, who identity.Who) (seen []account.Entry) {
	caller := hook.NewCaller(hook.CallerOptions{Profile: r.profile, Timeout: r.cfg.Timeout, InsecureTLS: true})
	defer caller.Close()
	me := person{name: fmt.Sprintf("lg%sp%d", r.cfg.Run, n), key: r.keys.OfProbe(n), number: 2_000_000_000 + n,
		client: r.set.identities.Client(who, r.place)}
	for _, ev := range []hook.Event{hook.OnConnect, who.Opens, who.Opens + 1, hook.OnClose} {
		d := caller.Call(ctx, r.cfg.Hooks[ev], r.payload(ev, me))
		seen = append(seen, account.Entry{Event: ev, Known: true, Answered: 1, Accepted: d.Accept, Reason: d.Reason})
		if !d.Accept && !ev.Closing() {
			break
		}
	}
	return seen
}
