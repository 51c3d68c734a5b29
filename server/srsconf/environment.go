package srsconf

import (
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/internal/suggest"
	"hookproof/server"
)

// environment is what messages name in place of a file.
const environment = "environment"

// Override puts what the SRS_ variables of an environment ("NAME=value") say in the place of what a configuration says,
// as SRS does since version 5: those about vhosts hold for all of them. A variable that this server does not have is
// reported as a Warning. The error, if any, is an Errors.
func Override(cfg server.Config, environ []string) (server.Config, []Warning, error) {
	b := builder{report: &report{files: []string{environment}}, config: cfg, ignored: map[string]*ignored{}}
	known := b.variables()
	var hooks []*node
	for _, pair := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "SRS_") || strings.TrimSpace(value) == "" || forPrograms[name] {
			continue
		}
		n := &node{file: environment, name: name, args: strings.Fields(value)}
		r, ok := known[name]
		if !ok {
			b.unknownVariable(n, known)
			continue
		}
		if strings.HasPrefix(name, hookVariables+"ON_") {
			hooks = append(hooks, n)
		}
		if b.wellFormed(n, r, nil) {
			r.apply(n)
		}
	}
	b.offHooks(hooks)
	b.checkServices()
	if len(b.errors) > 0 {
		return server.Config{}, b.warnings, b.errors
	}
	return b.config, b.warnings, nil
}

// hookVariables is how the variables of http_hooks begin.
const hookVariables = "SRS_VHOST_HTTP_HOOKS_"

// forPrograms are variables that say where a configuration is, and not what is in it.
var forPrograms = map[string]bool{"SRS_CONFIG_FILE": true, "SRS_ENV_ONLY": true}

// variables are the directives that a variable can stand for.
func (b *builder) variables() rules {
	c := &b.config
	listen := rule{min: 1, max: -1, wants: "PORT or IP:PORT", apply: func(n *node) {
		c.Listen, b.listening = nil, nil
		b.listen(n)
	}}
	known := rules{
		"SRS_LISTEN": listen, "SRS_RTMP_LISTEN": listen,
		"SRS_MAX_CONNECTIONS":  number(b, &c.MaxConnections, 1, 1000000),
		"SRS_CHUNK_SIZE":       number(b, &c.ChunkSize, 128, 65536),
		"SRS_RTMP_CHUNK_SIZE":  number(b, &c.ChunkSize, 128, 65536),
		"SRS_VHOST_CHUNK_SIZE": number(b, &c.ChunkSize, 128, 65536),
		"SRS_SERVER_ID": {min: 1, max: 1, wants: "one name", apply: func(n *node) {
			if b.plain(n) {
				c.ServerID = n.args[0]
			}
		}},
		"SRS_HTTP_API_ENABLED":    onOff(b, &c.API.Enabled),
		"SRS_HTTP_API_LISTEN":     {min: 1, max: 1, wants: "PORT or IP:PORT", apply: b.apiListen},
		"SRS_HTTP_SERVER_ENABLED": onOff(b, &c.HTTP.Enabled),
		"SRS_HTTP_SERVER_LISTEN":  {min: 1, max: 1, wants: "PORT or IP:PORT", apply: b.httpListen},

		"SRS_VHOST_HTTP_REMUX_ENABLED": b.everyVHost(func(v *server.VHost) rule { return onOff(b, &v.Remux) }),
		"SRS_VHOST_HLS_ENABLED":        b.everyVHost(func(v *server.VHost) rule { return onOff(b, &v.HLS.Enabled) }),
		"SRS_VHOST_HLS_HLS_CTX":        b.everyVHost(func(v *server.VHost) rule { return onOff(b, &v.HLS.Ctx) }),
		"SRS_VHOST_HLS_HLS_FRAGMENT":   b.everyVHost(func(v *server.VHost) rule { return b.hlsTime(&v.HLS.Fragment) }),
		"SRS_VHOST_HLS_HLS_WINDOW":     b.everyVHost(func(v *server.VHost) rule { return b.hlsTime(&v.HLS.Window) }),

		hookVariables + "ENABLED":  b.everyVHost(func(v *server.VHost) rule { return onOff(b, &v.Hooks.Enabled) }),
		"SRS_VHOST_PLAY_GOP_CACHE": b.everyVHost(func(v *server.VHost) rule { return onOff(b, &v.GOPCache) }),
		"SRS_VHOST_PLAY_GOP_CACHE_MAX_FRAMES": b.everyVHost(func(v *server.VHost) rule {
			return number(b, &v.GOPFrames, 0, maxFrames)
		}),
		"SRS_VHOST_PLAY_MW_LATENCY": b.everyVHost(func(v *server.VHost) rule {
			return millis(b, &v.Merge, maxMerge)
		}),
		"SRS_VHOST_PUBLISH_NORMAL_TIMEOUT": b.everyVHost(func(v *server.VHost) rule {
			return millis(b, &v.Publish, maxQuiet)
		}),
		"SRS_VHOST_PUBLISH_FIRSTPKT_TIMEOUT": b.everyVHost(func(v *server.VHost) rule {
			return millis(b, &v.FirstPacket, maxQuiet)
		}),
	}
	for _, event := range hook.Events {
		known[hookVariables+strings.ToUpper(event.String())] = b.everyVHost(func(v *server.VHost) rule {
			return rule{min: 1, max: -1, wants: "one or more URLs", apply: func(n *node) {
				v.Hooks.URLs[event] = nil
				b.urls(n, &v.Hooks, event)
			}}
		})
	}
	return known
}

// everyVHost makes a rule hold for all vhosts; what is wrong is said once.
func (b *builder) everyVHost(of func(*server.VHost) rule) rule {
	r := of(&server.VHost{})
	r.apply = func(n *node) {
		before := len(b.errors)
		for i := range b.config.VHosts {
			if of(&b.config.VHosts[i]).apply(n); len(b.errors) > before {
				return
			}
		}
	}
	return r
}

// unknownVariable reports a variable that this server does not have. One that is nearly the name of a hook's is an
// error: a hook would get lost.
func (b *builder) unknownVariable(n *node, known rules) {
	near := suggest.Nearest(n.name, known.names())
	event := strings.ToLower(strings.TrimPrefix(n.name, hookVariables))
	if near != "" && strings.HasPrefix(near, hookVariables) && !srsEvents[event] {
		b.errorf(environment, 0, "%s: no such variable; %s was meant?", brief(n.name), near)
		return
	}
	b.warnf(environment, 0, "%s is not known to this server and ignored", brief(n.name))
}

// offHooks warns of hooks that the environment has, and that are not called.
func (b *builder) offHooks(hooks []*node) {
	for i := range b.config.VHosts {
		if v := &b.config.VHosts[i]; len(hooks) > 0 && !v.Hooks.Enabled {
			b.warnf(environment, 0,
				"%s is set, but the hooks of vhost %s are not enabled: no hook is called, everybody is let in "+
					"(%sENABLED=on)",
				hooks[0].name, v.Name, hookVariables)
		}
	}
}
