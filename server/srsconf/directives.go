package srsconf

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"hookproof/server"
)

// root reads the top level of a configuration.
func (b *builder) root(nodes []*node) {
	vhosts := map[string]*node{}
	b.config.Listen, b.config.VHosts = nil, nil
	var addresses []*node
	addListen := func(n *node) {
		addresses = append(addresses, n)
		b.listen(n)
	}
	// What later versions of SRS put into a block rtmp, older ones have here.
	listening := rule{min: 1, max: -1, wants: "PORT or IP:PORT", many: true, apply: addListen}
	chunkSize := b.once(number(b, &b.config.ChunkSize, 128, 65536))
	rs := rules{
		"listen":              listening,
		"chunk_size":          chunkSize,
		"max_connections":     number(b, &b.config.MaxConnections, 1, 1000000),
		"media_memory":        megabytes(b, func(n int) { b.config.Memory.Media = int64(n) << 20 }),
		"client_media_memory": megabytes(b, func(n int) { b.config.Memory.Client = n << 20 }),
		"server_id": {min: 1, max: 1, wants: "one name", apply: func(n *node) {
			if b.plain(n) {
				b.config.ServerID = n.args[0]
			}
		}},
		"rtmp": {block: true, wants: "a block without a name", apply: func(n *node) {
			inner := rules{"listen": listening, "chunk_size": chunkSize}
			b.walk("rtmp", n.block, inner, b.unknown("rtmp", inner))
		}},
		"http_server": {block: true, wants: "a block without a name", apply: b.httpServer},
		"http_api":    {block: true, wants: "a block without a name", apply: b.httpAPI},
		"vhost": {block: true, min: 1, max: 1, wants: "one name", many: true, apply: func(n *node) {
			b.vhost(n, vhosts)
		}},
		"is_full": onOff(b, new(bool)),
	}
	b.walk("", nodes, rs, b.unknown("", rs))
	b.checkServices()
	b.checkRoot(nodes, addresses)
}

// checkServices reports addresses of the API and of http_server that are taken.
func (b *builder) checkServices() {
	api, viewers := &b.config.API, &b.config.HTTP
	if api.Enabled {
		b.checkFree("http_api", api.Listen, b.apiNode)
	}
	if !viewers.Enabled {
		return
	}
	b.checkFree("http_server", viewers.Listen, b.httpNode)
	if api.Enabled && Overlap(api.Listen, viewers.Listen) {
		file, line := position(b.httpNode)
		b.errorf(file, line, "http_server: %s cannot be served beside the API on %s: expected another port",
			viewers.Listen, api.Listen)
	}
}

// position is where a directive stands, if anywhere.
func position(n *node) (file string, line int) {
	if n == nil {
		return "configuration", 0
	}
	return n.file, n.line
}

// checkFree reports an address that RTMP has.
func (b *builder) checkFree(name, listen string, n *node) {
	for i, addr := range b.config.Listen {
		if Overlap(addr, listen) {
			where := ""
			if i < len(b.listening) && b.listening[i].line > 0 {
				where = fmt.Sprintf(", line %d", b.listening[i].line)
			}
			file, line := position(n)
			b.errorf(file, line, "%s: %s cannot be served beside RTMP on %s%s: expected another port", name, listen,
				addr, where)
			return
		}
	}
}

// checkRoot looks at what is missing.
func (b *builder) checkRoot(nodes, addresses []*node) {
	file := "configuration"
	if len(nodes) > 0 {
		file = nodes[0].file
	}
	if len(addresses) == 0 {
		b.errorf(file, 0, "expected at least one listen directive, as in \"listen 1935;\"")
	}
	if len(addresses) > 1 {
		n := addresses[1]
		b.warnf(n.file, n.line,
			"listen is given %d times; SRS would use the first only (it takes several addresses in one listen)",
			len(addresses))
	}
	for _, v := range b.config.VHosts {
		if v.Name == server.DefaultVHost {
			return
		}
	}
	b.warnf(file, 0, "there is no vhost %s: clients that name no configured vhost are refused", server.DefaultVHost)
}

// listen adds the addresses of one listen directive.
func (b *builder) listen(n *node) {
	for _, arg := range n.args {
		addr, err := Address(arg, "")
		if err != nil {
			b.errorf(n.file, n.line, "listen: %v", err)
			continue
		}
		i := slices.IndexFunc(b.config.Listen, func(was string) bool { return was == addr || Overlap(was, addr) })
		if i < 0 {
			b.config.Listen, b.listening = append(b.config.Listen, addr), append(b.listening, n)
			continue
		}
		switch was := b.config.Listen[i]; {
		case was == addr:
			b.errorf(n.file, n.line, "listen: %s is given twice: the first is on line %d", arg, b.listening[i].line)
		case wildcard(was) && wildcard(addr):
			// A port is served for IPv4 and IPv6 alike, so that SRS's
			// "listen 1935 [::]:1935" is one address here.
		default:
			b.errorf(n.file, n.line,
				"listen: %s and %s, line %d, cannot both be served: one has all addresses, the other's among them",
				arg, was, b.listening[i].line)
		}
	}
}

// Overlap tells whether two addresses as Address returns them cannot both be
// listened on: the ports are the same, and the hosts are the same or one
// stands for every address.
func Overlap(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return false
	}
	return wildcard(a) || wildcard(b) || ipOf(hostA).Equal(ipOf(hostB))
}

// wildcard tells whether an address is every one of the machine.
func wildcard(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	return host == "" || ipOf(host).IsUnspecified()
}

// ipOf reads the hosts that Address allows.
func ipOf(host string) net.IP {
	if host == "localhost" {
		host = "127.0.0.1"
	}
	return net.ParseIP(host)
}

// Address reads "PORT", "IP:PORT" or "localhost:PORT" and returns host:port as
// net.Listen takes it. A port alone gets the given host; empty means every
// address of the machine. Ports are 0 to 65535; 0 takes a free one.
func Address(s, host string) (string, error) {
	bad := func() (string, error) {
		return "", fmt.Errorf("expected PORT or IP:PORT with a port from 0 to 65535, got %s", brief(s))
	}
	port := s
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
		if h != "" && h != "localhost" && net.ParseIP(h) == nil {
			return bad()
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return bad()
	}
	return net.JoinHostPort(host, strconv.FormatUint(number, 10)), nil
}

// httpAPI reads the http_api block.
func (b *builder) httpAPI(n *node) {
	api := &b.config.API
	b.apiNode = n
	rs := rules{
		"enabled": onOff(b, &api.Enabled),
		"listen":  {min: 1, max: 1, wants: "PORT or IP:PORT", apply: b.apiListen},
		"metrics": onOff(b, &api.Metrics),
	}
	unknown := b.unknown("http_api", rs)
	b.walk("http_api", n.block, rs, func(n *node) {
		if n.name == "auth" {
			b.ignore("http_api", n, "the API asks for no password; whoever reaches it can disconnect clients")
			return
		}
		unknown(n)
	})
}

// apiListen reads the address of the API.
func (b *builder) apiListen(l *node) {
	addr, err := Address(l.args[0], "127.0.0.1")
	if err != nil {
		b.errorf(l.file, l.line, "listen: %v", err)
		return
	}
	if _, port, _ := net.SplitHostPort(addr); port == l.args[0] {
		b.warnf(l.file, l.line,
			"listen %s of http_api serves 127.0.0.1 only; write 0.0.0.0:%s to serve every address, as SRS would",
			l.args[0], l.args[0])
	}
	b.config.API.Listen, b.apiNode = addr, l
}

// number is the rule of a directive whose value is an integer from low to high.
func number(b *builder, to *int, low, high int) rule {
	wants := fmt.Sprintf("a number from %d to %d", low, high)
	return rule{min: 1, max: 1, wants: wants, firstCounts: true, apply: func(n *node) {
		v, err := strconv.Atoi(n.args[0])
		if err != nil || v < low || v > high {
			b.errorf(n.file, n.line, "%s: expected %s, got %s", n.name, wants, brief(n.args[0]))
			return
		}
		*to = v
	}}
}

// megabytes is the rule of an amount of memory.
func megabytes(b *builder, set func(int)) rule {
	var v int
	r := number(b, &v, 1, 1<<20)
	apply := r.apply
	r.wants += " (MB)"
	r.apply = func(n *node) {
		if apply(n); v > 0 {
			set(v)
		}
	}
	return r
}

// millis is the rule of a time in whole milliseconds, 0 to most.
func millis(b *builder, to *time.Duration, most int) rule {
	var v int
	r := number(b, &v, 0, most)
	apply := r.apply
	r.apply = func(n *node) {
		v = int(*to / time.Millisecond)
		apply(n)
		*to = time.Duration(v) * time.Millisecond
	}
	return r
}

// onOff is the rule of a switch. SRS takes everything but one of the two words
// for the default, which may be the opposite of what is meant.
func onOff(b *builder, to *bool) rule {
	return rule{min: 1, max: 1, wants: "on or off", apply: func(n *node) {
		switch n.args[0] {
		case "on":
			*to = true
		case "off":
			*to = false
		default:
			b.errorf(n.file, n.line, "%s: expected on or off, in lower case, got %s", n.name, brief(n.args[0]))
		}
	}}
}
