package main

import (
	"net/http"
	"syscall"
	"testing"

	"hookproof/hook"
)

// TestWebPages: a page that a browser on this machine shows can neither read
// the API and the profiles by a name of its own nor disconnect a client.
func TestWebPages(t *testing.T) {
	hooks := hookServer(t)
	c := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL(), "-api", "0", "-pprof", "0")
	addr, api, profiles := c.addr("listening"), "http://"+c.addr("HTTP API"), "http://"+c.addr("profiles")
	publish(t, addr, "cam1")
	events(t, hooks, hook.OnConnect, hook.OnPublish)
	id := hooks.Requests()[1].Payload.ClientID
	transport := &http.Transport{DisableKeepAlives: true}
	for _, x := range []struct {
		name, method, url, host, origin string
		want                            int
	}{
		{"a page of a rebound name reads clients", "GET", api + "/api/v1/clients", "evil.example", "", 403},
		{"and metrics", "GET", api + "/metrics", "evil.example:1985", "", 403},
		{"and profiles", "GET", profiles + "/debug/pprof/cmdline", "evil.example", "", 403},
		{"and disconnects", "DELETE", api + "/api/v1/clients/" + id, "evil.example", "http://evil.example", 403},
		{"a page disconnects by address", "DELETE", api + "/api/v1/clients/" + id, "", "http://evil.example", 403},
		{"a program by name of this machine", "GET", api + "/api/v1/clients", "localhost", "", 200},
		{"a program disconnects", "DELETE", api + "/api/v1/clients/" + id, "", "", 200},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), x.method, x.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Host = x.host; x.origin != "" {
				r.Header.Set("Origin", x.origin)
			}
			answer, err := (&http.Client{Transport: transport, Timeout: patience}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != x.want {
				t.Errorf("status %d, want %d", answer.StatusCode, x.want)
			}
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options"} {
				if answer.Header.Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
		})
	}
	events(t, hooks, whole...)
	c.signal(syscall.SIGTERM)
	c.exit()
}
