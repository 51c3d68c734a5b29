package rtmptarget

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/procfs"

	"hookproof/hook"
	"hookproof/internal/reexec"
	"hookproof/server"
)

// childOrder is what a server of a scene's own is told: first to serve, then,
// perhaps, to take over another configuration, or to tidy up.
type childOrder struct {
	Conf    string        // SRS configuration
	Silence time.Duration // after which a silent publisher is dropped; 0: the default
	Leak    int           // bytes that each client leaks: a planted defect
	Forget  bool          // server.Options.Forget
	Tidy    bool          // nothing else: give unused memory back to the system
}

// childReady says where it serves, and, tidied up, what it holds.
type childReady struct {
	RTMP, API string
	Live      int64 // bytes that are in use
}

var children = reexec.Kind[childOrder, childReady]{Mark: "HOOKPROOF_SERVER", Start: startInChild, Again: obeyInChild}

// ServeAsChild makes this process the server that a scenario of its parent
// asked for, if it is meant to be one, and does not return then. Programs that
// run scenarios call it first of all.
func ServeAsChild() { children.Serve() }

func startInChild(order childOrder) (reexec.Server, childReady, error) {
	cfg, err := parseBuiltIn(order.Conf, order.Silence)
	if err != nil {
		return nil, childReady{}, err
	}
	o := server.Options{Forget: order.Forget}
	if order.Leak > 0 {
		o.OnHook = leak(order.Leak)
	}
	srv, err := newServer(cfg, o)
	if err != nil {
		return nil, childReady{}, err
	}
	return srv, childReady{RTMP: srv.Addr().String(), API: srv.APIAddr().String()}, nil
}

// leak keeps so many bytes for each client that goes.
func leak(bytes int) func(string, hook.Call) {
	var mu sync.Mutex
	var kept [][]byte
	return func(_ string, c hook.Call) {
		if c.Event != hook.OnClose {
			return
		}
		b := make([]byte, bytes)
		for i := 0; i < len(b); i += 512 { // pages that are never written to take no memory
			b[i] = 1
		}
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, b)
	}
}

// awaitEmpty waits a while for the connections that have been told to end: a
// session is gone only some time after the answer to its on_close.
func awaitEmpty(srv *server.Server) {
	const often, patience = 5 * time.Millisecond, time.Second
	tick := time.NewTicker(often)
	defer tick.Stop()
	for began := time.Now(); srv.Stats().Connections > 0 && time.Since(began) < patience; {
		<-tick.C
	}
}

// tidy frees what this process does not use, and returns how much it does use.
func tidy() int64 {
	runtime.GC() // what lies in pools goes with the second collection
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// obeyInChild tidies up, or takes over another configuration, on the same
// addresses.
func obeyInChild(s reexec.Server, o childOrder) (childReady, error) {
	srv := s.(*server.Server) // what startInChild gave
	if o.Tidy {
		awaitEmpty(srv)
		return childReady{Live: tidy()}, nil
	}
	cfg, err := parseBuiltIn(o.Conf, o.Silence)
	if err != nil {
		return childReady{}, err
	}
	return childReady{RTMP: srv.Addr().String(), API: srv.APIAddr().String()}, reload(srv, cfg)
}

// startOwn makes t a server of a scene's own, in a process of its own, with the
// same between the parties as is around the target's.
func (t *Target) startOwn(ctx context.Context, o BuiltInOptions, own OwnOptions) error {
	at, err := t.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, o.Nonce)
	if err != nil {
		return err
	}
	order := childOrder{Conf: t.builtInText(at), Silence: own.Silence, Leak: o.Leak, Forget: t.forget}
	p, ready, err := children.Run(ctx, order)
	if err != nil {
		t.closeEndpoints()
		return err
	}
	t.Addr, t.API = ready.RTMP, "http://"+ready.API
	t.shutdown, t.stop = p.Shutdown, p.Kill
	t.memory = func(ctx context.Context) (Memory, error) {
		r, err := p.Order(ctx, childOrder{Tidy: true})
		if err != nil {
			return Memory{}, err
		}
		m := Memory{Live: r.Live}
		m.Resident, err = resident(p.PID())
		return m, err
	}
	return t.putBetween(o, at, func(at Addresses) error {
		order.Conf = t.builtInText(at)
		_, err := p.Order(ctx, order)
		return err
	})
}

// resident is the resident set of a process, in bytes.
func resident(pid int) (int64, error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return 0, err
	}
	st, err := p.Stat()
	return int64(st.ResidentMemory()), err
}
