package server

import "hookproof/hook"

// Clients lists the clients whose connect was accepted, in no order.
func (s *Server) Clients() []ClientInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]ClientInfo, 0, len(s.sessions))
	for c := range s.sessions {
		if c.connected.Load() {
			all = append(all, c.info())
		}
	}
	return all
}

// Streams lists the streams that have a publisher or players, in no order.
func (s *Server) Streams() []StreamInfo {
	var all []StreamInfo
	for _, st := range s.streams.Streams() {
		in := st.Info()
		if !in.Used() {
			continue
		}
		info := StreamInfo{
			ID: in.ID, VHost: in.Key.VHost, App: in.Key.App, Name: in.Key.Name, Publisher: in.Publisher, Live: in.Live,
			Players: in.Players, Clients: in.Players, Video: in.Video, Audio: in.Audio,
			Frames: in.Frames, RecvBytes: in.Bytes, SentBytes: in.SentBytes,
		}
		info.Width, info.Height = in.Dimensions()
		if in.Publisher != "" {
			info.Clients++
		}
		all = append(all, info)
	}
	return all
}

// Stats gives the counters.
func (s *Server) Stats() Stats {
	st := Stats{
		Accepted: s.accepted.Load(), Refused: s.refused.Load(), Displaced: s.displaced.Load(),
		RecvBytes: s.closedRecv.Load(), SentBytes: s.closedSent.Load(),
		Frames: s.streams.Frames(), Dropped: s.streams.Dropped(),
		Skipped: s.skipped.Load(), Media: s.streams.Held(),
	}
	for e := range hook.Events {
		st.HookCalls[e], st.HookRefusals[e] = s.hooks.calls[e].Load(), s.hooks.refusals[e].Load()
		st.HookRetries[e], st.HookLost[e] = s.hooks.retries[e].Load(), s.hooks.lost[e].Load()
	}
	st.Hooks = s.hooks.load()
	s.countStreams(&st)
	s.mu.Lock()
	defer s.mu.Unlock()
	st.Started, st.Connections = s.started, int64(len(s.sessions))
	for c := range s.sessions {
		st.RecvBytes += int64(c.conn.recv())
		st.SentBytes += int64(c.conn.sent.Load())
		if !c.connected.Load() {
			continue
		}
		st.Clients++
		switch c.kind() {
		case KindPublish:
			st.Publishers++
		case KindPlay:
			st.Players++
		default:
			st.Idle++
		}
	}
	return st
}

func (s *Server) countStreams(st *Stats) {
	for _, one := range s.streams.Streams() {
		in := one.Info()
		if in.Used() {
			st.Streams++
		}
		if in.Publisher != "" {
			st.LiveStreams++
		}
	}
}
