package hooktest

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

// RTMPServer is an RTMP server under test, which calls hooks.
type RTMPServer struct {
	// Start starts it with these hooks and returns where it listens, as
	// HOST:PORT or rtmp://HOST:PORT/APP (without APP: live). It is called once,
	// and ends the server by t.Cleanup.
	Start func(t testing.TB, h Hooks) (addr string)
	// API returns the base URL of its HTTP API, SRS's, after Start; nil: it has
	// none, and scenarios in which clients are kicked off are skipped.
	API func() string
	// OneVHost says that only the first of the virtual hosts is configured;
	// scenarios about the others are skipped.
	OneVHost bool
}

// Hooks say how an RTMP server under test is to be configured.
type Hooks struct {
	Profile *hook.Profile
	VHosts  []VHost // the default one, named __defaultVhost__, first
	// SRS is the same as vhost sections of an SRS configuration.
	SRS string
}

// VHost is a virtual host and its hooks.
type VHost struct {
	Name string
	// Enabled says whether hooks are called at all. Without URLs for an event
	// it is not called and accepts.
	Enabled bool
	URLs    map[hook.Event][]string // in the order in which they are to be called
}

// TestRTMPServer tests an RTMP server against the requirements of role S, as
// [TestHookServer] tests a hook server.
func TestRTMPServer(t *testing.T, r RTMPServer, opts ...Option) {
	t.Helper()
	if r.Start == nil {
		t.Fatal("hooktest: RTMPServer: want Start")
	}
	o, s := options(t, features.RoleServer, opts)
	listen := freePorts(t)
	at, err := rtmptarget.Listens(listen)
	if err != nil {
		t.Fatal(err)
	}
	addr := r.Start(t, hooksAt(at, s.profile))
	if !strings.Contains(addr, "://") {
		addr = "rtmp://" + addr + "/live"
	}
	api := ""
	if r.API != nil {
		api = r.API()
	}
	o.Open = func(context.Context, *hook.Profile) (scenario.Target, error) {
		return rtmptarget.External(rtmptarget.ExternalOptions{
			Profile: s.profile, URL: addr, Listen: listen, API: api, Scale: s.scale,
			Nonce: strings.ToLower(rand.Text()[:4]), VHosts: !r.OneVHost,
		})
	}
	run(t, o, s, reports.Target{Kind: reports.TargetRTMP, URL: addr})
}

func hooksAt(at rtmptarget.Addresses, p *hook.Profile) Hooks {
	h := Hooks{Profile: p, SRS: rtmptarget.Stanza(at, rtmptarget.StanzaOptions{Profile: p})}
	for i := range rtmptarget.VHosts {
		v := &rtmptarget.VHosts[i]
		h.VHosts = append(h.VHosts, VHost{Name: v.Name, Enabled: !v.Off && !v.Unset, URLs: v.HookURLs(at)})
	}
	return h
}

// freePorts returns an address whose port and the two above it are free. They are below those that systems give to
// connections, of which a busy machine leaves no three in a row.
func freePorts(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := 10_000 + mathrand.IntN(22_000)
		if free(port) && free(port+1) && free(port+2) {
			return fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
	t.Fatal("hooktest: want three free ports in a row, found none")
	return ""
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err == nil {
		l.Close()
	}
	return err == nil
}
