package srsconf

import (
	"net/netip"
	"time"

	"hookproof/server"
)

// standardMount is where SRS serves HTTP-FLV if not told otherwise, and where this server does.
const standardMount = "[vhost]/[app]/[stream].flv"

// maxWindow bounds hls_window and hls_fragment, in seconds.
const maxWindow = 24 * 3600

// httpServer reads the http_server block.
func (b *builder) httpServer(n *node) {
	h := &b.config.HTTP
	b.httpNode = n
	rs := rules{
		"enabled":         onOff(b, &h.Enabled),
		"listen":          {min: 1, max: 1, wants: "PORT or IP:PORT", apply: b.httpListen},
		"crossdomain":     onOff(b, &h.CrossOrigin),
		"trusted_proxies": {min: 1, max: -1, wants: "addresses or networks, as in 10.0.0.0/8", apply: b.proxies},
	}
	unknown := b.unknown("http_server", rs)
	b.walk("http_server", n.block, rs, func(n *node) {
		if n.name == "dir" {
			b.ignore("http_server", n, "streams are served, and no files")
			return
		}
		unknown(n)
	})
}

// httpListen reads the address of http_server. It is for viewers, so that a port alone is on every address, as in SRS.
func (b *builder) httpListen(l *node) {
	addr, err := Address(l.args[0], "")
	if err != nil {
		b.errorf(l.file, l.line, "listen: %v", err)
		return
	}
	b.config.HTTP.Listen, b.httpNode = addr, l
}

// proxies reads trusted_proxies.
func (b *builder) proxies(n *node) {
	for _, arg := range n.args {
		p, err := netip.ParsePrefix(arg)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(arg); err == nil {
				p, err = a.Prefix(a.BitLen())
			}
		}
		if err != nil {
			b.errorf(n.file, n.line, "%s: expected an address or a network such as 10.0.0.0/8, got %s", n.name,
				brief(arg))
			continue
		}
		b.config.HTTP.Proxies = append(b.config.HTTP.Proxies, p.Masked())
	}
}

// remux reads the http_remux block of a vhost.
func (b *builder) remux(n *node, v *server.VHost) {
	rs := rules{
		"enabled": onOff(b, &v.Remux),
		"mount": {min: 1, max: 1, wants: standardMount, apply: func(n *node) {
			if n.args[0] != standardMount {
				b.errorf(n.file, n.line, "mount: expected %s, the only one that this server has, got %s", standardMount,
					brief(n.args[0]))
			}
		}},
	}
	b.walk("vhost.http_remux", n.block, rs, b.unknown("vhost.http_remux", rs))
}

// hls reads the hls block of a vhost.
func (b *builder) hls(n *node, h *server.HLS) {
	rs := rules{
		"enabled": onOff(b, &h.Enabled), "hls_ctx": onOff(b, &h.Ctx),
		"hls_fragment": b.hlsTime(&h.Fragment), "hls_window": b.hlsTime(&h.Window),
	}
	unknown := b.unknown("vhost.hls", rs)
	b.walk("vhost.hls", n.block, rs, func(n *node) {
		switch n.name {
		case "hls_path", "hls_m3u8_file", "hls_ts_file", "hls_entry_prefix":
			b.ignore("vhost.hls", n, "segments are kept in memory and served at /APP/STREAM-NUMBER.ts")
		default:
			unknown(n)
		}
	})
}

// hlsTime is the rule of hls_fragment and hls_window.
func (b *builder) hlsTime(to *time.Duration) rule {
	return rule{min: 1, max: 1, wants: "seconds", firstCounts: true, apply: func(n *node) {
		b.secondsTo(n, "seconds, from 0.1", 0.1, maxWindow, to)
	}}
}
