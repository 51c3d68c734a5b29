//go:build unix

package endpoint

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"hookproof/hook"
)

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
	if err := callAll(addr, b.N, conns, depth); err != nil {
		b.Fatal(err)
	}
}

// cpuTime is what the process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchKeepAlive(b *testing.B, o Options, depth int) {
	e := New(o)
	defer e.Close()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	exchange(b, e.Addr(), 16, depth)
}

// BenchmarkPerCore has its client in another process: what it reports is what a core that did nothing else
// would record.
func BenchmarkPerCore(b *testing.B) {
	e := New(Options{DropBodies: true})
	defer e.Close()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), fmt.Sprintf("%s=%s %d", callerVariable, e.Addr(), b.N)), os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	used := cpuTime(b) - before
	b.ReportMetric(float64(b.N)/used.Seconds(), "req/core-s")
}

func BenchmarkKeepAlive(b *testing.B) {
	load := Options{DropBodies: true}
	observed := load
	observed.Observe = func(*Request, Phase) {}
	b.Run("load run", func(b *testing.B) { benchKeepAlive(b, load, 1) })
	b.Run("load run, 16 at once", func(b *testing.B) { benchKeepAlive(b, load, 16) })
	b.Run("load run, observed", func(b *testing.B) { benchKeepAlive(b, observed, 1) })
	b.Run("with bodies, strict", func(b *testing.B) { benchKeepAlive(b, Options{Profile: hook.SRS6}, 1) })
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
