package loadgen

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/redact"
	"hookproof/loadgen/account"
	"hookproof/loadgen/internal/builtin"
	"hookproof/loadgen/internal/forward"
	"hookproof/loadgen/internal/hooklog"
	"hookproof/loadgen/measure"
)

// hookTimeout bounds a call of somebody's hook server: SRS's own time-out.
const hookTimeout = 30 * time.Second

// ServeAsChild makes this process the built-in server that its parent ordered, if it is meant to be one, and does not
// return then. Programs that run tests against the built-in server call it first of all.
func ServeAsChild() { builtin.ServeAsChild() }

// startTarget starts the endpoint and the server.
func (r *run) startTarget(ctx context.Context) (err error) {
	r.noteRefusals()
	if r.cfg.Hooks != nil {
		if err := r.findHookServer(ctx); err != nil {
			return err
		}
	}
	r.setProfile(r.provisional())
	if r.cfg.HooksOnly {
		return nil
	}
	if r.cfg.RTMP == "" || r.cfg.listens() {
		if err := r.listen(); err != nil {
			return err
		}
	} else if r.cfg.elsewhere() {
		r.note("The hooks go to another shard's endpoint: merge the shards to have them accounted for.")
	} else {
		r.note("The hooks of the server under test do not come here, so they are not accounted for: give -listen and " +
			"point its hooks there.")
	}
	if r.cfg.RTMP != "" {
		return r.useServer()
	}
	return r.startServer()
}

func (r *run) note(text string) { r.notes = append(r.notes, text) }

// noteRefusals says so where nobody can be refused although it was asked for.
func (r *run) noteRefusals() {
	if !r.refusing && r.asked.Of(100) > 0 {
		r.note("Nobody is refused: no credentials were given that the hook server refuses (-refuse).")
	}
}

// provisional returns the profile until the server has shown which one it speaks: the built-in server speaks the
// document's unless told otherwise, others most likely a newer one.
func (r *run) provisional() *hook.Profile {
	switch {
	case r.cfg.Profile != nil:
		return r.cfg.Profile
	case r.cfg.RTMP == "" && r.cfg.Hooks == nil && !r.cfg.Plan.Players.HTTP():
		return hook.SRS1
	}
	return hook.SRS7
}

func (r *run) setProfile(p *hook.Profile) {
	r.profile, r.place = p, r.set.place.In(p)
	if r.log != nil {
		r.log.SetProfile(p)
	}
}

// findHookServer checks that the hook server can be reached, and finds out which profile it reads.
func (r *run) findHookServer(ctx context.Context) error {
	for _, addr := range r.hookAddresses() {
		d := net.Dialer{Timeout: r.cfg.Timeout}
		c, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("the hook server at %s cannot be reached: %w", addr, err)
		}
		c.Close()
	}
	if r.cfg.Profile != nil || r.cfg.RTMP != "" {
		return nil
	}
	profiles := hook.Profiles()
	slices.Reverse(profiles)
	for _, p := range profiles {
		r.setProfile(p)
		if r.callAccepted(ctx) == nil {
			r.cfg.Profile = p
			return nil
		}
	}
	return nil // the probe says what is wrong
}

// hookAddresses lists the hosts and ports of the hook server's URLs.
func (r *run) hookAddresses() (list []string) {
	for _, ev := range hook.Events {
		for _, raw := range r.cfg.Hooks[ev] {
			u, err := url.Parse(raw)
			if err != nil {
				continue // Validate has read it
			}
			port := u.Port()
			if port == "" {
				port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
			}
			if addr := net.JoinHostPort(u.Hostname(), port); !slices.Contains(list, addr) {
				list = append(list, addr)
			}
		}
	}
	return list
}

// listen starts the recording endpoint.
func (r *run) listen() error {
	o := hooklog.Options{Profile: r.profile, Keys: r.keys, Clients: len(r.plan.Sessions), Measure: r.measures,
		Decide: r.decide}
	if r.cfg.Hooks != nil {
		r.forward = forward.New(r.cfg.Hooks, hookTimeout)
		o.Decide = func(_ int, q *endpoint.Request) endpoint.Answer { return r.forward.Ask(q, r.log.Profile()) }
	}
	r.log = hooklog.New(o)
	r.endpoint = r.log.Endpoint()
	addr := r.cfg.Listen
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := r.endpoint.Listen(addr); err != nil {
		return fmt.Errorf("hooks: %w", cli.ListenError(err))
	}
	r.hooksAt = r.endpoint.URL()
	if r.cfg.Between != nil {
		r.hooksAt = r.cfg.Between(r.hooksAt)
	}
	return nil
}

// decide answers as the plan wants it.
func (r *run) decide(client int, q *endpoint.Request) endpoint.Answer {
	switch {
	case !q.HasEvent:
	case client == account.Probe(refusedProbe) && q.Event == r.probeRefusedAt():
		return endpoint.Refuse()
	case client >= 0:
		if s := &r.plan.Sessions[client]; s.Refused && s.RefuseAt == q.Event {
			return endpoint.Refuse()
		}
	}
	return endpoint.Accept()
}

// useServer makes a server that is there the one under test.
func (r *run) useServer() (err error) {
	r.base = client.WithoutUser(strings.TrimSuffix(r.cfg.RTMP, "/"))
	if r.cfg.HTTP != "" {
		u, err := url.Parse(r.cfg.HTTP)
		if err != nil {
			return err // Validate has read it
		}
		r.http = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80"))
	}
	if r.cfg.PID == 0 {
		return nil
	}
	if r.server, err = measure.Watch(r.cfg.PID); err != nil {
		return fmt.Errorf("the server under test cannot be measured: %w", err)
	}
	return nil
}

// startServer starts the built-in server.
func (r *run) startServer() (err error) {
	peak := r.cfg.Plan.Peak()
	r.child, err = builtin.StartChild(builtin.Order{Hooks: r.hooksAt, Profile: r.profile.Name,
		Clients: peak + r.cfg.Plan.Refused.Of(peak), HTTP: r.cfg.Plan.Players.HTTP()})
	if err == nil {
		r.http = r.child.HTTP
		r.base = "rtmp://" + r.child.Addr + "/live"
		r.server, _ = measure.Watch(r.child.PID()) // where there is no procfs, its costs are 0
	}
	return err
}

// stopServer lets the built-in server end: what events it still owes come now.
func (r *run) stopServer() {
	if r.child == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.child.Shutdown(ctx); err != nil {
		r.note("The built-in server did not end in order: " + err.Error())
	}
}

// stopTarget ends what startTarget started.
func (r *run) stopTarget() {
	if r.child != nil {
		r.child.Kill()
	}
	if r.endpoint != nil {
		r.endpoint.Close()
	}
	if r.forward != nil {
		r.forward.Close()
	}
	if r.caller != nil {
		r.caller.Close()
	}
}

// hookServer names the hook server in the report.
func (r *run) hookServer() string {
	return redact.Secrets(strings.Join(r.hookAddresses(), ", "))
}
