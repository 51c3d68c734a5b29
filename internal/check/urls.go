package check

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// URLs checks S-URL-01 to 03: for each event of an actor (or for one only) the
// URLs of that numbers were called, once each, in that order, each after the
// answer to the one before. An event given twice (a repeated on_connect) is
// looked at each time.
func URLs(obs []reports.Observation, actor string, want []int, only ...hook.Event) *Finding {
	groups := map[hook.Event][][]timeline.Hook{}
	hooks := timeline.Hooks(obs, actor)
	for _, h := range hooks {
		if len(only) > 0 && !slices.Contains(only, h.Event) {
			continue
		}
		g := groups[h.Event]
		if h.URL <= 1 || len(g) == 0 {
			g = append(g, nil)
		}
		g[len(g)-1] = append(g[len(g)-1], h)
		groups[h.Event] = g
	}
	if len(groups) == 0 {
		return &Finding{Expected: "events of " + actor, Seen: describeEvents(hooks), Detail: strays(obs)}
	}
	for _, ev := range hook.Events {
		for _, g := range groups[ev] {
			if f := oneByOne(actor, ev, g, want); f != nil {
				return f
			}
		}
	}
	return nil
}

// oneByOne checks the calls of one event.
func oneByOne(actor string, ev hook.Event, calls []timeline.Hook, want []int) *Finding {
	got := make([]int, len(calls))
	for i, c := range calls {
		got[i] = c.URL
	}
	if !slices.Equal(got, want) {
		return &Finding{
			Expected: fmt.Sprintf("for %s of %s the URLs %s to be called, once each and in that order", ev, actor,
				list(want)),
			Seen: "called were " + list(got), Evidence: numbers(calls),
		}
	}
	for i := 1; i < len(calls); i++ {
		if prev := calls[i-1]; prev.Answer < 0 || calls[i].Arrived < prev.Answered {
			return &Finding{
				Expected: fmt.Sprintf("URL %d of %s of %s to be called after the answer of URL %d",
					calls[i].URL, ev, actor, prev.URL),
				Seen: fmt.Sprintf("called at %.6f s, URL %d answered at %.6f s", calls[i].Arrived, prev.URL,
					prev.Answered),
				Evidence: numbers(calls[i-1 : i+1]),
			}
		}
	}
	return nil
}

func list(ns []int) string {
	if len(ns) == 0 {
		return "none"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(ns), " ", ", "), "[]")
}

// AtVHost checks S-CFG-03: every request of an actor went to the URLs of that
// vhost.
func AtVHost(obs []reports.Observation, actor, vhost string) *Finding {
	return each(obs, []string{actor}, func(h *timeline.Hook) *Finding {
		if h.VHost == vhost {
			return nil
		}
		return &Finding{
			Expected: fmt.Sprintf("%s at the URLs of the vhost %q", who(h), vhost),
			Seen:     fmt.Sprintf("at those of %q", h.VHost),
		}
	})
}

// OverTLS checks S-CFG-04.
func OverTLS(obs []reports.Observation, actor string) *Finding {
	return each(obs, []string{actor}, func(h *timeline.Hook) *Finding {
		if h.Obs.Details().TLS {
			return nil
		}
		return &Finding{Expected: who(h) + " over TLS", Seen: "in the clear"}
	})
}
