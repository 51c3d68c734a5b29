package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"hookproof/hook"
	"hookproof/internal/httpguard"
	"hookproof/internal/rtmp/chunk"
	"hookproof/server/internal/stream"
)

// Options are what a Server is given by the program around it.
type Options struct {
	// Logger gets one line an event; nil logs nothing.
	Logger *slog.Logger
	// OnHook is told of every finished hook call, from the session's goroutine; it must not block.
	OnHook func(vhost string, c hook.Call)
	// API makes the handler of the HTTP API when Config.API is enabled. It is called once, by Start.
	API func(*Server) http.Handler
	// Forget ends the connection of a client that has closed it with a reset instead of a FIN of ours, once all it was
	// sent is out: no kernel keeps its port for a minute then. It is for tests that have clients come by the ten
	// thousand.
	Forget bool
}

// Server is an RTMP server with hooks. New makes one, Start begins, Shutdown or Close ends it for good.
type Server struct {
	o       Options
	log     *slog.Logger
	ids     ids
	hooks   *hooks
	streams *stream.Registry
	current atomic.Pointer[settings] // what Reload replaces
	hls     *hlsStreams
	// unfinished bounds the messages under way of all clients.
	unfinished *chunk.Budget

	// base is the context of hook calls: cancelled when there is no more time for them.
	base   context.Context
	cancel context.CancelFunc

	mu        sync.Mutex
	state     state
	ending    chan struct{} // closed with stateEnding
	started   time.Time
	listeners []net.Listener
	api       *http.Server
	apiAddr   net.Addr
	http      *http.Server // for viewers
	httpAddr  net.Addr
	sessions  map[*session]struct{}
	viewers   map[*viewer]member
	admission
	reserve   reserve
	filesTold time.Time      // when reportFiles did
	running   sync.WaitGroup // accept loops, sessions and the API server

	accepted, refused      atomic.Int64
	displaced, skipped     atomic.Int64
	full                   fullReport
	closedRecv, closedSent atomic.Int64 // bytes of the connections that are gone
}

type state uint8

const (
	stateNew state = iota
	stateServing
	stateEnding
)

// New checks the configuration and makes a server of it; nothing listens yet.
func New(cfg Config, o Options) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("server configuration: %w", err)
	}
	if cfg.API.Enabled && o.API == nil {
		return nil, fmt.Errorf("server configuration: http_api is enabled, but this program has none")
	}
	s := &Server{
		o: o, log: o.Logger, ids: newIDs(), ending: make(chan struct{}),
		sessions: map[*session]struct{}{}, viewers: map[*viewer]member{},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.hooks = newHooks(s, cfg.ServerID)
	s.current.Store(newSettings(cfg))
	s.unfinished = chunk.NewBudget(cfg.Limits.Unfinished)
	media := cmp.Or(cfg.Memory.Media, machineMemory()/4)
	s.hls = newHLSStreams(s, media/2)
	s.streams = stream.NewRegistry(stream.Options{
		ChunkSize: cfg.ChunkSize, Queue: cfg.Play.Queue, QueueBytes: cfg.Play.QueueBytes,
		Memory: media,
		NewID:  s.ids.streamID,
	})
	return s, nil
}

// Start binds every listener, or none with an error, and serves in the background.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateNew {
		return fmt.Errorf("server: started before, or ended")
	}
	cfg := s.current.Load().cfg
	s.reserve = newReserve()
	if err := s.listen(cfg); err != nil {
		for _, l := range s.listeners {
			l.Close()
		}
		s.listeners = nil
		return err
	}
	s.state, s.started = stateServing, time.Now()
	for _, l := range s.listeners {
		s.running.Go(func() { s.accept(l) })
		s.log.Info("listening", "addr", l.Addr().String())
	}
	return nil
}

func (s *Server) listen(cfg Config) error {
	for _, addr := range cfg.Listen {
		l, err := listenRTMP(addr)
		if err != nil {
			return fmt.Errorf("server: %w", err)
		}
		s.listeners = append(s.listeners, l)
	}
	var api, viewers net.Listener
	var err error
	if cfg.API.Enabled {
		if api, err = net.Listen("tcp", cfg.API.Listen); err != nil {
			return fmt.Errorf("server: http_api: %w", err)
		}
	}
	if cfg.HTTP.Enabled {
		if viewers, err = listenRTMP(cfg.HTTP.Listen); err != nil {
			if api != nil {
				api.Close()
			}
			return fmt.Errorf("server: http_server: %w", err)
		}
	}
	if api != nil {
		s.serveAPI(api)
	}
	if viewers != nil {
		s.serveViewers(viewers, cfg.MaxConnections)
	}
	return nil
}

// serveAPI runs the HTTP API on l, which it owns from now on.
func (s *Server) serveAPI(l net.Listener) {
	const answer = 30 * time.Second
	s.apiAddr = l.Addr()
	s.api = httpguard.NewServer(l, s.o.API(s), answer, s.log)
	// returns when Shutdown or Close close it
	s.running.Go(func() { s.api.Serve(httpguard.Limit(l, httpguard.MaxConns)) })
	s.log.Info("HTTP API", "addr", l.Addr().String())
	if !httpguard.Loopback(l.Addr()) {
		s.log.Warn("the HTTP API asks for no password: whoever reaches its address can disconnect clients",
			"addr", l.Addr().String())
	}
}

// Addr is the first RTMP listener's address, nil before Start.
func (s *Server) Addr() net.Addr {
	if all := s.Addrs(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Addrs are the addresses of all RTMP listeners, in the order of Config.Listen.
func (s *Server) Addrs() []net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]net.Addr, len(s.listeners))
	for i, l := range s.listeners {
		all[i] = l.Addr()
	}
	return all
}

// APIAddr is the HTTP API's address, nil where there is none.
func (s *Server) APIAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.apiAddr
}

// HTTPAddr is the address that viewers come to over HTTP, nil where there is none.
func (s *Server) HTTPAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.httpAddr
}

// ServerID is the server_id of the hook payloads, ServiceID the service_id, new at every start.
func (s *Server) ServerID() string { return s.hooks.serverID }

// ServiceID is described at ServerID.
func (s *Server) ServiceID() string { return s.hooks.serviceID }

// Config is the configuration in force.
func (s *Server) Config() Config { return s.current.Load().cfg }
