package endpoint

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"
)

const benchBody = `{"server_id":"labserver","service_id":"9708i099","action":"on_publish","client_id":"4s680b21","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:21935/live?tcparam=1","stream":"livestream","param":"?token=abc&x=1?tcparam=1?tcparam=1","stream_url":"/live/livestream","stream_id":"vid-xf32km9"}`

// rawRequest is a request as SRS 7 sends it.
func rawRequest(body string) string {
	return fmt.Sprintf("POST /api/v1/streams HTTP/1.1\r\nConnection: Keep-Alive\r\nContent-Length: %d\r\n"+
		"Content-Type: application/json\r\nHost: 127.0.0.1:8085\r\nUser-Agent: SRS/7.0.18(Hang)\r\n\r\n%s", len(body),
		body)
}

// callAll makes n requests, or a few more.
func callAll(addr string, n, conns, depth int) error {
	var g errgroup.Group
	for range conns {
		g.Go(func() error { return call(addr, n/(conns*depth)+1, depth) })
	}
	return g.Wait()
}

// call makes requests on one connection, depth at a time.
func call(addr string, times, depth int) error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	req, in := []byte(strings.Repeat(rawRequest(benchBody), depth)), bufio.NewReader(nc)
	for range times {
		if _, err := nc.Write(req); err != nil {
			return err
		}
		for range depth {
			if err := skipAnswer(in); err != nil {
				return err
			}
		}
	}
	return nil
}

// skipAnswer reads an answer whose body is "0".
func skipAnswer(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 2 {
			body, err := in.ReadByte()
			if err == nil && body != '0' {
				err = fmt.Errorf("body %q", body)
			}
			return err
		}
	}
}

// callerVariable makes the test binary a client of an endpoint in another process: its address and how many
// requests it is to get.
const callerVariable = "HOOKPROOF_TEST_CALLER"

// callAsChild is that process.
func callAsChild(order string) {
	var addr string
	var n int
	_, err := fmt.Sscan(order, &addr, &n)
	if err == nil {
		err = callAll(addr, n, 16, 1)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
