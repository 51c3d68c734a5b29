package rtmptarget

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"hookproof/features"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// probeVHosts publishes to each vhost that planned scenarios need, and names
// those whose hooks do not come from it.
func (s *Scene) probeVHosts(ctx context.Context, planned []*features.Case) error {
	needed := vhostsOf(planned)
	why := make([]string, len(needed))
	var probes sync.WaitGroup
	for i, v := range needed {
		probes.Go(func() { why[i] = s.probeVHost(ctx, v) })
	}
	probes.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing []string
	for i, v := range needed {
		if why[i] != "" {
			missing = append(missing, fmt.Sprintf("%s (%s)", v.Name, why[i]))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("vhosts that the scenarios need are not configured at the server: %s;"+
		" add what `conformance config -listen %s -profile %s`"+
		" prints to its configuration, or leave these scenarios out with -no-vhosts", strings.Join(missing,
		", "), s.Target.main.Addr(), s.Target.Profile)
}

// vhostsOf lists the vhosts, without the default one, that scenarios tagged for them speak of.
func vhostsOf(planned []*features.Case) []VHost {
	var needed []VHost
	for _, v := range VHosts[1:] {
		if spokenOf(v, planned) {
			needed = append(needed, v)
		}
	}
	return needed
}

func spokenOf(v VHost, planned []*features.Case) bool {
	for _, c := range planned {
		if !c.Has(string(HasVHosts)) {
			continue
		}
		for _, st := range c.Steps {
			if strings.Contains(st.Text, v.Spoken) || strings.Contains(st.Text, v.Name) {
				return true
			}
		}
	}
	return false
}

// probeVHost publishes to a vhost and says why it seems not to be configured;
// "" where nothing speaks against it. A server without the vhost takes the
// default one for it, whose URLs are others.
func (s *Scene) probeVHost(ctx context.Context, v VHost) string {
	a := s.Actor(probeName + "-" + v.Key)
	a.VHost, a.Mute = v, true
	err := a.Enter(ctx, "probe-"+v.Key)
	silent := len(v.Called()) == 0 || v.where == atNobody || v.where == atTLS // https is a requirement of its own
	if !silent && err == nil {
		s.Await(ctx, func(obs []reports.Observation) bool { return len(timeline.Hooks(obs, a.Name)) > 0 })
	}
	a.Leave()
	hooks := timeline.Hooks(s.Log.All(), a.Name)
	for _, h := range hooks {
		if h.VHost != v.Key {
			return "its hooks arrive at the URLs of the vhost " + h.VHost
		}
	}
	switch {
	case len(hooks) > 0 || silent:
		return ""
	case err != nil:
		return "no hook of it arrives; the publisher: " + err.Error()
	}
	return "no hook of it arrives"
}
