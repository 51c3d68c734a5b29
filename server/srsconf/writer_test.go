package srsconf

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/server"
)

// Format writes a configuration as text that Parse reads back: listeners,
// sizes, API, vhosts with their hooks. What the format cannot say (time-outs
// other than that of hooks, limits) is left out, and so is what has its default.
func Format(c server.Config) string {
	return format(c, true)
}

// FormatSRS is Format without the directives that are our own, so that SRS
// loads the result: http_hooks' profile, timeout, retry, max_calls,
// insecure_tls and hook_keepalive, http_api's metrics, play's gop_cache_max_time and the memory for media.
func FormatSRS(c server.Config) string {
	return format(c, false)
}

func format(c server.Config, ours bool) string {
	w, standard := writer{ours: ours}, server.DefaultConfig()
	if len(c.Listen) > 0 {
		w.line("listen", addresses(c.Listen, "")...)
	}
	w.line("max_connections", strconv.Itoa(c.MaxConnections))
	w.line("chunk_size", strconv.Itoa(c.ChunkSize))
	if w.ours && c.Memory.Media != standard.Memory.Media {
		w.line("media_memory", strconv.FormatInt(c.Memory.Media>>20, 10))
	}
	if w.ours && c.Memory.Client != standard.Memory.Client {
		w.line("client_media_memory", strconv.Itoa(c.Memory.Client>>20))
	}
	if c.ServerID != "" {
		w.line("server_id", c.ServerID)
	}
	if c.API != standard.API {
		w.api(c.API, standard.API)
	}
	if !reflect.DeepEqual(c.HTTP, standard.HTTP) {
		w.viewers(c.HTTP)
	}
	for i := range c.VHosts {
		w.vhost(&c.VHosts[i])
	}
	return w.String()
}

// addresses undoes Address: the port alone where the host is the usual one.
func addresses(list []string, host string) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = strings.TrimPrefix(a, host+":")
	}
	return out
}

// writer writes directives, indented by the depth of their block.
type writer struct {
	strings.Builder
	depth int
	ours  bool
}

// line writes one directive. Nothing is written without a name.
func (w *writer) line(name string, args ...string) {
	w.start(name, args)
	w.WriteString(";\n")
}

func (w *writer) start(name string, args []string) {
	w.WriteString(strings.Repeat("    ", w.depth) + name)
	for _, arg := range args {
		w.WriteString(" " + word(arg))
	}
}

// block writes a directive with a block and calls inside to fill it.
func (w *writer) block(name string, args []string, inside func()) {
	w.start(name, args)
	w.WriteString(" {\n")
	w.depth++
	inside()
	w.depth--
	w.WriteString(strings.Repeat("    ", w.depth) + "}\n")
}

func (w *writer) api(a, standard server.API) {
	w.block("http_api", nil, func() {
		w.line("enabled", onOffWord(a.Enabled))
		w.line("listen", a.Listen)
		if w.ours && a.Metrics != standard.Metrics {
			w.line("metrics", onOffWord(a.Metrics))
		}
	})
}

func (w *writer) vhost(v *server.VHost) {
	standard := server.DefaultVHostConfig(v.Name)
	w.block("vhost", []string{v.Name}, func() {
		if !v.Enabled {
			w.line("enabled", "off")
		}
		w.play(v, &standard)
		w.publish(v)
		w.over(v, &standard)
		w.hooks(&v.Hooks, &standard.Hooks)
	})
}

func (w *writer) play(v, standard *server.VHost) {
	frames, time := v.GOPFrames != standard.GOPFrames, w.ours && v.GOPTime != standard.GOPTime
	if v.GOPCache == standard.GOPCache && v.Merge == standard.Merge && !frames && !time {
		return
	}
	w.block("play", nil, func() {
		if v.GOPCache != standard.GOPCache {
			w.line("gop_cache", onOffWord(v.GOPCache))
		}
		if frames {
			w.line("gop_cache_max_frames", strconv.Itoa(v.GOPFrames))
		}
		if time {
			w.line("gop_cache_max_time", seconds(v.GOPTime))
		}
		if v.Merge != standard.Merge {
			w.line("mw_latency", strconv.FormatInt(v.Merge.Milliseconds(), 10))
		}
	})
}

func (w *writer) publish(v *server.VHost) {
	if v.Publish == 0 && v.FirstPacket == 0 {
		return
	}
	w.block("publish", nil, func() {
		if v.Publish != 0 {
			w.line("normal_timeout", strconv.FormatInt(v.Publish.Milliseconds(), 10))
		}
		if v.FirstPacket != 0 {
			w.line("firstpkt_timeout", strconv.FormatInt(v.FirstPacket.Milliseconds(), 10))
		}
	})
}

func (w *writer) hooks(h, standard *server.Hooks) {
	var own [][2]string
	if w.ours {
		own = ownHooks(h, standard)
	}
	if !h.Enabled && len(h.URLs) == 0 && len(own) == 0 {
		return
	}
	w.block("http_hooks", nil, func() {
		w.line("enabled", onOffWord(h.Enabled))
		for _, line := range own {
			w.line(line[0], line[1])
		}
		for _, event := range hook.Events {
			if urls := h.URLs[event]; len(urls) > 0 {
				w.line(event.String(), urls...)
			}
		}
	})
}

// ownHooks returns the directives that SRS does not have, each with its value,
// as far as they differ from the standard.
func ownHooks(h, standard *server.Hooks) (lines [][2]string) {
	if h.Profile != standard.Profile {
		lines = append(lines, [2]string{"profile", h.Profile})
	}
	if h.Timeout != standard.Timeout {
		lines = append(lines, [2]string{"timeout", seconds(h.Timeout)})
	}
	if h.Retry != standard.Retry {
		lines = append(lines, [2]string{"retry", seconds(h.Retry)})
	}
	if h.MaxCalls != standard.MaxCalls && h.MaxCalls != 0 {
		lines = append(lines, [2]string{"max_calls", strconv.Itoa(h.MaxCalls)})
	}
	if h.InsecureTLS {
		lines = append(lines, [2]string{"insecure_tls", "on"})
	}
	if h.KeepAlive {
		lines = append(lines, [2]string{"hook_keepalive", "on"})
	}
	return lines
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func onOffWord(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// word quotes an argument that would not be read back as one word. What Parse
// accepts has no quotes or backslashes that would need more.
func word(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\r\n;{}\"'#$\\") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

func (w *writer) viewers(h server.HTTP) {
	w.block("http_server", nil, func() {
		w.line("enabled", onOffWord(h.Enabled))
		w.line("listen", strings.TrimPrefix(h.Listen, ":"))
		w.line("crossdomain", onOffWord(h.CrossOrigin))
		if w.ours && len(h.Proxies) > 0 {
			var all []string
			for _, p := range h.Proxies {
				all = append(all, p.String())
			}
			w.line("trusted_proxies", all...)
		}
	})
}

// over writes what a vhost serves over HTTP.
func (w *writer) over(v, standard *server.VHost) {
	if v.Remux {
		w.block("http_remux", nil, func() { w.line("enabled", "on"); w.line("mount", standardMount) })
	}
	if v.HLS == standard.HLS {
		return
	}
	w.block("hls", nil, func() {
		w.line("enabled", onOffWord(v.HLS.Enabled))
		w.line("hls_fragment", seconds(v.HLS.Fragment))
		w.line("hls_window", seconds(v.HLS.Window))
		w.line("hls_ctx", onOffWord(v.HLS.Ctx))
	})
}
