package rtmpdefect

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/mutant"
)

// Clients that leave, or are turned away, leave no port taken for a minute but
// that of the one connection whose client got the server's FIN; nor do the
// hooks about them.
func TestNoPortsKept(t *testing.T) {
	asking := mutant.Row{Name: "asking", Peer: hooked(hookFunc(func(x *exchange) { x.relay(x.ask()) }))}
	for _, m := range []mutant.Row{Sound, asking} {
		t.Run(m.Name, func(t *testing.T) {
			s := put(t, m, refuseAt(hook.OnPlay))
			clients := watch(t, s.front.RTMP)
			others := watch(t, s.server.Addr().String(), s.front.Main, s.endpoint.Addr())
			alice, bob := s.enter(t, "alice"), s.enter(t, "bob")
			publish(t, alice, "cam")
			if err := bob.Play(t.Context(), "cam"); err == nil {
				t.Error("the refused player was let on")
			}
			<-bob.Done()
			if err := alice.Leave(); err != nil {
				t.Fatal(err)
			}
			s.events(t, 7)
			s.server.Close() // with it go the kept connections of its hooks
			others.await(t, 0)
			clients.await(t, 1)
		})
	}
}

// An endpoint that ends a connection has no port kept either, once the caller
// has ended it as well.
func TestNoPortsKeptBehindClose(t *testing.T) {
	e := hooks(t, nil)
	at := between(t, Sound, Upstream{Main: e.Addr()})
	ports := watch(t, e.Addr())
	c := dialTest(t, at.Main)
	if _, err := io.WriteString(c, post("/", "{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Fatal(err)
	}
	c.Close()
	ports.await(t, 0)
}

// sockets are those of the connections to some ports, seen from either side.
// Ports are used again: what is left of others' connections does not count.
type sockets struct {
	ports  []string
	before map[string]string
}

// watch watches the connections to addresses from now on.
func watch(t *testing.T, addrs ...string) *sockets {
	t.Helper()
	s := &sockets{}
	for _, a := range addrs {
		ap, err := netip.ParseAddrPort(a)
		if err != nil {
			t.Fatal(err)
		}
		s.ports = append(s.ports, fmt.Sprintf("%04X", ap.Port()))
	}
	s.before = s.states(t)
	return s
}

// states returns the state of each socket, by its two addresses.
func (s *sockets) states(t *testing.T) map[string]string {
	t.Helper()
	all, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip(err)
	}
	const listening = "0A"
	states := map[string]string{}
	for line := range strings.Lines(string(all)) {
		f := strings.Fields(line) // number, local and remote address in hexadecimal, state
		key := f[1] + " " + f[2]
		_, local, _ := strings.Cut(f[1], ":")
		_, remote, _ := strings.Cut(f[2], ":")
		if _, old := s.before[key]; !old && f[3] != listening && (slices.Contains(s.ports, local) ||
			slices.Contains(s.ports, remote)) {
			states[key] = f[3]
		}
	}
	return states
}

// await waits until no more than that many are left: for less than the minute
// that TIME_WAIT lasts.
func (s *sockets) await(t *testing.T, most int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		states := s.states(t)
		if len(states) <= most {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("left behind, with their states, of which 06 is TIME_WAIT: %v", states)
		}
	}
}
