package hook

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// benchServer answers every request at once and reads no more of it than its
// length, so that the caller's cost is most of what is measured.
func benchServer(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveBench(conn)
		}
	}()
	return "http://" + l.Addr().String() + "/api/v1/streams"
}

func serveBench(conn net.Conn) {
	defer conn.Close()
	answer := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n0")
	buf := make([]byte, 4<<10)
	n := 0
	for {
		got, err := conn.Read(buf[n:])
		if err != nil {
			return
		}
		n += got
		head := bytes.Index(buf[:n], []byte("\r\n\r\n"))
		if head < 0 {
			continue
		}
		_, rest, _ := bytes.Cut(buf[:head], []byte("Content-Length: "))
		digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
		length, _ := strconv.Atoi(string(digits))
		if n < head+4+length {
			continue
		}
		n = 0
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// cpu returns the processor time of this process so far.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perCall reports the processor time of one call, the server's part included.
func perCall(b *testing.B, call func()) {
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			call()
		}
	})
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
}

// BenchmarkCall measures a call against the same request made by net/http,
// against one that nearly always waits for its turn, and against the bare
// exchange of the same bytes, which is the server's part and the kernel's.
func BenchmarkCall(b *testing.B) {
	url := benchServer(b)
	pl := example(OnPublish)
	for _, fresh := range []bool{false, true} {
		b.Run("fresh="+strconv.FormatBool(fresh), func(b *testing.B) {
			c := newCaller(b, CallerOptions{Fresh: fresh})
			b.SetParallelism(16)
			perCall(b, func() {
				if d := c.Call(b.Context(), []string{url}, pl); !d.Accept {
					b.Error(d.Reason)
				}
			})
		})
	}
	b.Run("waiting", func(b *testing.B) {
		c := newCaller(b, CallerOptions{MaxCalls: 4})
		b.SetParallelism(16)
		perCall(b, func() {
			if d := c.Call(b.Context(), []string{url}, pl); !d.Accept {
				b.Error(d.Reason)
			}
		})
	})
	b.Run("nethttp", func(b *testing.B) {
		tr := &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true}
		defer tr.CloseIdleConnections()
		client := &http.Client{Transport: tr, Timeout: patience}
		b.SetParallelism(16)
		perCall(b, func() { netHTTP(b, client, url, pl) })
	})
	b.Run("bare", func(b *testing.B) {
		t, err := parseTarget(url, "Hookproof")
		if err != nil {
			b.Fatal(err)
		}
		body, _ := SRS6.Encode(nil, pl)
		request := strconv.AppendInt(bytes.Clone(t.before), int64(len(body)), 10)
		request = append(append(request, t.after...), body...)
		b.SetParallelism(16)
		b.ReportAllocs()
		before := cpu(b)
		b.RunParallel(func(pb *testing.PB) {
			conn, err := net.Dial("tcp", t.addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			buf := make([]byte, 4<<10)
			for pb.Next() {
				conn.Write(request)
				conn.Read(buf)
			}
		})
		b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
	})
}

func netHTTP(b *testing.B, client *http.Client, url string, pl *Payload) {
	body, err := SRS6.Encode(nil, pl)
	if err != nil {
		b.Error(err)
		return
	}
	r, err := http.NewRequestWithContext(b.Context(), "POST", url, bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	resp.Body.Close()
	if d := SRS6.Judge(Answer{Status: resp.StatusCode, Body: answer, Err: err}); !d.Accept {
		b.Error(d.Reason)
	}
}
