package main

import (
	"flag"
	"slices"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
)

// options are the command line.
type options struct {
	flags *flag.FlagSet

	file     string
	noFile   bool
	test     bool
	version  bool
	listen   string
	hooks    string
	profile  string
	insecure bool
	retry    time.Duration
	maxCalls int
	keep     bool
	http     string
	api      string
	pprof    string
	grace    time.Duration
	params   bool
	log      cli.LogOptions
	environ  []string // "NAME=value"
}

// newOptions declares the flags.
func newOptions() *options {
	o := &options{flags: flag.NewFlagSet(help.Name, flag.ContinueOnError)}
	f := o.flags
	f.StringVar(&o.file, "c", "", "read the configuration from `FILE`, in the format of SRS")
	f.BoolVar(&o.noFile, "e", false,
		"without -c: take the configuration from SRS's environment variables, also where SRS_CONFIG_FILE is set")
	f.BoolVar(&o.test, "t", false, "check the configuration, say what is wrong with it, and exit")
	f.BoolVar(&o.version, "version", false, "print the version and exit")
	f.StringVar(&o.listen, "listen", "127.0.0.1:1935",
		"without -c: serve RTMP on `ADDR`; several are separated by commas.\nA port alone is served on 127.0.0.1, "+
			"\":PORT\" on every address, port 0 takes a free one")
	f.StringVar(&o.hooks, "hooks", "",
		"without -c: ask the hook server at `URL`, such as http://127.0.0.1:8085, about all six events.\nNot given: "+
			"no hooks, everybody is let in")
	f.StringVar(&o.profile, "profile", "srs1",
		"without -c: call hooks as `PROFILE` does, one of "+hook.ProfileNames())
	f.BoolVar(&o.insecure, "insecure-tls", false,
		"without -c: accept any certificate of an https hook server, as SRS does")
	f.DurationVar(&o.retry, "retry", 0,
		"without -c: send closing events that did not reach the hook server again for this `TIME`, such as 30s;\nit "+
			"may then get one twice. Not given: they are lost, as with SRS")
	f.IntVar(&o.maxCalls, "max-calls", hook.DefaultMaxCalls,
		"without -c: ask the hook server `N` things at once; more clients wait, the first to come goes first")
	f.BoolVar(&o.keep, "hook-keepalive", false,
		"without -c: send many hook calls over one connection, which saves most of what a call costs.\nNot given: a "+
			"connection for every call, as SRS does")
	f.StringVar(&o.http, "http", "",
		"without -c: serve every stream over HTTP on `ADDR`, as HTTP-FLV at /APP/STREAM.flv and as HLS at .m3u8.\nA "+
			"port alone is served on 127.0.0.1")
	f.StringVar(&o.api, "api", "",
		"serve the HTTP API and /metrics on `ADDR`, whatever the configuration says.\nA port alone is served on "+
			"127.0.0.1. The API asks for no password: whoever reaches it can disconnect clients")
	f.StringVar(&o.pprof, "pprof", "",
		"serve Go's profiles below /debug/pprof/ on `ADDR`; a port alone is served on 127.0.0.1")
	f.DurationVar(&o.grace, "grace", 30*time.Second, "at the end, wait this `TIME` for the hooks of the closing events")
	f.BoolVar(&o.params, "log-params", false,
		"show the values of parameters in the log and in the HTTP API: tokens are among them")
	o.log.Register(f)
	return o
}

// check looks for what the flags say together.
func (o *options) check() error {
	if o.file != "" {
		var err error
		if o.noFile {
			return cli.Usagef("-e cannot be given together with -c: it takes no file")
		}
		o.flags.Visit(func(f *flag.Flag) {
			if slices.Contains([]string{"listen", "hooks", "profile", "insecure-tls", "retry", "max-calls",
				"hook-keepalive", "http"}, f.Name) {
				err = cli.Usagef("-%s cannot be given together with -c: the file says it", f.Name)
			}
		})
		if err != nil {
			return err
		}
	}
	if o.retry < 0 {
		return cli.Usagef("-retry: want 0 or more, got %v", o.retry)
	}
	if o.maxCalls < 1 {
		return cli.Usagef("-max-calls: want 1 or more, got %d", o.maxCalls)
	}
	if o.grace <= 0 {
		return cli.Usagef("-grace: want more than 0, got %v", o.grace)
	}
	return nil
}

var help = cli.Help{
	Name:     "rtmpserver",
	Groups:   groups,
	Synopsis: []string{"-c FILE [-t]", "[-listen ADDR] [-hooks URL] [-profile P]"},
	About: `An RTMP server that asks HTTP hooks before it lets a client connect, publish
or play, and tells them when it leaves. It is configured as SRS is, by a file,
or by a few options.`,
	FailedMeans: "with -t: the configuration is wrong; otherwise: closing events were lost, at the end or before",
	Sections: []cli.Section{
		{Title: "Configuration file", Rare: true, Text: `
The format is that of SRS. Read are: listen, max_connections, chunk_size,
server_id, include, rtmp { listen chunk_size }, http_api { enabled listen
metrics }, http_server { enabled listen crossdomain trusted_proxies },
vhost NAME { enabled gop_cache play { gop_cache
gop_cache_max_frames mw_latency } publish { normal_timeout firstpkt_timeout }
http_remux { enabled mount } hls { enabled hls_fragment hls_window hls_ctx }
http_hooks { enabled on_connect on_close on_publish on_unpublish on_play on_stop
profile timeout retry max_calls insecure_tls hook_keepalive } }. An event takes several URLs.
mw_latency is the longest wait, in ms, before many players are written to
together (350; 0: none).

Unknown to SRS are in http_hooks
  profile       srs1, srs3, srs4, srs6 or srs7, whose versions docs/rtmpserver.md
                names; srs1 if not given
  timeout       seconds for one call, all of it; 30 if not given
  retry         seconds; see "Hook server down" below; 0 if not given
  max_calls     calls of this vhost to one hook server at once; 512 if not given.
                More wait, the first to come goes first, while their timeout runs
  insecure_tls  on accepts any certificate, as SRS does; off if not given
  hook_keepalive  on sends many calls over one connection; off if not given: a
                connection for every call, as SRS makes it. On saves some 60 us
                of a processor for each call, but hook servers that serve one
                request on a connection without saying so lose events
in http_api metrics (on if not given), in http_server trusted_proxies, the
addresses and networks of proxies whose X-Forwarded-For is believed (none if not
given: anybody can write one), in play gop_cache_max_time, the seconds
of a GOP that are kept for new players (30), and at the top level, in MB
  media_memory         for the media of all clients, cached or waiting to be
                       written; a quarter of the machine's memory if not given.
                       Over it caches go first, then the slowest players
  client_media_memory  of it for one client; 32 if not given

Any other directive is reported and ignored. include looks beside the including
file, then in the working directory. http_api with a port alone serves
127.0.0.1 only.`},
		{Title: "Environment", Rare: true, Text: `
SRS's variables are read as SRS reads them, and go before the file and the
options: SRS_LISTEN, SRS_MAX_CONNECTIONS, SRS_SERVER_ID, SRS_HTTP_API_ENABLED,
SRS_HTTP_API_LISTEN, SRS_HTTP_SERVER_ENABLED, SRS_HTTP_SERVER_LISTEN, and for all
vhosts SRS_VHOST_HTTP_REMUX_ENABLED, SRS_VHOST_HLS_ENABLED,
SRS_VHOST_HLS_HLS_FRAGMENT, ..._HLS_WINDOW, ..._HLS_CTX, SRS_VHOST_HTTP_HOOKS_ENABLED,
SRS_VHOST_HTTP_HOOKS_ON_CONNECT to ..._ON_STOP, SRS_VHOST_CHUNK_SIZE,
SRS_VHOST_PLAY_GOP_CACHE, ..._GOP_CACHE_MAX_FRAMES, ..._MW_LATENCY,
SRS_VHOST_PUBLISH_NORMAL_TIMEOUT, ..._FIRSTPKT_TIMEOUT. Any other SRS_ variable is
reported and ignored. SRS_CONFIG_FILE names the file, as -c does; SRS_ENV_ONLY is -e.`},
		{Title: "Hooks of -hooks URL", Text: `
on_connect, on_close      URL/api/v1/clients
on_publish, on_unpublish  URL/api/v1/streams
on_play, on_stop          URL/api/v1/sessions`},
		{Title: "Viewers over HTTP", Text: `
on_play is asked and on_stop told of them, too. A viewer that is refused gets 401
and not a byte. HTTP-FLV is /APP/STREAM.flv; it ends when its publisher leaves.
HLS is /APP/STREAM.m3u8: who has asked for nothing for two hls_window has left. The
hooks of the vhost are asked that the stream is in. A viewer of HLS is who has
the same address, hls_ctx and parameters as when it was accepted; all others are
asked about anew, and segments are for those who were accepted.`},
		{Title: "Hook server down", Rare: true, Text: `
Clients that come are refused; those that are on stay on. The closing events of
those that leave are lost, as with SRS, unless there is a retry: then each is
sent again, after pauses of 0.1 to 2 s, until it has been answered or the time is
over. Sent again is what was refused, reset or not answered in time, or answered
with 502, 503 or 504; any other answer ends it. The hook server may get an event
twice. The next event of the client waits; its stream's name does for 1 s. An
event given up is logged. At the end, -grace bounds this, too.`},
		{Title: "Signals", Text: `
SIGTERM, SIGINT  take no new clients, disconnect the others, deliver their
                 closing events, exit; the second signal exits at once
SIGHUP           read FILE again; with a mistake in it, the old configuration stays`},
	},
	Examples: []cli.Example{
		{For: "serve on 127.0.0.1:1935 and ask the hook server on port 8085",
			Call: "rtmpserver -hooks http://127.0.0.1:8085"},
		{For: "the same as SRS 7 would ask, with the HTTP API",
			Call: "rtmpserver -hooks http://127.0.0.1:8085 -profile srs6 -api 1985"},
		{For: "check a configuration, then serve by it", Call: "rtmpserver -t -c srs.conf && rtmpserver -c srs.conf"},
		{For: "read the configuration again", Call: "kill -HUP PID"},
	},
}
