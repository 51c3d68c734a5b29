package api

import (
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/redact"
	"hookproof/server"
)

// root lists what there is.
func (h *handler) root(*http.Request) any {
	return struct {
		head
		URLs map[string]string `json:"urls"`
	}{h.head(), map[string]string{
		"versions": "the version of the server",
		"vhosts":   "all vhosts, or one by its id",
		"streams":  "streams, or one by its id; by default the first 10",
		"clients":  "clients, or one by its id; by default the first 10; DELETE disconnects",
	}}
}

// versionShape is the version in SRS's shape.
type versionShape struct {
	Major    int    `json:"major"`
	Minor    int    `json:"minor"`
	Revision int    `json:"revision"`
	Version  string `json:"version"`
}

func (h *handler) versions(*http.Request) any {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	return struct {
		head
		Data versionShape `json:"data"`
	}{h.head(), shapeVersion(version)}
}

// shapeVersion reads a module version, "v1.2.3" perhaps with more after it;
// a build without one is 0.0.0.
func shapeVersion(v string) versionShape {
	shape := versionShape{Version: "0.0.0"}
	core, _, _ := strings.Cut(strings.TrimPrefix(v, "v"), "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return shape
	}
	for i, to := range []*int{&shape.Major, &shape.Minor, &shape.Revision} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return versionShape{Version: "0.0.0"}
		}
		*to = n
	}
	shape.Version = core
	return shape
}

// shapeClients returns the shapes of clients.
func (h *handler) shapeClients(infos []server.ClientInfo) []clientShape {
	now := time.Now()
	counters := make([]counter, len(infos))
	for i, c := range infos {
		counters[i] = counter{c.ID, c.Since, c.RecvBytes, c.SentBytes}
	}
	rate := h.clients.all(now, counters)
	shapes := make([]clientShape, len(infos))
	for i, c := range infos {
		c.TCURL, c.PageURL, c.SWFURL = h.shown(c.TCURL), h.shown(c.PageURL), h.shown(c.SWFURL)
		shapes[i] = shapeClient(c, now, rate[c.ID])
	}
	return shapes
}

// shapeStreams returns the shapes of streams.
func (h *handler) shapeStreams(infos []server.StreamInfo) []streamShape {
	now := time.Now()
	counters := make([]counter, len(infos))
	for i, s := range infos {
		since := s.Live
		if since.IsZero() {
			since = now
		}
		counters[i] = counter{s.ID, since, s.RecvBytes, s.SentBytes}
	}
	rate := h.streams.all(now, counters)
	shapes := make([]streamShape, len(infos))
	for i, s := range infos {
		s.TCURL = h.shown(s.TCURL)
		shapes[i] = shapeStream(s, now, rate[s.ID])
	}
	return shapes
}

// shown is a URL as the API shows it.
func (h *handler) shown(url string) string {
	if h.source.Config().LogParams {
		return url
	}
	return redact.Secrets(url)
}

// vhosts returns the shapes of all configured vhosts.
func (h *handler) vhosts() []vhostShape {
	now, infos := time.Now(), h.source.Clients()
	counters := make([]counter, len(infos))
	for i, c := range infos {
		counters[i] = counter{c.ID, c.Since, c.RecvBytes, c.SentBytes}
	}
	return shapeVHosts(h.source.Config().VHosts, infos, h.clients.all(now, counters), h.source.Streams())
}

func (h *handler) listVHosts(*http.Request) any {
	return struct {
		head
		VHosts []vhostShape `json:"vhosts"`
	}{h.head(), h.vhosts()}
}

func (h *handler) oneVHost(r *http.Request) any {
	all := h.vhosts()
	i := slices.IndexFunc(all, func(v vhostShape) bool { return v.ID == r.PathValue("id") })
	if i < 0 {
		return failure{codeVHostNotFound}
	}
	return struct {
		head
		VHost vhostShape `json:"vhost"`
	}{h.head(), all[i]}
}

func (h *handler) listStreams(r *http.Request) any {
	return struct {
		head
		Streams []streamShape `json:"streams"`
	}{h.head(), h.shapeStreams(h.source.StreamsPage(page(r)))}
}

func (h *handler) oneStream(r *http.Request) any {
	one, ok := h.source.Stream(r.PathValue("id"))
	if !ok {
		return failure{codeStreamNotFound}
	}
	return struct {
		head
		Stream streamShape `json:"stream"`
	}{h.head(), h.shapeStreams([]server.StreamInfo{one})[0]}
}

func (h *handler) listClients(r *http.Request) any {
	return struct {
		head
		Clients []clientShape `json:"clients"`
	}{h.head(), h.shapeClients(h.source.ClientsPage(page(r)))}
}

func (h *handler) oneClient(r *http.Request) any {
	one, ok := h.source.Client(r.PathValue("id"))
	if !ok {
		return failure{codeClientNotFound}
	}
	return struct {
		head
		Client clientShape `json:"client"`
	}{h.head(), h.shapeClients([]server.ClientInfo{one})[0]}
}

// kick disconnects a client. The answer does not wait for its closing events.
func (h *handler) kick(r *http.Request) any {
	if !h.source.Kick(r.PathValue("id")) {
		return failure{codeClientNotFound}
	}
	return h.head()
}
