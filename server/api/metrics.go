package api

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hookproof/hook"
	"hookproof/server"
)

// scrapes bounds the requests for /metrics that are answered at once.
const scrapes = 4

// Metrics counts what only the hook calls tell; everything else is asked of
// the server when Prometheus comes. Make it before the server, and give
// ObserveHook to server.Options.OnHook.
type Metrics struct {
	calls    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	wait     prometheus.Histogram
}

// NewMetrics makes metrics in which every event and result stands at zero, so
// that a rate over them has no gap.
func NewMetrics() *Metrics {
	m := &Metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hookproof_hook_calls_total",
			Help: "Hook requests by event and result: accepted, refused by its answer, or failed without one.",
		}, []string{"event", "result"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "hookproof_hook_duration_seconds",
			Help:    "Time from the start of a hook request, its wait included, to its whole answer, or to giving up.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"event"}),
		wait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hookproof_hook_wait_seconds",
			Help:    "Time that hook requests waited because max_calls others were under way to their hook server.",
			Buckets: []float64{0, .001, .01, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
	}
	for _, event := range hook.Events {
		for _, result := range []string{"accepted", "refused", "failed"} {
			m.calls.WithLabelValues(event.String(), result)
		}
		m.duration.WithLabelValues(event.String())
	}
	return m
}

// ObserveHook counts one finished hook request. It does not block.
func (m *Metrics) ObserveHook(_ string, c hook.Call) {
	result := "refused"
	switch {
	case c.Err != nil:
		result = "failed"
	case c.Decision.Accept:
		result = "accepted"
	}
	m.calls.WithLabelValues(c.Event.String(), result).Inc()
	m.duration.WithLabelValues(c.Event.String()).Observe(c.End.Sub(c.Start).Seconds())
	m.wait.Observe(c.Waited.Seconds())
}

// handler serves the metrics of one server from a registry of its own.
func (m *Metrics) handler(source Source) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.calls, m.duration, m.wait, gauges{source},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes})
}

// gauges tells the server's own counters.
type gauges struct{ source Source }

// gauge is one of them.
type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	label string
	value func(*server.Stats) int64
}

// describe makes a description; label names the one label, if any.
func describe(name, help string, label ...string) *prometheus.Desc {
	return prometheus.NewDesc("hookproof_"+name, help, label, nil)
}

var sessions = describe("sessions",
	"Clients whose connect was accepted, by what they do: publish, play or idle; over HTTP: flv or hls.", "kind")

// all are the server's counters, in the order of Stats.
var all = []gauge{
	{describe("connections", "Connections that are open."), prometheus.GaugeValue, "",
		func(s *server.Stats) int64 { return s.Connections }},
	{describe("connections_accepted_total", "Connections that were served."), prometheus.CounterValue, "",
		func(s *server.Stats) int64 { return s.Accepted }},
	{describe("connections_refused_total",
		"Connections that were closed at once because there were max_connections."), prometheus.CounterValue, "",
		func(s *server.Stats) int64 { return s.Refused }},
	{describe("connections_displaced_total",
		"Connections that did nothing and were closed for another because there were max_connections."),
		prometheus.CounterValue, "", func(s *server.Stats) int64 { return s.Displaced }},
	{sessions, prometheus.GaugeValue, "publish", func(s *server.Stats) int64 { return s.Publishers }},
	{sessions, prometheus.GaugeValue, "play",
		func(s *server.Stats) int64 { return s.Players - s.FLVPlayers - s.HLSPlayers }},
	{sessions, prometheus.GaugeValue, "flv", func(s *server.Stats) int64 { return s.FLVPlayers }},
	{sessions, prometheus.GaugeValue, "hls", func(s *server.Stats) int64 { return s.HLSPlayers }},
	{sessions, prometheus.GaugeValue, "idle", func(s *server.Stats) int64 { return s.Idle }},
	{describe("streams", "Streams that have a publisher or players."), prometheus.GaugeValue, "",
		func(s *server.Stats) int64 { return s.Streams }},
	{describe("streams_live", "Streams that have a publisher."), prometheus.GaugeValue, "",
		func(s *server.Stats) int64 { return s.LiveStreams }},
	{describe("received_bytes_total", "Bytes received over RTMP, handshakes included."), prometheus.CounterValue, "",
		func(s *server.Stats) int64 { return s.RecvBytes }},
	{describe("sent_bytes_total", "Bytes sent over RTMP, handshakes included."), prometheus.CounterValue, "",
		func(s *server.Stats) int64 { return s.SentBytes }},
	{describe("frames_received_total", "Audio and video messages received from publishers."), prometheus.CounterValue,
		"", func(s *server.Stats) int64 { return s.Frames }},
	{describe("messages_skipped_total",
		"Messages of clients that could not be used: media that belongs nowhere, broken data, unreadable commands."),
		prometheus.CounterValue, "", func(s *server.Stats) int64 { return s.Skipped }},
	{describe("media_bytes", "Bytes of media held: what streams cache, and what waits to be written to players."),
		prometheus.GaugeValue, "", func(s *server.Stats) int64 { return s.Media }},
	{describe("hls_bytes", "Bytes of HLS segments held."), prometheus.GaugeValue, "",
		func(s *server.Stats) int64 { return s.Segments }},
	{describe("hook_calls_in_flight", "Hook requests that are under way."), prometheus.GaugeValue, "",
		func(s *server.Stats) int64 { return int64(s.Hooks.InFlight) }},
	{describe("hook_calls_waiting", "Clients that wait for max_calls other hook requests to their hook server."),
		prometheus.GaugeValue, "", func(s *server.Stats) int64 { return int64(s.Hooks.Waiting) }},
	{describe("hook_events_retrying", "Closing events that did not reach their hook server and will be sent again."),
		prometheus.GaugeValue, "", func(s *server.Stats) int64 { return int64(s.Hooks.Retrying) }},
	{describe("frames_dropped_total", "Audio and video messages that slow players were not sent."),
		prometheus.CounterValue, "", func(s *server.Stats) int64 { return s.Dropped }},
}

var (
	refusals = describe("hook_refusals_total", "Clients refused by the answer to an event, or for lack of one.",
		"event")
	retries = describe("hook_retries_total", "Hook requests of closing events that were sent again.", "event")
	lost    = describe("hook_events_lost_total",
		"Closing events that a hook server did not get, after all attempts; one for each URL.", "event")
)

// Describe is part of prometheus.Collector.
func (g gauges) Describe(to chan<- *prometheus.Desc) {
	for _, m := range all {
		if m.label == "" {
			to <- m.desc
		}
	}
	to <- sessions
	to <- refusals
	to <- retries
	to <- lost
}

// Collect is part of prometheus.Collector. All values are of one moment.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	stats := g.source.Stats()
	for _, m := range all {
		var labels []string
		if m.label != "" {
			labels = []string{m.label}
		}
		to <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(m.value(&stats)), labels...)
	}
	count := func(desc *prometheus.Desc, n int64, event hook.Event) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), event.String())
	}
	for _, event := range hook.Events {
		if !event.Closing() {
			count(refusals, stats.HookRefusals[event], event)
			continue
		}
		count(retries, stats.HookRetries[event], event)
		count(lost, stats.HookLost[event], event)
	}
}
