package stage

import (
	"context"
	"time"

	"github.com/prometheus/procfs"

	"hookproof/internal/child"
)

// childOrder is what a server of a scene's own is told: first to serve, then,
// perhaps, to take over another configuration.
type childOrder struct {
	Conf    string        // SRS configuration
	Silence time.Duration // after which a silent publisher is dropped; 0: the default
}

// childReady says where it serves.
type childReady struct{ RTMP, API string }

var children = child.Kind[childOrder, childReady]{Mark: "HOOKPROOF_SERVER", Start: startInChild}

// ServeAsChild makes this process the server that a scenario of its parent
// asked for, if it is meant to be one, and does not return then. Programs that
// run scenarios call it first of all.
func ServeAsChild() { children.Serve() }

func startInChild(o childOrder) (child.Server, childReady, error) {
	cfg, err := parseBuiltIn(o.Conf, o.Silence)
	if err != nil {
		return nil, childReady{}, err
	}
	srv, err := newServer(cfg, nil)
	if err != nil {
		return nil, childReady{}, err
	}
	return srv, childReady{RTMP: srv.Addr().String(), API: srv.APIAddr().String()}, nil
}

// startOwn makes t a server of a scene's own, in a process of its own.
func (t *Target) startOwn(ctx context.Context, nonce string, own OwnOptions) error {
	at, err := t.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, nonce)
	if err != nil {
		return err
	}
	p, ready, err := children.Run(ctx, childOrder{Conf: t.builtInText(at), Silence: own.Silence})
	if err != nil {
		t.closeEndpoints()
		return err
	}
	t.Addr, t.API = ready.RTMP, "http://"+ready.API
	t.shutdown, t.stop = p.Shutdown, p.Kill
	t.memory = func() (int64, error) { return resident(p.PID()) }
	return nil
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
