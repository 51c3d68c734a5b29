// Package rtmptarget is where scenarios act: it sets up the server under test and
// the recording endpoints around it, drives scripted clients, answers hooks
// as a scenario wants them answered, and writes all that happens into the
// scenario's log.
package rtmptarget

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/ownclock"
)

// Capability is something that scenarios need and not every target has.
type Capability string

// The capabilities; scenarios that need one carry its name as a tag.
const (
	CanKick     Capability = "api"      // clients can be dropped and listed over the HTTP API
	CanRestart  Capability = "restart"  // the server can be shut down
	HasVHosts   Capability = "vhosts"   // the vhosts of the stanza are configured
	IsLocal     Capability = "loopback" // it is on this machine's loopback
	ShowsMemory Capability = "memory"   // its process can be looked at
	ServesHTTP  Capability = "http"     // it serves HTTP-FLV and HLS
)

// Capabilities lists them all.
var Capabilities = []Capability{CanKick, CanRestart, HasVHosts, IsLocal, ShowsMemory, ServesHTTP}

// Target is a server under test with our endpoints around it, in one profile.
type Target struct {
	Profile     *hook.Profile
	Safe        bool   // scenarios that can end the server are left out
	Addr        string // host:port of RTMP
	App         string // what app names begin with
	FixedApp    bool   // App is the app of all scenes, whose streams have names of their own instead
	API         string // base URL of its HTTP API; "" without
	HTTP        string // host:port of HTTP-FLV and HLS; "" without
	ClientIP    string // the address that clients come from by default
	Scale       float64
	HookTimeout time.Duration // of the vhost "with the shortest time-out"
	// Lacks says of each capability that the target has not, why.
	Lacks map[Capability]string
	// Own starts another server of the same kind for one scene, with
	// endpoints of its own; nil where there is only the one under test.
	Own func(ctx context.Context, o OwnOptions) (*Target, error)

	main, stoppable, tls *endpoint.Endpoint
	router               *router
	strays               *strays // nil: its own
	shared               bool    // it may have clients that are not ours
	forget               bool    // endpoint.Options.Forget
	scenes               atomic.Int64
	numbers              atomic.Uint64
	names                sync.Map // of actors, by number
	shutdown             func(ctx context.Context) error
	memory               func(context.Context) (Memory, error)
	clock                *ownclock.Clock
	sharesClock          bool // the clock is another target's to end
	stop                 func()

	mu   sync.Mutex
	gone string // why it can be asked nothing more
}

// OwnOptions shape a server of a scene's own.
type OwnOptions struct {
	Silence time.Duration // after which a silent publisher is dropped; 0: the default
}

// Endpoints opens the endpoints at the addresses: host:port each, port 0 for a
// free one.
func (t *Target) endpoints(a Addresses, nonce string) (Addresses, error) {
	if t.strays == nil {
		t.strays = &strays{}
	}
	t.router = newRouter(t.Profile, nonce, t.strays)
	if t.FixedApp {
		t.router.app = t.App
	}
	t.router.shared, t.router.forget = t.shared, t.forget
	if t.clock == nil {
		t.clock = ownclock.Start(t.router.starved)
	}
	t.main, t.stoppable, t.tls = t.router.endpoint(), t.router.endpoint(), t.router.endpoint()
	err := errors.Join(t.main.Listen(a.Main), t.stoppable.Listen(a.Stoppable), t.tls.ListenTLS(a.TLS))
	if err != nil {
		t.closeEndpoints()
		return a, fmt.Errorf("recording endpoint: %w", err)
	}
	return Addresses{Main: t.main.Addr(), Stoppable: t.stoppable.Addr(), TLS: t.tls.Addr()}, nil
}

func (t *Target) closeEndpoints() {
	for _, e := range []*endpoint.Endpoint{t.main, t.stoppable, t.tls} {
		e.Close()
	}
	if !t.sharesClock {
		t.clock.Close()
	}
}

// Close ends the target: a server that we started, and our endpoints.
func (t *Target) Close() {
	if t.stop != nil {
		t.stop()
	}
	t.closeEndpoints()
}

// HookServerDown stops the hook server of the stoppable vhost.
func (t *Target) HookServerDown() error { return t.stoppable.Down() }

// HookServerUp starts it again. Its port may be an outgoing connection's
// meanwhile, on a machine that makes many: then it tries again until ctx ends.
func (t *Target) HookServerUp(ctx context.Context) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		err := t.stoppable.Up()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}

// Shutdown tells the server to end, as SIGTERM does, and waits until it has.
func (t *Target) Shutdown(ctx context.Context) error {
	if t.shutdown == nil {
		return errors.New("the server cannot be shut down from here")
	}
	return t.shutdown(ctx)
}

// Memory is what a server's process holds, in bytes, once it has given back what
// it does not use.
type Memory struct {
	Resident int64 // as the system counts it
	Live     int64 // as the process itself does: what is in use
}

// Shared reports whether the server is somebody else's, and may have clients that are not ours.
func (t *Target) Shared() bool { return t.shared }

// ShowsMemory reports whether the server's process can be looked at.
func (t *Target) ShowsMemory() bool { return t.memory != nil }

// Memory looks at the server's process.
func (t *Target) Memory(ctx context.Context) (Memory, error) {
	if t.memory == nil {
		return Memory{}, errors.New("the server's process cannot be looked at")
	}
	return t.memory(ctx)
}
