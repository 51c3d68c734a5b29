package rtmptarget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// Probe looks whether a server that is not ours can be tested: it answers, its
// hooks arrive and are of this protocol, and its HTTP API and vhosts are as the
// planned scenarios need them. The error says exactly what is missing.
func (t *Target) Probe(ctx context.Context, log *timeline.Log, planned []*features.Case) error {
	if !t.shared {
		return nil
	}
	s := NewScene(ctx, t, log)
	defer s.Close()
	a, err := s.probeHooks(ctx)
	if err != nil {
		return err
	}
	if text := t.misfit(firstRequest(log.All())); text != "" {
		s.Remark(text)
	}
	if t.needed(CanKick, planned) {
		if err := t.probeAPI(ctx, a); err != nil {
			return fmt.Errorf("the HTTP API (-api %s): %w", redact.Secrets(t.API), err)
		}
	}
	a.Leave()
	if t.needed(HasVHosts, planned) {
		return s.probeVHosts(ctx, planned)
	}
	return nil
}

// needed reports whether a planned scenario needs a capability that the target has.
func (t *Target) needed(c Capability, planned []*features.Case) bool {
	return t.Lacks[c] == "" && slices.ContainsFunc(planned, func(p *features.Case) bool { return p.Has(string(c)) })
}

// Detect publishes to a server and says which profile its hooks are written by.
func Detect(ctx context.Context, o ExternalOptions) (hook.Detection, error) {
	o.Profile = hook.SRS7 // all profiles accept what the endpoint answers to a probe
	o.Nonce += "p"        // what is left of this probe is no client of the run's
	t, err := External(o)
	if err != nil {
		return hook.Detection{}, err
	}
	defer t.Close()
	log := timeline.New("", "", time.Now(), nil)
	s := NewScene(ctx, t, log)
	defer s.Close()
	a, err := s.probeHooks(ctx)
	if err != nil {
		return hook.Detection{}, err
	}
	a.Leave()
	return hook.Detect(firstRequest(log.All())), nil
}

const probeName = "Probe"

// probeHooks publishes, and returns the publisher once its hooks have arrived.
func (s *Scene) probeHooks(ctx context.Context) (*Actor, error) {
	t := s.Target
	t.router.watch(s)
	defer t.router.watch(nil)
	a := s.Actor(probeName)
	a.Mute = true
	err := a.Enter(ctx, "probe")
	s.Await(ctx, func(obs []reports.Observation) bool {
		return len(timeline.Hooks(obs, probeName)) > 0 || timeline.Disconnected(obs, probeName) != nil &&
			a.c.Load() == nil
	})
	came := len(timeline.Hooks(s.Log.All(), probeName)) > 0
	where := fmt.Sprintf("rtmp://%s/%s", t.Addr, s.Facts.App)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case a.c.Load() == nil:
		return nil, fmt.Errorf("no RTMP server answers at %s: %w", t.Addr, err)
	case !came:
		a.Leave()
		return nil, s.noHooks(where, err)
	case err != nil:
		return nil, fmt.Errorf("the server at %s disconnected a publisher that the hook server at %s had accepted: %w",
			where, t.main.Addr(), err)
	case lastHook(s.Log.All(), hook.OnPublish) == nil:
		return nil, errors.New("hooks arrive, but no on_publish of a publisher: is on_publish configured?" +
			" (see: conformance config)")
	}
	return a, nil
}

// noHooks says why no hook of the publisher came, as far as can be seen.
func (s *Scene) noHooks(where string, err error) error {
	at := s.Target.main.Addr()
	if got := foreignRequests(s.Log.All()); len(got) > 0 {
		return otherDialect(at, got)
	}
	if err != nil {
		return fmt.Errorf("the server at %s refused a publisher before any hook arrived at %s: %w", where, at, err)
	}
	return fmt.Errorf("published to %s/probe; no hook arrived at %s within %v; is http_hooks enabled for vhost %s,"+
		" and do its URLs point here? (see: conformance config)", where, at, s.Patience(), VHosts[0].Name)
}

// foreignRequests are the requests that are no event of this protocol.
func foreignRequests(obs []reports.Observation) []hook.Request {
	var all []hook.Request
	for i := range obs {
		if o := &obs[i]; o.Kind == reports.KindHook && o.Event == "" {
			all = append(all, request(o))
		}
	}
	return all
}

// firstRequest is the probe's first on_publish as it was received.
func firstRequest(obs []reports.Observation) hook.Request {
	if h := lastHook(obs, hook.OnPublish); h != nil {
		return request(h.Obs)
	}
	return hook.Request{}
}

func request(o *reports.Observation) hook.Request {
	d := o.Details()
	return hook.Request{Target: o.URL, Body: []byte(o.Body), UserAgent: d.Agent}
}

// otherDialect says which protocol the requests that came are of.
func otherDialect(at string, got []hook.Request) error {
	d := hook.Detect(got[0])
	came := fmt.Sprintf("%d requests came to %s and were answered", len(got), at)
	if len(got) == 1 {
		came = fmt.Sprintf("1 request came to %s and was answered", at)
	}
	what := "none of them is an event of this protocol: " + d.Reason
	if d.Dialect != "" {
		what = fmt.Sprintf("this is %s: %s", d.Dialect, d.Reason)
	}
	return fmt.Errorf("%s (%s); %s. Which servers can be tested: docs/servers.md, \"Other protocols\"", came,
		shape(got[0]), what)
}

// shape says how a request is written, and what it calls itself: "form-encoded, `call=connect`".
func shape(q hook.Request) string {
	how, text := "form-encoded", string(q.Body)
	switch {
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		var o struct{ Action, Event, Hook, Call string }
		_ = json.Unmarshal(q.Body, &o) // of what is no object nothing is named
		text = url.Values{"action": {o.Action}, "event": {o.Event}, "hook": {o.Hook}, "call": {o.Call}}.Encode()
		how = "JSON"
	case len(q.Body) == 0:
		_, text, _ = strings.Cut(q.Target, "?")
		how = "a query"
	}
	values, _ := url.ParseQuery(text) // of what cannot be parsed the rest is there
	for _, key := range []string{"call", "action", "event", "hook"} {
		if v := values.Get(key); v != "" {
			return fmt.Sprintf("%s, `%s=%s`", how, key, redact.Clip(redact.Line(v), 40))
		}
	}
	return how
}

// misfit says in what the server's hooks do not fit the profile; "" where they do.
func (t *Target) misfit(q hook.Request) string {
	p, d := t.Profile, hook.Detect(q)
	text := fmt.Sprintf("profile %s describes %s", p, p.Title)
	if q.UserAgent != "" {
		text = fmt.Sprintf("the server calls itself %s; %s", redact.Clip(redact.Line(q.UserAgent), 80), text)
	}
	switch {
	case d.Profile != nil && d.Profile != p:
		return text + fmt.Sprintf("; its hooks fit -profile %s better: %s", d.Profile, d.Reason)
	case !d.Exact:
		return text + "; its hooks differ: " + d.Reason
	case otherVersion(q.UserAgent, p):
		return text
	}
	return ""
}

// otherVersion reports whether a server calls itself an SRS of another version than the profile's.
func otherVersion(agent string, p *hook.Profile) bool {
	return strings.HasPrefix(agent, "SRS/") && !p.Speaks(agent)
}

// ServerName is what the server calls itself in the hooks of the probe; "" where it does not.
func ServerName(obs []reports.Observation) string {
	return redact.Clip(redact.Line(firstRequest(obs).UserAgent), 80)
}

func lastHook(obs []reports.Observation, ev hook.Event) *timeline.Hook {
	for _, h := range timeline.Hooks(obs, probeName) {
		if h.Event == ev {
			return &h
		}
	}
	return nil
}

// watch has a scene record the requests that no other scene has; nil ends it.
func (r *router) watch(s *Scene) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.probe = s
}

// probed hands a request of no scene to the probe, if there is one.
func (r *router) probed(q *endpoint.Request) bool {
	r.mu.Lock()
	s := r.probe
	r.mu.Unlock()
	if s != nil {
		s.stray(q)
	}
	return s != nil
}

// probeAPI looks whether the HTTP API knows a client, and drops it.
func (t *Target) probeAPI(ctx context.Context, a *Actor) error {
	resp, body, err := t.askClient(ctx, http.MethodGet, a.ClientID())
	switch {
	case err != nil:
		return fmt.Errorf("does not answer: %w", err)
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("answers %s: give the user and the password in -api, as http://USER:PASSWORD@HOST:PORT",
			resp.Status)
	case resp.StatusCode >= 300 || !json.Valid([]byte(body)):
		return fmt.Errorf("GET %s: want a JSON object of SRS's API, got %s, %.80q: -api is what comes before /api/v1",
			resp.Request.URL.Path, resp.Status, body)
	case !lists(body, a.ClientID()):
		return fmt.Errorf("does not list client %s, which is publishing to %s: is it the API of that server? got "+
			"%.200q",
			a.ClientID(), t.Addr, body)
	}
	if err := t.Kick(ctx, a.ClientID()); err != nil {
		return fmt.Errorf("does not drop clients: %w", err)
	}
	return nil
}
