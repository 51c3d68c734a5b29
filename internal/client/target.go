package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// target is whom to dial and what connect says about it.
type target struct {
	addr       string // host:port
	tcURL, app string
}

// parseTarget splits o.URL by hand: net/url would refuse names that a client
// may well send (S-REQ-03), and would change others.
func parseTarget(o *Options) (target, error) {
	url := WithoutUser(o.URL)
	host, _, err := splitURL(url)
	if err != nil {
		return target{}, err
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "1935")
	}
	t := target{addr: host, tcURL: o.TCURL, app: o.App}
	if t.tcURL == "" {
		t.tcURL = url
	}
	if t.app == "" {
		// A tcUrl that is none (a test may send such) has no app.
		_, t.app, _ = splitURL(t.tcURL)
	}
	return t, nil
}

// WithoutUser returns a URL without the user and password before its host: other clients do not send them in tcUrl
// either, where they would travel into hooks and logs.
func WithoutUser(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	authority, path, slash := strings.Cut(rest, "/")
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return url
	}
	host := authority[at+1:]
	if slash {
		host += "/"
	}
	return scheme + "://" + host + path
}

// splitURL cuts rtmp://host[:port]/app.
func splitURL(s string) (host, app string, err error) {
	rest, ok := strings.CutPrefix(s, "rtmp://")
	if !ok {
		return "", "", fmt.Errorf("URL %q: want rtmp://host[:port]/app", s)
	}
	host, app, _ = strings.Cut(rest, "/")
	if host == "" {
		return "", "", fmt.Errorf("URL %q: no host", s)
	}
	return host, app, nil
}

// dial makes the TCP connection. TCP_NODELAY is on, as Go has it.
func (t *target) dial(ctx context.Context, local string, receiveBuffer int) (*net.TCPConn, error) {
	var d net.Dialer
	if local != "" {
		addr, err := parseLocal(local)
		if err != nil {
			return nil, fmt.Errorf("local address %q: %w", local, err)
		}
		d.LocalAddr = net.TCPAddrFromAddrPort(addr)
	}
	d.KeepAlive = -1 // a peer that is gone is the server's to notice; keepalives cost syscalls
	conn, err := d.DialContext(ctx, "tcp", t.addr)
	if err != nil {
		return nil, err
	}
	tcp := conn.(*net.TCPConn) // what the network "tcp" gives
	if receiveBuffer > 0 {
		if err := tcp.SetReadBuffer(receiveBuffer); err != nil {
			tcp.Close()
			return nil, err
		}
	}
	return tcp, nil
}

// parseLocal reads an IP address with or without a port. Names are not looked up.
func parseLocal(s string) (netip.AddrPort, error) {
	if addr, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return netip.AddrPortFrom(addr, 0), nil
	}
	return netip.ParseAddrPort(s)
}

// contextCause says ErrTimeout where a deadline is why err happened, the
// cancellation's cause where ctx was cancelled, and otherwise err.
func contextCause(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == nil:
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			return fmt.Errorf("%w (%w)", ErrTimeout, err)
		}
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w (%w)", ErrTimeout, ctx.Err())
	}
	return context.Cause(ctx)
}
