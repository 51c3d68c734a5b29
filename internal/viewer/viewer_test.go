package viewer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/client"
	"hookproof/internal/client/clip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, h http.HandlerFunc) Options {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return Options{Address: s.Listener.Addr().String(), Header: http.Header{"Referer": {"http://page.test/"}}}
}

// raw answers every connection with these bytes, and ends it.
func raw(t *testing.T, answer string) Options {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return Options{Address: l.Addr().String()}
}

func TestFLV(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Referer() != "http://page.test/" || r.RequestURI != "/live/cam.flv?token=a%20b" {
			t.Errorf("asked for %q from %q", r.RequestURI, r.Referer())
		}
		w.Write(clip.FLV)
	})
	v, err := Open(t.Context(), o, "/live/cam.flv?token=a%20b")
	if err != nil {
		t.Fatal(err)
	}
	pictures, keyframes, headers := 0, 0, 0
	v.Play(func(f *Frame) {
		if f.Picture {
			pictures++
		}
		if f.Keyframe {
			keyframes++
		}
		if f.Header {
			headers++
		}
	})
	<-v.Done()
	if v.Status != 200 || v.How() != client.FIN || pictures != 206 || keyframes != 3 || headers != 2 {
		t.Errorf("status %d, %s, %d pictures and sounds, %d keyframes, %d headers", v.Status, v.How(), pictures,
			keyframes, headers)
	}
}

func TestFLVEnds(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Write(clip.FLV)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, end := range map[string]func(*FLV){"leaves": (*FLV).Leave, "vanishes": (*FLV).Vanish} {
		t.Run(name, func(t *testing.T) {
			v, err := Open(t.Context(), serve(t, endless), "/live/cam.flv")
			if err != nil {
				t.Fatal(err)
			}
			v.Play(func(*Frame) {})
			end(v)
			if v.How() != client.Local {
				t.Errorf("ended %s, want %s", v.How(), client.Local)
			}
		})
	}
	for _, c := range []struct {
		name, answer string
		status       int
		how          client.How
	}{
		{"no answer", "", 0, client.FIN},
		{"half an answer", "HTTP/1.1 200 OK\r\nA: b\r\n", 0, client.FIN},
		{"no HTTP", "RTMP\r\n\r\n", 0, client.Protocol},
		{"a refusal", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401, client.FIN},
		{"no FLV", "HTTP/1.1 200 OK\r\n\r\n<html>nothing here</html>", 200, client.Protocol},
		{"a head without an end", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 70<<10), 0, client.Protocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Open(t.Context(), raw(t, c.answer), "/live/cam.flv")
			if err != nil {
				if how := HowOf(err); c.status != 0 || how != c.how {
					t.Errorf("%v, ended %s; want status %d, %s", err, how, c.status, c.how)
				}
				return
			}
			v.Play(func(*Frame) { t.Error("a frame") })
			<-v.Done()
			if v.Status != c.status || v.How() != c.how {
				t.Errorf("status %d, %s; want %d, %s", v.Status, v.How(), c.status, c.how)
			}
		})
	}
}

// Nobody waits for longer than the context allows, whatever the server does.
func TestGivesUp(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half a body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("#EXTM3U"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := Get(ctx, serve(t, h), "/live/cam.m3u8"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := Get(t.Context(), Options{Address: "127.0.0.1:1"}, "/"); !errors.As(err, new(*DialError)) {
		t.Errorf("%v, want a *DialError", err)
	}
	if _, err := Get(t.Context(), raw(t, ""), "/a b\r\nX: y"); err == nil {
		t.Error("a target that is two lines was sent")
	}
}

func TestHLS(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "#EXTM3U\n") })
	a, err := Get(t.Context(), o, "/live/cam.m3u8")
	if err != nil || a.Status != 200 || !a.Given() || a.Ended.Before(a.Asked) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestParsePlaylist(t *testing.T) {
	for _, c := range []struct{ name, target, body, want string }{
		{"master", "/live/cam.m3u8?a=b", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ncam.m3u8?hls_ctx=1&a=b\n",
			"[/live/cam.m3u8?hls_ctx=1&a=b] [] 0s"},
		{"media", "/live/cam.m3u8",
			"#EXTM3U\r\n#EXT-X-TARGETDURATION:2\r\n#EXTINF:1.0,\r\ncam-0.ts\r\n\r\n/x/1.ts?c\r\n",
			"[] [/live/cam-0.ts /x/1.ts?c] 2s"},
		{"another host", "/live/cam.m3u8", "#EXTM3U\nhttp://other.test:8080/live/0.ts\n", "[] [/live/0.ts] 0s"},
	} {
		p, err := ParsePlaylist(c.target, []byte(c.body))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := fmt.Sprint(p.Variants, p.Segments, p.Target); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	many := "#EXTM3U\n" + strings.Repeat("a.ts\n", mostURIs+1)
	for _, body := range []string{"", "<html>", "\x00", many, "#EXTM3U\n%zz\n"} {
		if _, err := ParsePlaylist("/live/cam.m3u8", []byte(body)); err == nil {
			t.Errorf("%.20q was read", body)
		}
	}
}

func FuzzParsePlaylist(f *testing.F) {
	f.Add("/live/cam.m3u8", []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ncam.m3u8?hls_ctx=1\n"))
	f.Add("/live/cam.m3u8", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:99999999999\n#EXTINF:1,\n//h/a.ts\n"))
	f.Fuzz(func(t *testing.T, target string, body []byte) {
		p, err := ParsePlaylist(target, body)
		if err != nil {
			return
		}
		for _, uri := range append(p.Variants, p.Segments...) {
			if strings.ContainsAny(uri, "\r\n") {
				t.Errorf("%q would be two lines of a request", uri)
			}
		}
		if p.Target < 0 || p.Target > time.Hour || len(bytes.Split(body, []byte("\n"))) < len(p.Segments) {
			t.Errorf("%+v", p)
		}
	})
}
