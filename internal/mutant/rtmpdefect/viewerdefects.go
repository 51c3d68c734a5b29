package rtmpdefect

import (
	"net/url"
	"strings"
	"sync"

	"hookproof/hook"
)

// isFLV and isHLS tell the hooks of viewers from those of other clients, by the tcUrl that the server makes up, or by
// the request.
func isFLV(x *exchange) bool {
	return x.req.known && (strings.HasPrefix(x.req.payload.TCURL, "rtmp://__defaultVhost__/") || asked(x, ".flv"))
}

func isHLS(x *exchange) bool {
	return x.req.known && (strings.HasPrefix(x.req.payload.TCURL, "http://") || asked(x, ".m3u8") || asked(x, ".ts"))
}

// asked reports whether a hook is of a viewer who asked for such a file.
func asked(x *exchange, ext string) bool {
	v := x.world.viewer(x.client)
	if v == nil {
		return false
	}
	path, _, _ := strings.Cut(v.target, "?")
	return strings.HasSuffix(path, ext)
}

func isViewer(x *exchange) bool { return isFLV(x) || isHLS(x) }

// where limits a defect to some hooks.
func where(is func(*exchange) bool, d hookFunc) hookFunc {
	return func(x *exchange) {
		if is(x) {
			d(x)
			return
		}
		x.pass()
	}
}

// ofFLV and ofHLS limit a defect to events of viewers of that kind.
func ofFLV(d hookFunc, events ...hook.Event) hookFunc { return where(isFLV, on(d, events...)) }

func ofHLS(d hookFunc, events ...hook.Event) hookFunc { return where(isHLS, on(d, events...)) }

// letsRefusedOn asks, and accepts whatever is answered.
func letsRefusedOn(x *exchange) {
	if a := x.ask(); x.accepted(a) {
		x.relay(a)
		return
	}
	x.relay(accepting())
}

// stopsRefused tells on_stop of a viewer that was refused.
func stopsRefused(x *exchange) {
	a := x.ask()
	if !x.accepted(a) {
		x.call(x.req.as(hook.OnStop))
	}
	x.relay(a)
}

// ofPage limits a defect to viewers whose latest request is one that is looked for, once that is decided.
func ofPage(is func(*watcher) bool, d hookFunc) hookFunc {
	return func(x *exchange) {
		v := x.world.viewer(x.client)
		if v == nil {
			x.pass()
			return
		}
		select {
		case <-v.decided:
		case <-x.ctx.Done():
		}
		select {
		case <-v.decided:
			if is(v) {
				d(x)
				return
			}
		default:
		}
		x.pass()
	}
}

func leftEarly(v *watcher) bool { return v.left }

func notFound(v *watcher) bool { return v.status == 404 }

// believed gives the address that the viewer made up.
func believed(x *exchange) {
	if v := x.world.viewer(x.client); v != nil {
		if ip := v.header.Get("X-Forwarded-For"); ip != "" {
			value("ip", constant(ip))(x)
			return
		}
	}
	x.pass()
}

// otherVHost has the hooks of the vhost asked that a parameter names, of which there are none, for a stream of the
// default vhost.
func otherVHost(*world) parts {
	const mark = "other="
	return parts{
		http: &httpDefect{request: func(v *watcher) { v.target = strings.Replace(v.target, "vhost=", mark, 1) }},
		hook: where(isViewer, func(x *exchange) {
			if strings.Contains(x.req.payload.Param, mark) {
				drop(x)
				return
			}
			x.pass()
		}),
	}
}

// hasContext reports whether on_play is about a viewer that came with a context.
func hasContext(x *exchange) bool {
	return isHLS(x) && x.req.event == hook.OnPlay && strings.Contains(x.req.payload.Param, "hls_ctx=")
}

// openSegments gives who asks for a segment without a context that of the viewer before.
func openSegments(*world) parts {
	var mu sync.Mutex
	contexts := map[string]string{} // by app
	return parts{http: &httpDefect{request: func(v *watcher) {
		u, err := url.ParseRequestURI(v.target)
		if err != nil || !strings.HasSuffix(u.Path, ".ts") {
			return
		}
		app, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		mu.Lock()
		defer mu.Unlock()
		if u.RawQuery != "" && len(contexts) < maxClients {
			contexts[app] = u.RawQuery
		} else {
			v.target = u.Path + "?" + contexts[app]
		}
	}}}
}

// asks makes up the on_play of a viewer of a stream that nobody publishes, as it is asked of others; stops tells its
// on_stop, too, once it has left.
func (v *watcher) asks(stops bool) {
	path, param, found := strings.Cut(v.target, "?")
	if found {
		param = "?" + param
	}
	app, stream, _ := strings.Cut(strings.Trim(strings.TrimSuffix(path, ".flv"), "/"), "/")
	pl := hook.Payload{IP: "127.0.0.1", VHost: "__defaultVhost__", App: app, Stream: stream, Param: param,
		TCURL: "rtmp://__defaultVhost__/" + app, PageURL: v.page, StreamURL: "/" + app + "/" + stream}
	play := v.world.compose(hook.OnPlay, pl)
	v.world.tell(play)
	if stops {
		<-v.gone
		pl.ClientID = play.payload.ClientID
		v.world.tell(v.world.compose(hook.OnStop, pl))
	}
}

// unknownFLV is what a server does about a viewer of a stream that nobody publishes.
func unknownFLV(do func(v *watcher)) func(*world) parts {
	return func(*world) parts {
		return parts{http: &httpDefect{answer: func(v *watcher) ([]byte, bool) {
			if v.status == 404 && strings.Contains(v.target, "nothing.flv") {
				do(v)
			}
			return nil, true
		}}}
	}
}

// insteadOf answers something else than a status.
func insteadOf(status int, answer string, files ...string) proxies {
	return func(*world) parts {
		return parts{http: &httpDefect{answer: func(v *watcher) ([]byte, bool) {
			for _, file := range files {
				if v.status == status && strings.Contains(v.target, file) {
					return []byte(answer), answer != ""
				}
			}
			return nil, true
		}}}
	}
}

// diesOfLeaving ends the server when a stream ends of which a viewer of HTTP-FLV waits for the answer to its on_play.
func diesOfLeaving(x *exchange) {
	pl := &x.req.payload
	for _, v := range x.world.undecided() {
		if path, _, _ := strings.Cut(v.target, "?"); path == "/"+pl.App+"/"+pl.Stream+".flv" {
			x.world.die()
		}
	}
	x.pass()
}

// undecided lists the viewers that have not been answered and are there.
func (w *world) undecided() (all []*watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range w.viewers {
		select {
		case <-v.decided:
		default:
			all = append(all, v)
		}
	}
	return all
}
