package main

import "hookproof/internal/cli"

var help = cli.Help{
	Name:   "loadgen",
	Groups: groups,
	Synopsis: []string{"[-n N] [options]", "-rtmp URL [-listen ADDR] [options]", "-hooks URL [-hooks-only] [options]",
		"merge [-report DIR] DIR...", "compare A B", "unpack DIR < LOG"},
	About: `Puts load on an RTMP server with hooks and accounts, for every client, for the
hook events that should have come against those that did. Alone it starts the
built-in RTMP server and a recording hook endpoint.`,
	FailedMeans: "a threshold does not hold",
	Sections: []cli.Section{
		{Title: "Thresholds", Text: `
METRIC PART OP TIME   such as publish p99<500ms. Metrics: tcp, handshake, connect,
                      publish, play, first_frame, first_keyframe, disconnect,
                      e2e, jitter, flv_first_frame, flv_e2e, hls_playlist,
                      hls_segment, hls_first_segment, lateness, pacing, hook,
                      hook.on_connect, …;
                      parts: p50, p90, p95, p99, p99.9, max, mean, min, count
hooks COUNT OP N      lost, doubled, out_of_order, unexpected, late,
                      false_accepts, false_refusals, frames_to_refused
errors OP N           or a percentage of the sessions: errors<0.1%
frames PART OP N      lost, reordered, received, sent; lost may be a percentage
stalls OP N           gaps in media
sessions PART OP N    failed, peak, started
cpu PART OP N         own, server: in cores, or 150%

Unless said otherwise: errors==0, and 0 for every count of hooks.`},
		{Title: "Partial runs", Text: `
A run that was interrupted is partial, and so is a merge in which a shard is
missing: it never passes. The exit code is 1 if a threshold failed all the same,
otherwise 3.`},
		{Title: "Void runs", Text: `
When the generator could not keep to its schedule, the figures say nothing of
the server: the run is void, and the exit code is 3. What no slowness explains
(false accepts, frames to refused clients, events doubled, unexpected or out of
order) makes a void run fail all the same.`},
	},
	Examples: []cli.Example{
		{For: "1,000 clients against the built-in server", Call: "loadgen -n 1000"},
		{For: "a server of your own, whose hooks are configured to 127.0.0.1:8085",
			Call: "loadgen -n 500 -rtmp rtmp://127.0.0.1:1935/live -listen 127.0.0.1:8085 -profile srs6"},
		{For: "the most sessions with which publishing stays below half a second",
			Call: "loadgen -find -n 500 -threshold 'publish p99<500ms'"},
		{For: "a hook server of your own, behind the built-in RTMP server",
			Call: "loadgen -n 500 -hooks http://127.0.0.1:8085 -accept token=good -refuse token=bad"},
	},
}
