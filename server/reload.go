package server

import (
	"fmt"
	"slices"
)

// settings are a configuration with its vhosts by name. Immutable: Reload puts another in its place.
type settings struct {
	cfg    Config
	vhosts map[string]*VHost
}

func newSettings(cfg Config) *settings {
	set := &settings{cfg: cfg, vhosts: make(map[string]*VHost, len(cfg.VHosts))}
	for i := range cfg.VHosts {
		set.vhosts[cfg.VHosts[i].Name] = &cfg.VHosts[i]
	}
	return set
}

// Reload takes over another configuration: the vhosts with their hooks, MaxConnections, the time-outs and
// limits for new clients. Hooks are looked up at each call, so clients that are there already tell the new
// URLs of their end; nobody is asked again. Listeners, the HTTP API, the chunk size, the play queues and the memory
// for media stay as they are; a change of the listeners is logged. A configuration with errors changes nothing.
func (s *Server) Reload(cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("server configuration: %w", err)
	}
	old := s.current.Load().cfg
	if !slices.Equal(old.Listen, cfg.Listen) || old.API != cfg.API || old.HTTP.Enabled != cfg.HTTP.Enabled ||
		old.HTTP.Listen != cfg.HTTP.Listen {
		s.log.Warn("reload: listeners stay as they are until a restart")
	}
	cfg.Listen, cfg.API, cfg.ChunkSize = old.Listen, old.API, old.ChunkSize
	cfg.HTTP.Enabled, cfg.HTTP.Listen = old.HTTP.Enabled, old.HTTP.Listen
	cfg.Play, cfg.Memory = old.Play, old.Memory
	s.current.Store(newSettings(cfg))
	s.log.Info("reloaded", "vhosts", len(cfg.VHosts))
	return nil
}
