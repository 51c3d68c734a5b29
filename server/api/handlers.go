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
func (h *handler) root(w http.ResponseWriter, _ *http.Request) {
	write(w, struct {
		head
		URLs map[string]string `json:"urls"`
	}{h.head(), map[string]string{
		"versions": "the version of the server",
		"vhosts":   "all vhosts, or one by its id",
		"streams":  "streams, or one by its id; by default the first 10",
		"clients":  "clients, or one by its id; by default the first 10; DELETE disconnects",
	}})
}

// versionShape is the version in SRS's shape.
type versionShape struct {
	Major    int    `json:"major"`
	Minor    int    `json:"minor"`
	Revision int    `json:"revision"`
	Version  string `json:"version"`
}

func (h *handler) versions(w http.ResponseWriter, _ *http.Request) {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	write(w, struct {
		head
		Data versionShape `json:"data"`
	}{h.head(), shapeVersion(version)})
}

// shapeVersion reads a module version, "v1.2.3" perhaps with more behind it;
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

// allClients gives the shapes of all clients, by id.
func (h *handler) allClients() []clientShape {
	now := time.Now()
	infos := byKey(h.source.Clients(), func(c server.ClientInfo) string { return c.ID })
	counters := make([]counter, len(infos))
	for i, c := range infos {
		counters[i] = counter{c.ID, c.Since, c.RecvBytes, c.SentBytes}
	}
	rate := h.clients.all(now, counters)
	shapes := make([]clientShape, len(infos))
	show := h.source.Config().LogParams
	for i, c := range infos {
		if !show {
			c.TCURL, c.PageURL, c.SWFURL = redact.Secrets(c.TCURL), redact.Secrets(c.PageURL), redact.Secrets(c.SWFURL)
		}
		shapes[i] = shapeClient(c, now, rate[c.ID])
	}
	return shapes
}

// allStreams gives the shapes of all streams, by id.
func (h *handler) allStreams(clients []clientShape) []streamShape {
	now := time.Now()
	infos := byKey(h.source.Streams(), func(s server.StreamInfo) string { return s.ID })
	counters := make([]counter, len(infos))
	for i, s := range infos {
		since := s.Live
		if since.IsZero() {
			since = now
		}
		counters[i] = counter{s.ID, since, s.RecvBytes, s.SentBytes}
	}
	rate := h.streams.all(now, counters)
	tcURLs := make(map[string]string, len(clients))
	for _, c := range clients {
		tcURLs[c.ID] = c.TCURL
	}
	shapes := make([]streamShape, len(infos))
	for i, s := range infos {
		shapes[i] = shapeStream(s, now, tcURLs[s.Publisher], rate[s.ID])
	}
	return shapes
}

// allVHosts gives the shapes of all configured vhosts.
func (h *handler) allVHosts() []vhostShape {
	clients := h.allClients()
	return shapeVHosts(h.source.Config().VHosts, clients, h.allStreams(clients))
}

func (h *handler) listVHosts(w http.ResponseWriter, _ *http.Request) {
	write(w, struct {
		head
		VHosts []vhostShape `json:"vhosts"`
	}{h.head(), h.allVHosts()})
}

func (h *handler) oneVHost(w http.ResponseWriter, r *http.Request) {
	all := h.allVHosts()
	i := slices.IndexFunc(all, func(v vhostShape) bool { return v.ID == r.PathValue("id") })
	if i < 0 {
		fail(w, codeVHostNotFound)
		return
	}
	write(w, struct {
		head
		VHost vhostShape `json:"vhost"`
	}{h.head(), all[i]})
}

func (h *handler) listStreams(w http.ResponseWriter, r *http.Request) {
	all := h.allStreams(h.allClients())
	from, to := page(r, len(all))
	write(w, struct {
		head
		Streams []streamShape `json:"streams"`
	}{h.head(), all[from:to]})
}

func (h *handler) oneStream(w http.ResponseWriter, r *http.Request) {
	all := h.allStreams(h.allClients())
	i := slices.IndexFunc(all, func(s streamShape) bool { return s.ID == r.PathValue("id") })
	if i < 0 {
		fail(w, codeStreamNotFound)
		return
	}
	write(w, struct {
		head
		Stream streamShape `json:"stream"`
	}{h.head(), all[i]})
}

func (h *handler) listClients(w http.ResponseWriter, r *http.Request) {
	all := h.allClients()
	from, to := page(r, len(all))
	write(w, struct {
		head
		Clients []clientShape `json:"clients"`
	}{h.head(), all[from:to]})
}

func (h *handler) oneClient(w http.ResponseWriter, r *http.Request) {
	all := h.allClients()
	i := slices.IndexFunc(all, func(c clientShape) bool { return c.ID == r.PathValue("id") })
	if i < 0 {
		fail(w, codeClientNotFound)
		return
	}
	write(w, struct {
		head
		Client clientShape `json:"client"`
	}{h.head(), all[i]})
}

// kick disconnects a client. The answer does not wait for its closing events.
func (h *handler) kick(w http.ResponseWriter, r *http.Request) {
	if !h.source.Kick(r.PathValue("id")) {
		fail(w, codeClientNotFound)
		return
	}
	write(w, h.head())
}
