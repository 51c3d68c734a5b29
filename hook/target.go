package hook

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"hookproof/internal/redact"
)

// target is a hook URL, taken apart once: where to connect and what the
// request begins with.
type target struct {
	secure bool
	addr   string // host:port to dial
	name   string // host name, for TLS
	before []byte // request line and headers up to the length's digits
	after  []byte // the headers after the length, and the empty line
}

// CheckURL says what is wrong with a hook URL, so that a configuration can be
// refused when it is read: it must be absolute, http or https, with a host and
// a port from 1 to 65535, and free of bytes that a request line cannot hold
// (blanks, control bytes, anything that is not ASCII). A fragment and
// user:password@ are allowed and not sent, as SRS has it.
func CheckURL(raw string) error {
	_, err := parseTarget(raw, "")
	return err
}

func parseTarget(raw, userAgent string) (*target, error) {
	t, requestURI, host, err := splitURL(raw)
	if err != nil {
		return nil, fmt.Errorf("hook URL %q: %w", redact.Clip(raw, mostQuoted), err)
	}
	// The headers of SRS in its order. The connection is meant to stay unless
	// this side closes it, which SRS does after every answer.
	t.before = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nConnection: Keep-Alive\r\nContent-Length: ", requestURI)
	t.after = fmt.Appendf(nil, "\r\nContent-Type: application/json\r\nHost: %s\r\nUser-Agent: %s\r\n\r\n", host,
		userAgent)
	return t, nil
}

// splitURL returns the target without its headers, the request-target (path and
// query byte for byte as configured, S-REQ-01) and the Host header.
func splitURL(raw string) (t *target, requestURI, host string, err error) {
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f {
			return nil, "", "", fmt.Errorf("byte %d: want a printable ASCII character, got 0x%02x", i, raw[i])
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		// url.Error repeats the URL.
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return nil, "", "", err
	}
	defaultPort := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if defaultPort == "" {
		return nil, "", "", fmt.Errorf("scheme: want http or https, got %q", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, "", "", errors.New("want a host, got none")
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, "", "", fmt.Errorf("port: want 1 to 65535, got %q", port)
	}
	host = u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != defaultPort {
		host += ":" + port
	}
	t = &target{secure: u.Scheme == "https", addr: net.JoinHostPort(u.Hostname(), port), name: u.Hostname()}
	return t, RequestTarget(raw), host, nil
}

// RequestTarget returns path and query of an absolute URL as a request line has them, byte for byte.
func RequestTarget(raw string) string {
	_, rest, _ := strings.Cut(raw, "://")
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}
