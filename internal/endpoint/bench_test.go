//go:build unix

package endpoint

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hookproof/internal/hook"
)

const benchBody = `{"server_id":"labserver","service_id":"9708i099","action":"on_publish","client_id":"4s680b21","ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:21935/live?tcparam=1","stream":"livestream","param":"?token=abc&x=1?tcparam=1?tcparam=1","stream_url":"/live/livestream","stream_id":"vid-xf32km9"}`

// rawRequest is a request as SRS 7 sends it.
func rawRequest(body string) string {
	return fmt.Sprintf("POST /api/v1/streams HTTP/1.1\r\nConnection: Keep-Alive\r\nContent-Length: %d\r\n"+
		"Content-Type: application/json\r\nHost: 127.0.0.1:8085\r\nUser-Agent: SRS/7.0.18(Hang)\r\n\r\n%s", len(body), body)
}

// exchange sends requests on keep-alive connections, n in all, and reads the
// answers with as little effort as can be, since both ends share the cores.
//
// With depth above 1, so many requests go out in one write: what is measured
// is then hardly the kernel's part any more.
//
// The CPU time reported is that of both ends together; unlike the time of the
// clock it hardly depends on what else the machine does.
func exchange(b *testing.B, addr string, conns, depth int) {
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	defer func() {
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/1e3/float64(b.N), "cpu-µs/req")
	}()
	var wg sync.WaitGroup
	each := b.N/(conns*depth) + 1
	for range conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			nc, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer nc.Close()
			req, in := []byte(strings.Repeat(rawRequest(benchBody), depth)), bufio.NewReader(nc)
			for range each {
				if _, err := nc.Write(req); err != nil {
					b.Error(err)
					return
				}
				for range depth {
					if err := skipAnswer(in); err != nil {
						b.Error(err)
						return
					}
				}
			}
		}()
	}
	wg.Wait()
}

// cpuTime is what the process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

func benchKeepAlive(b *testing.B, o Options, rules, depth int) {
	e := New(o)
	defer e.Close()
	for i := range rules {
		e.AddRule(Rule{Match: Match{Stream: Is(fmt.Sprintf("s%d", i))}, Answer: Refuse()})
	}
	if err := e.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	exchange(b, e.Addr(), 16, depth)
}

func BenchmarkKeepAlive(b *testing.B) {
	load := Options{MaxRequests: -1, DropBodies: true}
	observed := load
	observed.Observe = func(*Request, Phase) {}
	b.Run("load run", func(b *testing.B) { benchKeepAlive(b, load, 0, 1) })
	b.Run("load run, 16 at once", func(b *testing.B) { benchKeepAlive(b, load, 0, 16) })
	b.Run("load run, observed, 2000 rules", func(b *testing.B) { benchKeepAlive(b, observed, 2000, 1) })
	b.Run("recording, strict", func(b *testing.B) {
		benchKeepAlive(b, Options{Profile: hook.SRS7, MaxRequests: 10_000}, 0, 1)
	})
}

// BenchmarkNetHTTP does with net/http what the load run above does: read the
// body, decode the event, answer. It is what the loop of our own is measured
// against.
func BenchmarkNetHTTP(b *testing.B) {
	b.Run("load run", func(b *testing.B) { benchNetHTTP(b, 1) })
	b.Run("load run, 16 at once", func(b *testing.B) { benchNetHTTP(b, 16) })
}

func benchNetHTTP(b *testing.B, depth int) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(bufio.NewReader(r.Body))
		if err == nil {
			_, err = hook.DecodeAny(body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		// A failed write shows at the client.
		_, _ = io.WriteString(w, "0")
	}))
	defer srv.Close()
	exchange(b, srv.Listener.Addr().String(), 16, depth)
}

// BenchmarkFindRule looks one of many rules up.
func BenchmarkFindRule(b *testing.B) {
	for _, n := range []int{1, 2000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s ruleSet
			for i := range n {
				s.add(Rule{Match: Match{App: Is("live"), Query: fmt.Sprintf("token=%d", i)}})
				s.add(Rule{Match: Match{Events: []hook.Event{hook.OnPlay}, Stream: Is(fmt.Sprint(i))}})
			}
			r := &Request{HasEvent: true, Event: hook.OnPublish, Payload: &hook.Payload{
				App: "live", Stream: fmt.Sprint(n - 1), Param: fmt.Sprintf("?token=%d?vhost=x", n-1),
			}}
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := s.find(r); !ok {
					b.Fatal("no rule")
				}
			}
		})
	}
}
