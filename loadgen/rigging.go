package loadgen

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/endpoint"
	"hookproof/loadgen/account"
	"hookproof/loadgen/measure"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/rig"
)

// hookTimeout bounds a call that is passed on to somebody's hook server: SRS's
// own time-out.
const hookTimeout = 30 * time.Second

// spareFiles is what is needed beside the clients' connections: those of the
// server to our endpoint, and a few.
const spareFiles = 1200

// room raises the limits that the clients need, or says what is missing.
func room(cfg *Config) error {
	files := 0
	if peak := cfg.Plan.Peak(); !cfg.HooksOnly {
		files = peak + peak/10
	}
	need := uint64(files + spareFiles)
	got, err := cli.RaiseOpenFiles(need + need/4)
	if got < need {
		return fmt.Errorf("%d sessions at once need %d open files, and the limit is %d (%v): raise it with \"ulimit -n %d\" or as root", cfg.Plan.Peak(), need, got, err, need)
	}
	ports, known := rig.Ports()
	sources := max(len(cfg.Sources), 1)
	if known && files > ports*sources {
		return fmt.Errorf("%d sessions at once need as many local ports, and %d addresses have %d each: add addresses with -source, such as 127.0.0.2-127.0.0.9", cfg.Plan.Peak(), sources, ports)
	}
	return nil
}

// putUp starts the endpoint and the server.
func (r *run) putUp() (err error) {
	if r.cfg.HooksOnly {
		return r.putUpCaller()
	}
	if r.cfg.accounted() {
		if err := r.listen(); err != nil {
			return err
		}
	} else if r.cfg.Shard.Of > 1 {
		r.notes = append(r.notes, "The hooks go to another shard's endpoint: merge the shards to have them accounted for.")
	} else {
		r.notes = append(r.notes, "The hooks of the server under test do not come here, so they are not accounted for: give -listen and point its hooks there.")
	}
	r.noteRefusals()
	hooks := ""
	if r.endpoint != nil {
		hooks = r.endpoint.URL()
	}
	if r.cfg.Between != nil && hooks != "" {
		hooks = r.cfg.Between(hooks)
	}
	if r.cfg.RTMP != "" {
		r.base = strings.TrimSuffix(r.cfg.RTMP, "/")
		if r.cfg.PID == 0 {
			return nil
		}
		if r.server, err = measure.Watch(r.cfg.PID); err != nil {
			return fmt.Errorf("the server under test cannot be measured: %w", err)
		}
		return nil
	}
	r.child, err = rig.StartChild(rig.Order{Hooks: hooks, Profile: r.cfg.Profile.Name, Clients: r.cfg.Plan.Peak()})
	if err == nil {
		r.base = "rtmp://" + r.child.Addr + "/live"
		r.server, _ = measure.Watch(r.child.PID()) // where there is no procfs, its costs are 0
	}
	return err
}

// noteRefusals says so where nobody can be refused although it was asked for.
func (r *run) noteRefusals() {
	if !r.cfg.refusing() && r.cfg.Plan.Refused.Of(100) > 0 {
		r.notes = append(r.notes, "Nobody is refused: no credentials were given that the hook server refuses (-refuse).")
	}
}

// listen starts the recording endpoint.
func (r *run) listen() error {
	o := account.Options{Profile: r.cfg.Profile, Keys: r.keys, Clients: len(r.plan.Sessions), Measure: r.set, Decide: r.decide}
	if r.cfg.Hooks != nil {
		r.forward = rig.NewForwarder(r.cfg.Hooks, hookTimeout)
		o.Bodies, o.Decide = true, func(_ int, q *endpoint.Request) endpoint.Answer { return r.forward.Ask(q) }
	}
	r.log = account.NewLog(o)
	r.endpoint = r.log.Endpoint()
	addr := r.cfg.Listen
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := r.endpoint.Listen(addr); err != nil {
		return fmt.Errorf("hooks: %w", cli.ListenError(err))
	}
	return nil
}

// decide answers as the plan wants it.
func (r *run) decide(client int, q *endpoint.Request) endpoint.Answer {
	if client >= 0 && q.HasEvent {
		if s := &r.plan.Sessions[client]; s.Refused && s.RefuseAt == q.Event {
			return endpoint.Refuse()
		}
	}
	return endpoint.Accept()
}

// stopServer lets the built-in server end: what events it still owes come now.
func (r *run) stopServer() {
	if r.child == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.child.Shutdown(ctx); err != nil {
		r.notes = append(r.notes, "The built-in server did not end in order: "+err.Error())
	}
}

// takeDown ends what putUp started.
func (r *run) takeDown() {
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

// url is what a client connects to, with its credentials where they stand in tcUrl.
func (r *run) url(s *session) string {
	token := r.cfg.Accept
	if s.Refused && r.cfg.Refuse != "" && s.RefuseAt != s.Role.Event() {
		token = r.cfg.Refuse
	}
	if token == "" {
		return r.base
	}
	return r.base + join(r.base) + token
}

// join is what stands between a URL and a further parameter.
func join(url string) string {
	if strings.Contains(url, "?") {
		return "&"
	}
	return "?"
}

// streamName is what a client publishes or plays, with its key and credentials.
func (r *run) streamName(s *session) string {
	token := r.cfg.Accept
	if s.Refused && r.cfg.Refuse != "" {
		token = r.cfg.Refuse
	}
	name := r.stream(s.Session) + "?client=" + r.keys.Of(s.Index)
	if token != "" {
		name += "&" + token
	}
	return name
}

// stream is a stream's bare name.
func (r *run) stream(s *plan.Session) string { return fmt.Sprintf("lg%ss%d", r.cfg.Run, s.Stream) }

// pageURL carries a client's key where every version of the hooks shows it.
func (r *run) pageURL(s *session) string { return "http://loadgen.invalid/" + r.keys.Of(s.Index) }
