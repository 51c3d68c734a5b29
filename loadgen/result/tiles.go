package result

import (
	"fmt"

	"hookproof/loadgen/account"
)

// tile is one large figure of the page.
type tile struct {
	Name, Value, Unit string
	Below             string // what the figure is of
	Bad               bool
}

// tiles are the figures that a reader looks for first.
func (r *Report) tiles() []tile {
	tiles := []tile{r.sessionsTile()}
	if r.Hooks != nil {
		tiles = append(tiles, r.hooksTile())
	}
	for _, l := range []struct{ name, metric, below string }{
		{"To publish, p99", "publish", "from when the client was due"},
		{"To play, p99", "play", "from when the client was due"},
		{"Hook answers, p99", "hook", "from request to answer"},
		{"End to end, p99", "e2e", "from publisher to player"},
	} {
		if lat := r.Latency(l.metric); lat != nil && lat.Count > 0 {
			tiles = append(tiles, tile{l.name, short(lat.P99), "ms", l.below, r.failed(l.metric)})
		}
	}
	return append(tiles, tile{"Errors", fmt.Sprint(r.ErrorTotal), "", "of all clients", r.failed("errors")},
		r.costTile())
}

func (r *Report) sessionsTile() tile {
	s := &r.Sessions
	return tile{"Sessions held", fmt.Sprint(s.PeakLive), "", fmt.Sprintf("of %d planned at once", r.Setup.Peak),
		r.failed("sessions")}
}

func (r *Report) hooksTile() tile {
	seen := 0
	for _, n := range r.Hooks.Seen {
		seen += n
	}
	t := tile{Name: "Hooks accounted", Value: fmt.Sprint(seen), Below: "every one of every client"}
	if n := r.Hooks.Total(); n > 0 {
		t.Below, t.Bad = fmt.Sprintf("%d lost, %d other findings", r.Hooks.Counts[account.Lost],
			n-r.Hooks.Counts[account.Lost]), true
	}
	return t
}

// costTile is the CPU time that a client takes of the server, or else of the generator.
func (r *Report) costTile() tile {
	who, c := "of the server", r.Server
	if c == nil {
		who, c = "of the generator", &r.Own
	}
	t := tile{Name: "CPU per client", Unit: "% core", Below: who, Value: "–", Bad: r.failed("cpu")}
	if r.Sessions.PeakLive > 0 {
		t.Value = number(rounded(100 * c.CPUMean / float64(r.Sessions.PeakLive)))
	}
	return t
}
