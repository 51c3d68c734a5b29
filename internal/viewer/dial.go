package viewer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"time"
)

// Options say where a viewer comes from and how it presents itself.
type Options struct {
	Address   string      // host:port of the server
	Host      string      // of the request; "": Address
	Header    http.Header // of every request
	LocalAddr string      // the address to come from; "": any
}

// Limits of what a server may send, in bytes.
const (
	maxHead = 64 << 10
	maxBody = 64 << 20 // of a playlist or segment
)

// agent is the User-Agent of a viewer.
const agent = "hookproof-viewer"

// request sends a GET and returns the connection with the answer, whose body is still to come. The caller closes the
// connection. A server that ends it without an answer is an error: io.ErrUnexpectedEOF or a reset.
func request(ctx context.Context, o Options, target string) (*net.TCPConn, *http.Response, error) {
	d := net.Dialer{}
	if o.LocalAddr != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(o.LocalAddr)}
	}
	nc, err := d.DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, nil, &DialError{err}
	}
	conn := nc.(*net.TCPConn)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	answer, err := ask(conn, o, target)
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, nil, err
	}
	return conn, answer, nil
}

// A DialError says that there was no connection.
type DialError struct{ Err error }

func (e *DialError) Error() string { return e.Err.Error() }

func (e *DialError) Unwrap() error { return e.Err }

func ask(conn *net.TCPConn, o Options, target string) (*http.Response, error) {
	host := o.Host
	if host == "" {
		host = o.Address
	}
	if strings.ContainsAny(target+host, " \r\n") {
		return nil, fmt.Errorf("viewer: %.80q cannot stand in a request", target)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\nConnection: close\r\n", target,
		host, agent)
	if err := o.Header.Write(&b); err != nil {
		return nil, err
	}
	b.WriteString("\r\n")
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: conn, N: maxHead}
	answer, err := http.ReadResponse(bufio.NewReader(limited), &http.Request{Method: http.MethodGet})
	if err != nil && limited.N <= 0 {
		err = fmt.Errorf("viewer: an answer whose head is longer than %d bytes", maxHead)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	limited.N = math.MaxInt64 // the body has limits of its own
	return answer, err
}
