package rtmpdefect

import (
	"time"

	"hookproof/internal/mutant"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/tcpproxy"
)

// spokenRows are variants of what is said to RTMP clients, and when.
var spokenRows = []mutant.Row{
	{Name: "client-ids-counted", Defect: "client_ids are counted", Variant: true, Peer: renumbered(counting)},
	{Name: "client-ids-drawn", Defect: "client_ids look drawn at random, and are long", Variant: true,
		Peer: renumbered(drawing)},
	{Name: "more-header-fields", Defect: "every event has more header fields", Variant: true,
		Peer: hooked(change(moreFields))},
	{Name: "other-user-agent", Defect: "User-Agent names another server", Variant: true,
		Peer: hooked(field("User-Agent", "acme-media/2.1 (linux; x86)"))},
	{Name: "obeys-late", Defect: "the server takes 150 ms to obey an answer", Variant: true,
		Peer: hooked(hookFunc(obeysLate))},
	{Name: "answers-slowly", Defect: "every command of a client is answered late", Variant: true,
		Peer: spoken(answersSlowly)},
	{Name: "drops-by-fin", Defect: "who is disconnected gets a FIN, and may go on sending", Variant: true,
		Peer: spoken(dropsByFIN)},
	{Name: "other-chunks", Defect: "messages come in chunks of another size", Variant: true, Peer: spoken(rechunks)},
	{Name: "chatty", Defect: "clients are sent control messages and calls that mean nothing", Variant: true,
		Peer: spoken(chatty)},
	{Name: "fcpublish-says-start",
		Defect: "FCPublish is answered before the hook, with the code NetStream.Publish.Start", Variant: true,
		Peer: spoken(announcesFC)},
}

// moreFields adds header fields that other callers send.
func moreFields(r *request) {
	r.setField("Accept", "*/*")
	r.setField("Accept-Encoding", "identity")
	r.setField("X-Request-Id", "2f1c-7")
}

// How slow slow variants are: noticeable, and within every limit.
const (
	slowHook    = 150 * time.Millisecond
	slowCommand = 50 * time.Millisecond
)

// pause waits, unless everything ends before.
func pause(done <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-done:
	}
}

// obeysLate relays an answer a little later.
func obeysLate(x *exchange) {
	a := x.ask()
	pause(x.ctx.Done(), slowHook)
	x.relay(a)
}

// answersSlowly relays the server's commands a little later.
func answersSlowly(*world) *rtmpDefect {
	return &rtmpDefect{down: func(s *session, _ *chunk.Message, c *command.Command) bool {
		if c != nil {
			pause(s.front.Context().Done(), slowCommand)
		}
		return true
	}}
}

// dropsByFIN ends the server's side alone when the server disconnects a client.
func dropsByFIN(*world) *rtmpDefect {
	return &rtmpDefect{ended: func(s *session, _ error) bool {
		tcpproxy.Pass(s.client, nil)
		return false
	}}
}

// rechunks writes the server's messages in chunks of its own.
func rechunks(*world) *rtmpDefect { return &rtmpDefect{rewrites: true} }

// tell sends the client messages that the server did not.
func (s *session) tell(all ...chunk.Message) {
	for i := range all {
		_ = s.write(&all[i], 0) // a client that has gone is told nothing
	}
}

// chatty sends control messages and a call before each result.
func chatty(*world) *rtmpDefect {
	return &rtmpDefect{rewrites: true, down: func(s *session, _ *chunk.Message, c *command.Command) bool {
		if c == nil || c.Name != "_result" {
			return true
		}
		ping := command.UserControl{Event: command.PingRequest, Value: 1}
		s.tell(command.WindowAckSize(2_500_000), command.SetPeerBandwidth(2_500_000, 2), command.Acknowledgement(0),
			ping.Message())
		done := command.Command{Name: "onBWDone", Args: []any{nil, 8192.0}}
		if m, err := done.Message(command.CommandChunks, 0); err == nil {
			s.tell(m)
		}
		return true
	}}
}

// announcesFC answers FCPublish before anybody is asked, as SRS does, with the
// code of a publisher that is on.
func announcesFC(*world) *rtmpDefect {
	return &rtmpDefect{
		rewrites: true,
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c == nil || c.Name != "FCPublish" {
				return
			}
			on := command.Command{Name: "onFCPublish", Args: []any{nil, command.PublishStart.Object()}}
			if m, err := on.Message(command.StreamChunks, 0); err == nil {
				s.tell(m)
			}
		},
		down: func(_ *session, _ *chunk.Message, c *command.Command) bool {
			return c == nil || c.Name != "onFCPublish"
		},
	}
}
