package server

import (
	"cmp"
	"math"
	"slices"

	"hookproof/hook"
	"hookproof/server/internal/stream"
)

// clients are the sessions whose connect was accepted, and the viewers over HTTP, in the order in which they came.
// Looking at each takes time that accepting and leaving need not wait for, so it is done after this.
func (s *Server) clients() []member {
	s.mu.Lock()
	all := make([]member, 0, len(s.sessions)+len(s.viewers))
	for c := range s.sessions {
		if c.connected.Load() {
			all = append(all, c)
		}
	}
	for _, v := range s.viewers {
		all = append(all, v)
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b member) int { return cmp.Compare(a.order(), b.order()) })
	return all
}

// find returns the client that an id given by hand means, nil if there is none.
func (s *Server) find(id string) member {
	for _, c := range s.clients() {
		if c.hasID(id) {
			return c
		}
	}
	return nil
}

// Clients lists the clients whose connect was accepted, in the order in which they came.
func (s *Server) Clients() []ClientInfo { return s.ClientsPage(0, math.MaxInt) }

// ClientsPage is the part of Clients that begins with the start-th, counted from 0, and has count of them at most.
func (s *Server) ClientsPage(start, count int) []ClientInfo {
	page := part(s.clients(), start, count)
	all := make([]ClientInfo, len(page))
	for i, c := range page {
		all[i] = c.info()
	}
	return all
}

// Client describes the client with that client_id, if there is one.
func (s *Server) Client(id string) (ClientInfo, bool) {
	c := s.find(id)
	if c == nil {
		return ClientInfo{}, false
	}
	return c.info(), true
}

// Streams lists the streams that have a publisher or players, by their ids.
func (s *Server) Streams() []StreamInfo { return s.StreamsPage(0, math.MaxInt) }

// StreamsPage is the part of Streams that begins with the start-th, counted from 0, and has count of them at most.
func (s *Server) StreamsPage(start, count int) []StreamInfo {
	var used []stream.Info
	for _, st := range s.streams.Streams() {
		if in := st.Info(); in.Used() {
			used = append(used, in)
		}
	}
	slices.SortFunc(used, func(a, b stream.Info) int { return cmp.Compare(a.ID, b.ID) })
	page := part(used, start, count)
	all := make([]StreamInfo, len(page))
	for i := range page {
		all[i] = streamInfo(&page[i])
	}
	return all
}

// Stream describes the stream with that stream_id, if somebody publishes or plays it.
func (s *Server) Stream(id string) (StreamInfo, bool) {
	for _, st := range s.streams.Streams() {
		if st.ID() != id {
			continue
		}
		in := st.Info()
		return streamInfo(&in), in.Used()
	}
	return StreamInfo{}, false
}

func streamInfo(in *stream.Info) StreamInfo {
	info := StreamInfo{
		ID: in.ID, VHost: in.Key.VHost, App: in.Key.App, Name: in.Key.Name,
		Publisher: in.Publisher, TCURL: in.TCURL, Live: in.Live,
		Players: in.Players, Clients: in.Players, Video: in.Video, Audio: in.Audio,
		Frames: in.Frames, RecvBytes: in.Bytes, SentBytes: in.SentBytes,
	}
	info.Width, info.Height = in.Dimensions()
	if in.Publisher != "" {
		info.Clients++
	}
	return info
}

// part is a page of a list.
func part[T any](all []T, start, count int) []T {
	from := min(max(start, 0), len(all))
	return all[from : from+min(max(count, 0), len(all)-from)]
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	st := Stats{
		Accepted: s.accepted.Load(), Refused: s.refused.Load(), Displaced: s.displaced.Load(),
		RecvBytes: s.closedRecv.Load(), SentBytes: s.closedSent.Load(),
		Frames: s.streams.Frames(), Dropped: s.streams.Dropped(),
		Skipped: s.skipped.Load(), Media: s.streams.Held(), Segments: s.hls.budget.Used(),
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
	s.countViewers(&st)
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

// countViewers counts those over HTTP. The caller holds mu.
func (s *Server) countViewers(st *Stats) {
	for v := range s.viewers {
		st.Clients++
		st.Players++
		st.SentBytes += int64(v.sent())
		if v.kind == KindFLV {
			st.Connections++
			st.FLVPlayers++
		} else {
			st.HLSPlayers++
		}
	}
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
