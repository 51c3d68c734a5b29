// Package api is the HTTP API of the RTMP server, in the shapes of SRS
// (srs_app_http_api.cpp, srs_app_statistic.cpp), and its metrics for Prometheus.
//
//	GET    /api/v1/versions         version of the server
//	GET    /api/v1/vhosts[/ID]      virtual hosts
//	GET    /api/v1/streams[/ID]     streams that have a publisher or players
//	GET    /api/v1/clients[/ID]     clients; ID is the client_id of the hooks
//	DELETE /api/v1/clients/ID       disconnect a client, with its closing events
//	GET    /metrics                 for Prometheus, unless switched off
//
// Lists of streams and clients take ?start=N&count=N and have, as with SRS,
// ten when not asked for more. Only these are looked at, and for one request at a
// time: who polls does not slow down the server. An answer is a JSON object whose code is 0; an
// ID that does not exist gets HTTP 200 with the code of SRS and nothing else.
//
// The values of parameters in tcUrl and pageUrl are masked as in the log, for
// tokens travel there.
//
// There is no password and no CORS header: the API is for the machine it runs
// on, and who serves it on another address than loopback opens the
// disconnecting of clients to everybody there. The server puts package guard
// before it.
package api

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"

	"hookproof/server"
)

// Codes of SRS (srs_kernel_error.hpp).
const (
	codeOK             = 0
	codeVHostNotFound  = 2014
	codeStreamNotFound = 2048
	codeClientNotFound = 2049
)

// Source is what the API tells about; a *server.Server is one.
type Source interface {
	ServerID() string
	ServiceID() string
	Config() server.Config
	Clients() []server.ClientInfo
	ClientsPage(start, count int) []server.ClientInfo
	Client(id string) (server.ClientInfo, bool)
	Streams() []server.StreamInfo
	StreamsPage(start, count int) []server.StreamInfo
	Stream(id string) (server.StreamInfo, bool)
	Stats() server.Stats
	Kick(id string) bool
}

var _ Source = (*server.Server)(nil)

// handler serves the API of one source.
type handler struct {
	source  Source
	shaping chan struct{} // filled by the request whose answer is being made
	clients rates
	streams rates
}

// New makes the API of a server. m serves /metrics when the configuration has
// Metrics on; it may be nil. The handler is safe for concurrent requests and
// owns nothing that would have to be closed.
func New(source Source, m *Metrics) http.Handler {
	h := &handler{source: source, shaping: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/{$}", h.serve(h.root))
	for pattern, answer := range map[string]func(*http.Request) any{
		"GET /api/v1/versions":        h.versions,
		"GET /api/v1/vhosts":          h.listVHosts,
		"GET /api/v1/vhosts/{id}":     h.oneVHost,
		"GET /api/v1/streams":         h.listStreams,
		"GET /api/v1/streams/{id}":    h.oneStream,
		"GET /api/v1/clients":         h.listClients,
		"GET /api/v1/clients/{id}":    h.oneClient,
		"DELETE /api/v1/clients/{id}": h.kick,
	} {
		serve := h.serve(answer)
		mux.HandleFunc(pattern, serve)
		if pattern[len(pattern)-1] != '}' {
			mux.HandleFunc(pattern+"/{$}", serve) // SRS takes a slash at the end
		}
	}
	if m != nil && source.Config().API.Metrics {
		mux.Handle("GET /metrics", m.handler(source))
	}
	return mux
}

// head is what every answer of SRS begins with.
type head struct {
	Code    int    `json:"code"`
	Server  string `json:"server"`
	Service string `json:"service"`
	PID     string `json:"pid"`
}

func (h *handler) head() head {
	return head{codeOK, h.source.ServerID(), h.source.ServiceID(), strconv.Itoa(os.Getpid())}
}

// serve makes and sends answers, one at a time: clients and streams may be many. Who has gone meanwhile gets none.
func (h *handler) serve(answer func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := h.make(r, answer)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body) // an error means that the peer is gone
	}
}

func (h *handler) make(r *http.Request, answer func(*http.Request) any) ([]byte, error) {
	select {
	case h.shaping <- struct{}{}:
		defer func() { <-h.shaping }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return json.Marshal(answer(r))
}

// failure answers with a code of SRS, whose HTTP status is 200 for these.
type failure struct {
	Code int `json:"code"`
}

// page returns what start and count of the query ask for.
func page(r *http.Request) (start, count int) {
	const least = 10
	start, _ = strconv.Atoi(r.URL.Query().Get("start")) // SRS: atoi, so that rubbish is 0
	count, _ = strconv.Atoi(r.URL.Query().Get("count"))
	return start, max(count, least)
}
