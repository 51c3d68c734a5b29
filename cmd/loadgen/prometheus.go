package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hookproof/internal/cli"
	"hookproof/internal/httpguard"
	"hookproof/loadgen"
)

// metrics serves the state of a running test for Prometheus.
type metrics struct {
	state  atomic.Pointer[loadgen.State]
	server *http.Server
	done   chan struct{}
	addr   string
}

// gauge is a number of the state that is served.
type gauge struct {
	name, help string
	value      func(*loadgen.State) float64
}

var gauges = []gauge{
	{"sessions_started_total", "Sessions begun so far.", func(s *loadgen.State) float64 { return float64(s.Started) }},
	{"sessions_arriving", "Sessions on their way in.", func(s *loadgen.State) float64 { return float64(s.Arriving) }},
	{"sessions_publishing", "Sessions that publish.", func(s *loadgen.State) float64 { return float64(s.Publishing) }},
	{"sessions_playing", "Sessions that play.", func(s *loadgen.State) float64 { return float64(s.Playing) }},
	{"sessions_refused_total", "Sessions refused so far, of those that were to be.",
		func(s *loadgen.State) float64 { return float64(s.Refused) }},
	{"errors_total", "Errors so far.", func(s *loadgen.State) float64 { return float64(s.Errors) }},
	{"hook_requests_total", "Hook requests so far.", func(s *loadgen.State) float64 { return float64(s.Hooks) }},
	{"frames_received_total", "Frames that players got so far.",
		func(s *loadgen.State) float64 { return float64(s.Frames) }},
	{"enter_p99_seconds", "99th percentile of the time from due to accepted, so far.",
		func(s *loadgen.State) float64 { return s.Enter.Seconds() }},
	{"e2e_p99_seconds", "99th percentile of the way of a frame, so far.",
		func(s *loadgen.State) float64 { return s.E2E.Seconds() }},
	{"lateness_p99_seconds", "99th percentile of the generator's own lateness, so far.",
		func(s *loadgen.State) float64 { return s.Lateness / 1000 }},
	{"generator_cpu_cores", "CPU use of the generator.", func(s *loadgen.State) float64 { return s.OwnCPU }},
	{"server_cpu_cores", "CPU use of the server, where it is measured.",
		func(s *loadgen.State) float64 { return s.ServerCPU }},
}

// serveMetrics listens on addr; a port alone is served on 127.0.0.1.
func serveMetrics(addr string, log *slog.Logger) (*metrics, error) {
	l, err := net.Listen("tcp", local(addr))
	if err != nil {
		return nil, fmt.Errorf("-metrics: %w", cli.ListenError(err))
	}
	m := &metrics{done: make(chan struct{}), addr: l.Addr().String()}
	m.state.Store(&loadgen.State{})
	registry := prometheus.NewRegistry()
	for _, g := range gauges {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "loadgen", Name: g.name,
			Help: g.help},
			func() float64 { return g.value(m.state.Load()) }))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	const answer = 30 * time.Second
	m.server = httpguard.NewServer(l, mux, answer, log)
	go func() { // ends with close
		defer close(m.done)
		if err := m.server.Serve(httpguard.Limit(l, httpguard.MaxConns)); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	return m, nil
}

func (m *metrics) close() {
	m.server.Close()
	<-m.done
}

// withMetrics adds -metrics, if it was given, to what shows a test.
func (o *options) withMetrics(s cli.Streams, show func(loadgen.State)) (func(loadgen.State), func(), error) {
	if o.metrics == "" {
		return show, func() {}, nil
	}
	m, err := serveMetrics(o.metrics, slog.New(slog.NewTextHandler(s.Err, nil)))
	if err != nil {
		return nil, nil, err
	}
	fmt.Fprintf(s.Err, "loadgen: metrics at http://%s/metrics\n", m.addr)
	return func(st loadgen.State) {
		m.state.Store(&st)
		if show != nil {
			show(st)
		}
	}, m.close, nil
}
