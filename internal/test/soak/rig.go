package soak

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/endpoint"
	"hookproof/internal/ownclock"
	"hookproof/internal/test/faultlink"
	"hookproof/internal/test/soak/books"
	"hookproof/server"
)

// rig is all that lasts throughout a run: server, hook server, the links.
type rig struct {
	cfg      Config
	mix      *faultlink.Mix
	srv      *server.Server
	endpoint *endpoint.Endpoint
	clients  *faultlink.Link
	hooks    []*faultlink.Link // one for each profile, as in tested
	clock    *ownclock.Clock

	book           atomic.Pointer[books.Book] // of the round
	arrived, done  atomic.Int64               // requests at the hook server
	next, nextMast atomic.Int64               // numbers of clients, and of anchors
	in             atomic.Int64               // clients that are there
}

// newRig puts everything up, or nothing with an error.
func newRig(ctx context.Context, cfg Config) (*rig, error) {
	r := &rig{cfg: cfg, mix: clientFaults(cfg.Seed)}
	r.book.Store(books.NewBook(cfg.Retry > 0))
	if err := r.putUp(ctx); err != nil {
		r.takeDown()
		return nil, err
	}
	return r, nil
}

func (r *rig) putUp(ctx context.Context) error {
	const spare = 500
	if _, err := cli.RaiseOpenFiles(uint64(r.cfg.atOnce()*10 + spare)); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	r.endpoint = endpoint.New(endpoint.Options{
		DropBodies: true, Observe: r.requested, Default: r.answer,
	})
	if err := r.endpoint.Listen("127.0.0.1:0"); err != nil {
		return err
	}
	cfg := server.DefaultConfig()
	cfg.Listen, cfg.VHosts = []string{"127.0.0.1:0"}, nil
	cfg.MaxConnections = 4*r.cfg.atOnce() + anchors
	cfg.Timeouts = server.Timeouts{
		Connect: quietTimeout, Idle: quietTimeout, FirstPacket: quietTimeout, Publish: quietTimeout,
		Ping: quietTimeout / 2, Player: quietTimeout, Write: quietTimeout, Linger: 200 * time.Millisecond,
	}
	for i, p := range tested {
		v, err := r.vhost(ctx, i, p)
		if err != nil {
			return err
		}
		cfg.VHosts = append(cfg.VHosts, v)
	}
	srv, err := server.New(cfg, server.Options{OnHook: r.called})
	if err == nil {
		r.srv, err = srv, srv.Start()
	}
	if err != nil {
		return err
	}
	r.clients, err = faultlink.Start(ctx, faultlink.Options{
		Upstream: r.srv.Addr().String(), KeepSource: true, Observe: r.passed,
		Plan: func(_ int64, from net.IP) faultlink.Plan { return r.plan(numberOf(from)).link },
	})
	r.clock = ownclock.Start(r.heldUp)
	return err
}

// vhost makes the virtual host of a profile, with its link to the hook server.
func (r *rig) vhost(ctx context.Context, i int, p *hook.Profile) (server.VHost, error) {
	v := server.DefaultVHostConfig(vhost(p))
	link, err := faultlink.Start(ctx, faultlink.Options{
		Upstream: r.endpoint.Addr(), Plan: hookFaults(r.cfg.Seed+uint64(i), p),
	})
	if err != nil {
		return v, err
	}
	r.hooks = append(r.hooks, link)
	addr := link.Addr()
	if r.cfg.between != nil {
		addr = r.cfg.between(addr)
	}
	urls, err := hook.DefaultURLs("http://" + addr)
	v.Hooks = server.Hooks{Enabled: true, Profile: p.Name, Timeout: hookTimeout, URLs: urls, Retry: r.cfg.Retry}
	return v, err
}

// takeDown ends whatever is up.
func (r *rig) takeDown() {
	if r.clock != nil {
		r.clock.Close()
	}
	if r.clients != nil {
		r.clients.Stop()
	}
	if r.srv != nil {
		// Its last clients are long gone.
		_ = r.srv.Close()
	}
	if r.cfg.takeDown != nil {
		r.cfg.takeDown()
	}
	for _, l := range r.hooks {
		if l != nil {
			l.Stop()
		}
	}
	if r.endpoint != nil {
		r.endpoint.Close()
	}
}

func (r *rig) plan(number int) plan { return draw(r.cfg.Seed, r.mix, number) }

// called is told by the server of every hook call.
func (r *rig) called(_ string, c hook.Call) {
	r.book.Load().Called(numberOf(net.ParseIP(c.IP)), c)
}

// passed is told by the clients' link of every connection that is over.
func (r *rig) passed(p faultlink.Passage) {
	if hurts(&p) {
		r.book.Load().Hurt(numberOf(p.From))
	}
}

// heldUp is told when the process was not run for a time.
func (r *rig) heldUp(from, to time.Time) { r.book.Load().HeldUp(from, to) }

// requested is told by the hook server of every request.
func (r *rig) requested(q *endpoint.Request, p endpoint.Phase) {
	switch p {
	case endpoint.PhaseArrived:
		r.arrived.Add(1)
	case endpoint.PhaseDone:
		if q.HeadErr != nil || q.BodyErr != nil {
			r.book.Load().Broken()
		} else {
			r.record(q)
		}
		r.done.Add(1)
	}
}

func (r *rig) record(q *endpoint.Request) {
	if !q.HasEvent {
		r.book.Load().Broken() // it is no event although it came whole: nothing the link does explains that
		return
	}
	number := numberOf(net.ParseIP(q.Payload.IP))
	verdict := hook.SRS7.Judge(hook.Answer{Status: q.Answer.Status, Body: []byte(q.Answer.Body)})
	r.book.Load().Recorded(number, books.Record{
		ID: q.Payload.ClientID, Event: q.Event, Arrived: q.Arrived, Answered: q.Answered, Accepted: verdict.Accept,
	})
}

// answer is what a request is answered with: as the client's plan has it, and
// now and then a little late, so that clients leave meanwhile.
func (r *rig) answer(q *endpoint.Request) endpoint.Answer {
	a := endpoint.Accept()
	if !q.HasEvent {
		return a
	}
	number := numberOf(net.ParseIP(q.Payload.IP))
	if p := r.plan(number); p.refused && p.at == q.Event {
		a = endpoint.Refuse()
	}
	const late, in = 150 * time.Millisecond, 8
	if (number+int(q.Event))%in == 0 {
		a.Delay = late
	}
	return a
}

// errUnquiet says that something of a round has not ended.
var errUnquiet = errors.New("not everything has ended")

// toHooks counts the connections to the hook server.
func (r *rig) toHooks() (open int64) {
	for _, l := range r.hooks {
		open += l.Stats().Open
	}
	return open
}

// quiet tells whether nothing of the round goes on: no session, no connection
// on any link, no request at the hook server.
func (r *rig) quiet() error {
	switch st := r.srv.Stats(); {
	case st.Connections > 0 || st.Streams > 0:
		return fmt.Errorf("%w: the server has %d connections and %d streams", errUnquiet, st.Connections, st.Streams)
	case r.clients.Stats().Open > 0:
		return fmt.Errorf("%w: %d connections of clients", errUnquiet, r.clients.Stats().Open)
	case r.toHooks() > 0:
		return fmt.Errorf("%w: %d connections to the hook server", errUnquiet, r.toHooks())
	case r.arrived.Load() != r.done.Load() || r.endpoint.Conns() > 0:
		return fmt.Errorf("%w: the hook server has %d connections and %d requests", errUnquiet, r.endpoint.Conns(),
			r.arrived.Load()-r.done.Load())
	}
	return nil
}
