package hookserver

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hookproof/hook"
)

// request writes a POST of a hook path.
func request(path, body string, header ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n%s\r\n%s", path, len(body),
		strings.Join(header, ""), body)
}

// TestFraming: all the ways in which a whole request can come (H-NET-01).
func TestFraming(t *testing.T) {
	s := serve(t, Options{Profile: hook.SRS1})
	body := sample(t, hook.SRS1, hook.OnPublish, nil)
	var chunks strings.Builder
	for _, c := range body {
		fmt.Fprintf(&chunks, "1;x=y\r\n%c\r\n", c)
	}
	chunked := "POST /api/v1/streams HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks.String() +
		"0\r\nT: x\r\n\r\n"
	plain := request("/api/v1/streams", body)
	for _, c := range []struct {
		name, text string
		answers    int
	}{
		{"length", plain, 1},
		{"chunked", chunked, 1},
		{"HTTP/1.0", strings.Replace(plain, "HTTP/1.1", "HTTP/1.0", 1), 1},
		{"without Host", strings.Replace(plain, "Host: h\r\n", "", 1), 1},
		{"pipelined", plain + chunked + plain, 3},
		{"close", request("/api/v1/streams", body, "Connection: close\r\n"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc := dial(t, s)
			br := bufio.NewReader(nc)
			write(t, nc, c.text)
			for range c.answers {
				if got := next(t, br); got.status != 200 || got.body != "0" {
					t.Errorf("answered %d %q", got.status, got.body)
				}
			}
		})
	}
	t.Run("keep-alive", func(t *testing.T) {
		nc := dial(t, s)
		br := bufio.NewReader(nc)
		for range 100 {
			write(t, nc, plain)
			if got := next(t, br); got.body != "0" {
				t.Fatalf("answered %d %q", got.status, got.body)
			}
		}
	})
	t.Run("Expect", func(t *testing.T) {
		nc := dial(t, s)
		br := bufio.NewReader(nc)
		head, rest, _ := strings.Cut(request("/api/v1/streams", body, "Expect: 100-continue\r\n"), "\r\n\r\n")
		write(t, nc, head+"\r\n\r\n")
		if line, err := br.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		if _, err := br.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		write(t, nc, rest)
		if got := next(t, br); got.body != "0" {
			t.Errorf("answered %d %q", got.status, got.body)
		}
	})
}

// TestHostile: what is too large, cut or slow is not accepted, and hinders
// nobody else (H-BAD-02).
func TestHostile(t *testing.T) {
	s := serve(t, Options{Profile: hook.SRS6})
	good := sample(t, hook.SRS6, hook.OnConnect, nil)
	lives := func(t *testing.T) {
		t.Helper()
		if got := send(t, s, hook.OnConnect, good); got != codeText(hook.SRS6, "0") {
			t.Errorf("the next event is answered %q", got)
		}
	}
	for _, c := range []struct {
		name, text string
		status     int
	}{
		{"10 MB", request("/api/v1/clients", good[:len(good)-1]+`,"x":"`+strings.Repeat("x", 10<<20)+`"}`), 413},
		{"10 MB in chunks", "POST /api/v1/clients HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("10000\r\n"+strings.Repeat("x", 1<<16)+"\r\n", 160), 413},
		{"endless length", "POST /api/v1/clients HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n" + good, 413},
		{"1 MB of header", "POST /api/v1/clients HTTP/1.1\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n", 431},
		{"no HTTP", "\x16\x03\x01 hello\r\n\r\n", 400},
		{"broken chunk", "POST /api/v1/clients HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		{"length and chunks", "POST /api/v1/clients HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n0\r\n\r\n", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc := dial(t, s)
			go io.WriteString(nc, c.text) // ends with the connection
			resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status {
				t.Errorf("answered %d, want %d", resp.StatusCode, c.status)
			}
			lives(t)
		})
	}
	t.Run("cut", func(t *testing.T) {
		nc := dial(t, s)
		whole := request("/api/v1/clients", good)
		write(t, nc, whole[:len(whole)-1])
		if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got := next(t, bufio.NewReader(nc)); got.status != 400 {
			t.Errorf("answered %d %q", got.status, got.body)
		}
		lives(t)
	})
	t.Run("slow", func(t *testing.T) {
		for range 50 {
			write(t, dial(t, s), "POST /api/v1/clients HTTP/1.1\r\nContent-Le")
		}
		lives(t)
	})
}

// TestConcurrent: 200 fresh connections at once, then 200 at a time, accepted
// and refused mixed: every verdict is right (H-CON-01, H-CON-02, H-NET-02).
func TestConcurrent(t *testing.T) {
	s := serve(t, guarded(t, hook.SRS6))
	const callers, rounds = 200, 10
	all := make([][]time.Duration, callers)
	var callersDone sync.WaitGroup
	start := make(chan struct{})
	for i := range callers {
		token, want := "good", codeText(hook.SRS6, "0")
		if i%3 == 0 {
			token, want = "bad", codeText(hook.SRS6, "401")
		}
		body := sample(t, hook.SRS6, hook.OnPublish, func(pl *hook.Payload) {
			pl.ClientID, pl.Stream, pl.TCURL, pl.Param = fmt.Sprint("c", i), fmt.Sprint("s", i), "rtmp://h/live",
				"?token="+token
		})
		text := request("/api/v1/streams", body)
		callersDone.Go(func() {
			<-start
			for range rounds {
				began := time.Now()
				got, err := exchange(s.Addr(), text)
				if err != nil || got != want {
					t.Errorf("caller %d: answered %q, %v, want %q", i, got, err, want)
					return
				}
				all[i] = append(all[i], time.Since(began))
			}
		})
	}
	close(start)
	callersDone.Wait()
	times := slices.Concat(all...)
	slices.Sort(times)
	t.Logf("%d requests, each with its connection: median %v, p99 %v, longest %v", len(times), times[len(times)/2],
		times[len(times)*99/100], times[len(times)-1])
	if st := s.state(-1); st.Publishing.Total != callers-(callers+2)/3 {
		t.Errorf("%d are publishing", st.Publishing.Total)
	}
}

// exchange makes one request on a connection of its own.
func exchange(addr, text string) (string, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(nc, text); err != nil {
		return "", err
	}
	resp, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// TestTLS serves https with the certificate that is given.
func TestTLS(t *testing.T) {
	other := httptest.NewUnstartedServer(nil)
	other.StartTLS()
	cert := other.TLS.Certificates[0]
	trusting := other.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	other.Close()
	s := serve(t, Options{Certificate: &cert})
	nc, err := tls.Dial("tcp", s.Addr(), &tls.Config{RootCAs: trusting, MaxVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	write(t, nc, request("/api/v1/clients", sample(t, hook.SRS6, hook.OnClose, nil)))
	if got := next(t, bufio.NewReader(nc)); got.body != codeText(hook.SRS6, "0") || !strings.HasPrefix(s.URL(),
		"https://") {
		t.Errorf("%s answers %d %q", s.URL(), got.status, got.body)
	}
}
