package rtmptarget

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
)

// ExternalOptions say where somebody else's server is, and where it calls us.
type ExternalOptions struct {
	Profile *hook.Profile
	URL     string  // rtmp://host[:port]/app
	App     string  // the app of all scenarios; "": each has one of its own, which begins with that of URL
	Listen  string  // host:port at which its hooks arrive
	API     string  // base URL of its HTTP API; "" without
	HTTP    string  // base URL of its HTTP-FLV and HLS; "" without
	Scale   float64 // of all time-outs; 0 is 1
	Nonce   string  // letters and digits, of this run alone
	VHosts  bool    // the stanza's vhosts are configured at the server
	PID     int     // its process on this machine; 0: not known
	Restart string  // shell command that restarts it; "" without
	Safe    bool    // leave out what can end it
}

// Listens returns the addresses of the three endpoints: the port given and the
// two above it.
func Listens(listen string) (Addresses, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return Addresses{}, fmt.Errorf("address %q: want host:port", listen)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65533 {
		return Addresses{}, fmt.Errorf("address %q: want a port from 1 to 65533 (the two above it are used, too)",
			listen)
	}
	at := func(k int) string { return net.JoinHostPort(host, strconv.Itoa(n+k)) }
	return Addresses{Main: at(0), Stoppable: at(1), TLS: at(2)}, nil
}

// srsTimeout is how long SRS waits for an answer; it cannot be configured.
const srsTimeout = 30 * time.Second

// External opens our endpoints around somebody else's server.
func External(o ExternalOptions) (*Target, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "rtmp" || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return nil, fmt.Errorf("server %q: want rtmp://HOST[:PORT]/APP", o.URL)
	}
	at, err := Listens(o.Listen)
	if err != nil {
		return nil, err
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	t := &Target{Profile: o.Profile, Safe: o.Safe, Addr: u.Host, App: strings.Trim(u.Path, "/"),
		API:         strings.TrimSuffix(o.API, "/"),
		Scale:       o.Scale,
		HookTimeout: srsTimeout, shared: true, Lacks: map[Capability]string{
			CanRestart:  "the server under test cannot be shut down from here (-pid or -restart)",
			ShowsMemory: "the process of the server under test cannot be looked at from here (-pid)",
		}}
	if o.App != "" {
		t.App, t.FixedApp = o.App, true
	}
	if u.Port() == "" {
		t.Addr = net.JoinHostPort(u.Hostname(), "1935")
	}
	if t.ClientIP, err = localAddress(t.Addr); err != nil {
		return nil, err
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		t.Lacks[IsLocal] = "the server under test is not on this machine's loopback"
	}
	if o.API == "" {
		t.Lacks[CanKick] = "no HTTP API of the server under test was given (-api)"
	}
	if t.HTTP, err = viewersAt(o.HTTP); err != nil {
		return nil, err
	}
	if o.HTTP == "" {
		t.Lacks[ServesHTTP] = "no HTTP-FLV and HLS of the server under test was given (-http)"
	}
	if !o.VHosts {
		t.Lacks[HasVHosts] = "the vhosts of `conformance config` were said not to be configured (-no-vhosts)"
	}
	if err := t.useProcess(o.PID, o.Restart); err != nil {
		return nil, err
	}
	if _, err := t.endpoints(at, o.Nonce); err != nil {
		return nil, err
	}
	return t, nil
}

// viewersAt reads where HTTP viewers are served; "" of "".
func viewersAt(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return "", fmt.Errorf("HTTP viewers at %q: want http://HOST[:PORT]", raw)
	}
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "80"), nil
	}
	return u.Host, nil
}

// localAddress is the address from which a server is reached. Nothing is sent.
func localAddress(addr string) (string, error) {
	c, err := net.Dial("udp", addr)
	if err != nil {
		return "", fmt.Errorf("server %s: %w", addr, err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).IP.String(), nil
}
