package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/flv"
)

// overHTTP lets viewers in, with short segments.
func overHTTP(c *Config) {
	c.HTTP.Enabled, c.HTTP.Listen = true, "127.0.0.1:0"
	for i := range c.VHosts {
		v := &c.VHosts[i]
		v.Remux, v.HLS.Enabled = true, true
		v.HLS.Fragment, v.HLS.Window = time.Second, 2*time.Second
	}
}

// ask sends a request for a path; the answer's body is still to come.
func (f *fixture) ask(path string, change ...func(*http.Request)) (*http.Response, context.CancelFunc) {
	f.t.Helper()
	ctx, leave := context.WithCancel(f.ctx)
	f.t.Cleanup(leave)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.HTTPAddr().String()+path, nil)
	f.must(err)
	for _, c := range change {
		c(r)
	}
	t := &http.Transport{DisableKeepAlives: true}
	if r.Header.Get("From") != "" { // from another address of this machine
		from := &net.TCPAddr{IP: net.ParseIP(r.Header.Get("From"))}
		t.DialContext = (&net.Dialer{LocalAddr: from}).DialContext
	}
	answer, err := t.RoundTrip(r)
	f.must(err)
	f.t.Cleanup(func() { answer.Body.Close() })
	return answer, leave
}

// get returns a whole answer.
func (f *fixture) get(path string, change ...func(*http.Request)) (status int, body string) {
	f.t.Helper()
	answer, _ := f.ask(path, change...)
	raw, err := io.ReadAll(answer.Body)
	f.must(err)
	return answer.StatusCode, string(raw)
}

// from is the client at another address of loopback.
func from(ip string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("From", ip) } }

// tags reads n tags.
func (f *fixture) tags(r *flv.Reader, n int) (all []flv.Tag) {
	f.t.Helper()
	for range n {
		var tag flv.Tag
		f.must(r.Next(&tag))
		all = append(all, tag)
	}
	return all
}

// viewers is a fixture with a live stream cam, of which the whole clip was sent.
func viewers(t *testing.T, change ...func(*Config)) (f *fixture, publisher *client.Client) {
	t.Helper()
	f = start(t, hook.SRS7, append([]func(*Config){overHTTP}, change...)...)
	publisher = f.publisher("cam")
	f.must(publisher.WriteMedia(client.Clip()...))
	f.eventually("the clip to be there", func() bool { return f.Stats().Frames >= 200 })
	f.hooks.forget()
	return f, publisher
}

func TestFLV(t *testing.T) {
	f, publisher := viewers(t)
	answer, leave := f.ask("/live/cam.flv?token=abc&x=1", func(r *http.Request) {
		r.Header.Set("Referer", "http://page.example/x.html")
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
	})
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "video/x-flv" ||
		answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d, %v", answer.StatusCode, answer.Header)
	}
	r, err := flv.NewReader(answer.Body)
	f.must(err)
	first := f.tags(r, 3)
	if first[0].Type != flv.TypeData || first[1].Type != flv.TypeVideo || first[2].Type != flv.TypeAudio {
		t.Errorf("the first tags are %v, %v and %v: want metadata and headers", first[0].Type, first[1].Type,
			first[2].Type)
	}
	f.must(publisher.WriteMedia(client.Clip()[:20]...))
	f.tags(r, 30)
	in := f.Clients()[1]
	if in.Kind != KindFLV || in.Stream != "cam" || in.IP != "127.0.0.1" || in.SentBytes == 0 ||
		f.Stats().FLVPlayers != 1 {
		t.Errorf("%+v", in)
	}
	leave()
	all := f.hooks.answered(onPlay, onStop)
	play, stop := all[0].pl, all[1].pl
	want := play
	want.Action = "on_stop"
	if fmt.Sprint(stop) != fmt.Sprint(want) || stop.ClientID != in.ID || play.IP != "127.0.0.1" ||
		play.Param != "?token=abc&x=1" || play.Stream != "cam" || play.PageURL != "http://page.example/x.html" ||
		play.TCURL != "rtmp://"+DefaultVHost+"/live" || play.StreamURL != "/live/cam" {
		t.Errorf("on_play %+v\non_stop %+v", play, stop)
	}
}

// A refused viewer is told 401, and nothing else; no on_stop follows, and there is no way round.
func TestRefusedViewers(t *testing.T) {
	for _, path := range []string{
		"/live/cam.flv", "/live/cam.m3u8", "/live/cam.m3u8?hls_ctx=mine", "/live/cam.flv?vhost=x",
	} {
		t.Run(path, func(t *testing.T) {
			f, publisher := viewers(t)
			f.hooks.rule(func(s *seen) bool { return s.event != onPlay })
			for range 2 {
				if status, body := f.get(path); status != http.StatusUnauthorized || body != "" {
					t.Errorf("%d %q", status, body)
				}
			}
			if status, body := f.get("/live/cam-0.ts"); status != http.StatusUnauthorized || body != "" {
				t.Errorf("a segment: %d %q", status, body)
			}
			if status, body := f.get("/live/cam-0.ts?hls_ctx=mine"); status != http.StatusUnauthorized || body != "" {
				t.Errorf("a segment: %d %q", status, body)
			}
			publisher.Close()
			f.hooks.answered(onPlay, onPlay, onUnpublish, onClose)
			f.eventually("nobody to be there", func() bool { return len(f.Clients()) == 0 })
		})
	}
}

// The hooks of the vhost that the stream is in are asked, whatever ?vhost= says.
func TestViewersOfOtherVHosts(t *testing.T) {
	open := DefaultVHostConfig("open.test")
	f, _ := viewers(t, func(c *Config) {
		open.Remux, open.HLS.Enabled = true, true
		c.VHosts = append(c.VHosts, open, DefaultVHostConfig("closed.test"))
	})
	f.hooks.rule(func(s *seen) bool { return s.event != onPlay })
	for _, vhost := range []string{"open.test", "closed.test"} {
		for _, ext := range []string{"flv", "m3u8"} {
			status, body := f.get("/live/cam." + ext + "?vhost=" + vhost)
			if status != http.StatusNotFound || body != "" {
				t.Errorf("%s of %s: %d %q", ext, vhost, status, body)
			}
		}
	}
	f.hooks.answered()
	for path, want := range map[string]int{
		"/live/other.flv": 404, "/live/other.m3u8": 404, "/live/cam.mp4": 404, "/cam.flv": 404, "/": 404,
		"/live/.flv": 404, "/live/cam-9.ts": 401, "/live/cam-x.ts": 404, "/live/cam.ts": 404,
	} {
		if status, body := f.get(path); status != want || body != "" {
			t.Errorf("%s: %d %q, want %d", path, status, body, want)
		}
	}
	f.hooks.answered()
}

// hlsPlaylist follows a master playlist to the media playlist; query is that of both.
var variant = regexp.MustCompile(`(?m)^cam\.m3u8\?\S+$`)

func (f *fixture) master(query string, change ...func(*http.Request)) (next string) {
	f.t.Helper()
	status, body := f.get("/live/cam.m3u8"+query, change...)
	if status != 200 || !strings.HasPrefix(body, "#EXTM3U\n") {
		f.t.Fatalf("%d %q", status, body)
	}
	return "/live/" + variant.FindString(body)
}

func TestHLS(t *testing.T) {
	f, publisher := viewers(t)
	next := f.master("?token=abc")
	if !strings.HasSuffix(next, "&token=abc") {
		t.Errorf("the variant is %q", next)
	}
	status, body := f.get(next)
	segments := regexp.MustCompile(`(?m)^cam-\d+\.ts\?hls_ctx=\S+$`).FindAllString(body, -1)
	if status != 200 || len(segments) < 2 {
		t.Fatalf("%d %q", status, body)
	}
	if status, data := f.get("/live/" + segments[0]); status != 200 || len(data) < 10_000 || data[0] != 0x47 {
		t.Errorf("%d, %d bytes", status, len(data))
	}
	in := f.Clients()[1]
	if in.Kind != KindHLS || in.SentBytes < 10_000 || f.Stats().HLSPlayers != 1 || f.Stats().Segments == 0 {
		t.Errorf("%+v", in)
	}
	f.hooks.answered(onPlay) // for all these requests
	publisher.Close()
	f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
	if status, _ := f.get(next); status != 200 {
		t.Errorf("just after the end of the stream: %d", status)
	}
	all := f.hooks.await("on_stop", func(all []seen) bool {
		return count(all, onStop) == 1 && !all[len(all)-1].ended.IsZero()
	})
	play, stop := all[0].pl, all[len(all)-1].pl
	if play.Stream != "cam" || play.Param != "?token=abc" || play.TCURL != "http://127.0.0.1/live" ||
		stop.ClientID != play.ClientID || stop.Param != play.Param {
		t.Errorf("on_play %+v\non_stop %+v", play, stop)
	}
	f.eventually("the segments to be let go", func() bool { return f.Stats().Segments == 0 })
	if status, _ := f.get(next); status != 404 {
		t.Errorf("long after the end: %d", status)
	}
}

// Each viewer is asked about: nobody gets on with the context of somebody else, or with a made-up one.
func TestHLSContexts(t *testing.T) {
	f, _ := viewers(t, func(c *Config) { c.VHosts[0].HLS.Window = time.Minute })
	f.hooks.rule(func(s *seen) bool { return s.event != onPlay || strings.Contains(s.pl.Param, "token=good") })
	good := f.master("?token=good")
	bad := strings.Replace(good, "good", "bad", 1)
	_, body := f.get(good)
	segment := "/live/" + regexp.MustCompile(`(?m)^cam-\d+\.ts\S+$`).FindString(body)
	asked := func() int { return count(f.hooks.await("", func([]seen) bool { return true }), onPlay) }
	for _, c := range []struct {
		name, path string
		change     func(*http.Request)
		status     int
		asks       int
	}{
		{"again", good, nil, 200, 0},
		{"the context, another token", bad, nil, 401, 1},
		{"the context, another token, again", bad, nil, 401, 1},
		{"the context elsewhere, another token", bad, from("127.0.0.2"), 401, 1},
		{"the context elsewhere", good, from("127.0.0.3"), 200, 1},
		{"the context elsewhere, again", good, from("127.0.0.3"), 200, 0},
		{"a made-up context", "/live/cam.m3u8?hls_ctx=mine&token=good", nil, 200, 1},
		{"a made-up context, again", "/live/cam.m3u8?hls_ctx=mine&token=good", nil, 200, 0},
		{"a made-up context, another token", "/live/cam.m3u8?hls_ctx=mine", nil, 401, 1},
		{"a further viewer", "/live/cam.m3u8?token=good", nil, 200, 1},
		{"a segment", segment, nil, 200, 0},
		{"a segment elsewhere", segment, from("127.0.0.2"), 401, 0},
		{"a segment without context", "/live/cam-1.ts", nil, 401, 0},
		{"a segment with a made-up context", "/live/cam-1.ts?hls_ctx=mine", nil, 401, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := asked()
			change := c.change
			if change == nil {
				change = func(*http.Request) {}
			}
			status, body := f.get(c.path, change)
			if n := asked() - before; status != c.status || n != c.asks || status == 401 && body != "" {
				t.Errorf("%d after %d on_play, %q; want %d after %d", status, n, body, c.status, c.asks)
			}
		})
	}
	ids := map[string]bool{}
	for _, s := range f.hooks.await("", func([]seen) bool { return true }) {
		if ids[s.pl.ClientID] {
			t.Errorf("client_id %s twice", s.pl.ClientID)
		}
		ids[s.pl.ClientID] = true
	}
	// At the end every viewer that was let on has its on_stop.
	f.must(f.Shutdown(f.ctx))
	all := f.hooks.await("all on_stop", func(all []seen) bool { return count(all, onStop) == 4 })
	if n := f.Stats(); n.HLSPlayers != 0 || n.Clients != 0 {
		t.Errorf("%+v after %s", n, names(all))
	}
}

// Without contexts a viewer is an address with its parameters.
func TestHLSWithoutContexts(t *testing.T) {
	f, _ := viewers(t, func(c *Config) { c.VHosts[0].HLS.Ctx = false })
	f.hooks.rule(func(s *seen) bool { return s.event != onPlay || strings.Contains(s.pl.Param, "good") })
	for _, c := range []struct {
		path, ip string
		want     int
	}{
		{"/live/cam-0.ts", "127.0.0.1", 401},
		{"/live/cam.m3u8?good", "127.0.0.1", 200}, {"/live/cam.m3u8?good", "127.0.0.1", 200},
		{"/live/cam.m3u8?bad", "127.0.0.1", 401}, {"/live/cam.m3u8?bad", "127.0.0.2", 401},
		{"/live/cam-0.ts", "127.0.0.1", 200}, {"/live/cam-0.ts", "127.0.0.2", 401},
	} {
		if status, body := f.get(c.path, from(c.ip)); status != c.want {
			t.Errorf("%s from %s: %d %q, want %d", c.path, c.ip, status, body, c.want)
		}
	}
	f.hooks.answered(onPlay, onPlay, onPlay)
}

// Who leaves, or is kicked, while on_play is pending, has its on_stop once it is answered; so has one whose publisher
// has gone meanwhile.
func TestViewersWhileOnPlayIsPending(t *testing.T) {
	for _, ext := range []string{"flv", "m3u8"} {
		for _, what := range []string{
			"the viewer leaves", "kick", "the publisher leaves", "the viewer leaves and is refused",
		} {
			t.Run(ext+", "+what, func(t *testing.T) {
				f, publisher := viewers(t, func(c *Config) { c.VHosts[0].HLS.Window = 250 * time.Millisecond })
				g := &gate{make(chan struct{}), onPlay}
				f.hooks.rule(g.answer(!strings.HasSuffix(what, "refused")))
				nc, err := net.Dial("tcp", f.HTTPAddr().String())
				f.must(err)
				defer nc.Close()
				fmt.Fprintf(nc, "GET /live/cam.%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", ext)
				f.hooks.pending(onPlay)
				want := []hook.Event{onPlay, onStop}
				switch what {
				case "kick":
					f.Kick(f.Clients()[1].ID)
				case "the publisher leaves":
					publisher.Close()
					f.hooks.await("on_close", func(all []seen) bool { return count(all, onClose) == 1 })
					want = []hook.Event{onPlay, onUnpublish, onClose, onStop}
				case "the viewer leaves and is refused":
					want = want[:1]
					fallthrough
				default:
					nc.Close()
				}
				close(g.open)
				f.hooks.await("the end", func(all []seen) bool { return len(all) == len(want) })
				f.hooks.answered(want...)
				if what == "the publisher leaves" && ext == "flv" {
					if answer, err := io.ReadAll(nc); err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 404 ")) {
						t.Errorf("told %q, %v", answer, err)
					}
				}
				f.eventually("nobody to be there", func() bool { return f.Stats().Players == 0 })
			})
		}
	}
}

// A kick ends a viewer at once; its publisher's end ends an FLV viewer with all of the media.
func TestEndOfViewers(t *testing.T) {
	t.Run("kick FLV", func(t *testing.T) {
		f, _ := viewers(t)
		answer, _ := f.ask("/live/cam.flv")
		f.Kick(f.Clients()[1].ID)
		io.ReadAll(answer.Body)
		f.hooks.answered(onPlay, onStop)
	})
	t.Run("kick HLS", func(t *testing.T) {
		f, _ := viewers(t)
		next := f.master("")
		f.Kick(f.Clients()[1].ID)
		f.hooks.await("on_stop", func(all []seen) bool { return count(all, onStop) == 1 })
		if status, _ := f.get(next); status != 200 {
			t.Errorf("asked anew: %d", status)
		}
		f.hooks.answered(onPlay, onStop, onPlay)
	})
	t.Run("the publisher's end", func(t *testing.T) {
		f, publisher := viewers(t)
		answer, _ := f.ask("/live/cam.flv")
		r, err := flv.NewReader(answer.Body)
		f.must(err)
		f.must(publisher.WriteMedia(client.Clip()...))
		publisher.Close()
		frames := 0
		var tag flv.Tag
		for err = r.Next(&tag); err == nil; err = r.Next(&tag) {
			if tag.Type != flv.TypeData {
				frames++
			}
		}
		if err != io.EOF || frames < 205 {
			t.Errorf("%d frames, then %v", frames, err)
		}
		f.hooks.await("on_stop", func(all []seen) bool { return count(all, onStop) == 1 })
	})
}

// A proxy that is believed says who the viewer is; what stands before is anybody's.
func TestProxies(t *testing.T) {
	network := func(text string) netip.Prefix { return netip.MustParsePrefix(text) }
	for _, c := range []struct {
		name    string
		proxies []netip.Prefix
		said    []string
		want    string
	}{
		{"nobody is believed", nil, []string{"192.0.2.1"}, "127.0.0.1"},
		{"the proxy is", []netip.Prefix{network("127.0.0.0/8")}, []string{"192.0.2.1"}, "192.0.2.1"},
		{"and what it appended to", []netip.Prefix{network("127.0.0.0/8")}, []string{"10.0.0.1, 192.0.2.1"},
			"192.0.2.1"},
		{"a chain", []netip.Prefix{network("127.0.0.0/8"), network("10.0.0.0/8")},
			[]string{"6.6.6.6", "192.0.2.1, 10.0.0.1"}, "192.0.2.1"},
		{"nonsense", []netip.Prefix{network("127.0.0.0/8")}, []string{"x; drop"}, "127.0.0.1"},
		{"nothing", []netip.Prefix{network("127.0.0.0/8")}, nil, "127.0.0.1"},
		{"another is", []netip.Prefix{network("10.0.0.0/8")}, []string{"192.0.2.1"}, "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _ := viewers(t, func(cfg *Config) { cfg.HTTP.Proxies = c.proxies })
			f.get("/live/cam.m3u8", func(r *http.Request) { r.Header["X-Forwarded-For"] = c.said })
			if got := f.hooks.answered(onPlay)[0].pl.IP; got != c.want {
				t.Errorf("ip is %q, want %q", got, c.want)
			}
		})
	}
}

// There are max_connections for viewers as for anybody else, and what they send after a request is bounded.
func TestViewersHaveLimits(t *testing.T) {
	t.Run("places", func(t *testing.T) {
		f, _ := viewers(t, func(c *Config) { c.MaxConnections = 2 })
		_, leave := f.ask("/live/cam.flv")
		for _, ext := range []string{"flv", "m3u8"} {
			if status, body := f.get("/live/cam." + ext); status != http.StatusServiceUnavailable || body != "" {
				t.Errorf("%s: %d %q", ext, status, body)
			}
		}
		leave()
		f.hooks.await("on_stop", func(all []seen) bool { return count(all, onStop) == 1 })
		f.eventually("the place to be free", func() bool { status, _ := f.get("/live/cam.m3u8"); return status == 200 })
	})
	t.Run("who only makes contexts", func(t *testing.T) {
		f, _ := viewers(t, func(c *Config) { c.MaxConnections, c.VHosts[0].HLS.Window = 4, time.Minute })
		next := f.master("?mine")
		f.get(next)
		for range 2 {
			f.master("")
		}
		f.eventually("a place of those who do not follow", func() bool {
			c, err := client.Dial(f.ctx, f.options())
			if err != nil {
				return false
			}
			defer c.Close()
			return c.Connect(f.ctx) == nil
		})
		before := len(f.hooks.await("", func([]seen) bool { return true }))
		if status, _ := f.get(next); status != 200 {
			t.Errorf("the viewer that follows: %d", status)
		}
		f.hooks.await("on_stop", func(all []seen) bool { return count(all, onStop) >= 1 })
		for _, s := range f.hooks.await("", func([]seen) bool { return true })[before:] {
			if s.event == onPlay {
				t.Error("the viewer that follows was asked about anew")
			}
		}
	})
	t.Run("a body", func(t *testing.T) {
		f, _ := viewers(t)
		f.hooks.rule(func(s *seen) bool { return s.event != onPlay })
		status, _ := f.get("/live/cam.flv", func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), 1
		})
		if status != 401 {
			t.Errorf("%d", status)
		}
	})
	t.Run("words", func(t *testing.T) {
		f, _ := viewers(t)
		nc, err := net.Dial("tcp", f.HTTPAddr().String())
		f.must(err)
		defer nc.Close()
		fmt.Fprintf(nc, "GET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n")
		head, err := bufio.NewReader(nc).ReadString('\n')
		if err != nil || head != "HTTP/1.1 200 OK\r\n" {
			t.Fatalf("%q, %v", head, err)
		}
		go io.Copy(nc, io.LimitReader(zeros{}, 1<<20)) // ends with the connection
		f.hooks.await("on_stop", func(all []seen) bool { return count(all, onStop) == 1 })
	})
	t.Run("parameters", func(t *testing.T) {
		f, _ := viewers(t, func(c *Config) { c.Limits.Param, c.Limits.StreamName = 100, 20 })
		for _, path := range []string{
			"/live/cam.flv?" + strings.Repeat("a", 101), "/" + strings.Repeat("a", 30) + "/cam.flv",
		} {
			if status, _ := f.get(path); status != 404 {
				t.Errorf("%d", status)
			}
		}
		if status, _ := f.get("/live/cam.flv?" + strings.Repeat("a", 30_000)); status != 431 {
			t.Errorf("%d, want 431", status)
		}
		f.hooks.answered()
	})
	t.Run("methods", func(t *testing.T) {
		f, _ := viewers(t)
		for method, want := range map[string]int{"HEAD": 405, "POST": 405, "OPTIONS": 204} {
			answer, _ := f.ask("/live/cam.flv", func(r *http.Request) { r.Method = method })
			if answer.StatusCode != want {
				t.Errorf("%s: %d, want %d", method, answer.StatusCode, want)
			}
		}
		f.hooks.answered()
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
