package server

import (
	"errors"
	"fmt"
	"net"
	"slices"

	"hookproof/hook"
	"hookproof/server/internal/stream"
)

// entry is where a client came in: what on_connect was asked about, and on_close tells of.
type entry struct {
	target  target
	asked   bool // on_connect was called
	refused bool
	// heard: a hook server may have seen an opening event of the client. unheard: it was asked about, and
	// none has.
	heard, unheard bool
}

// A hookRefusal says that a hook answered no, or not at all.
type hookRefusal struct {
	event  hook.Event
	reason string
}

func (e *hookRefusal) Error() string { return fmt.Sprintf("refused by %s: %s", e.event, e.reason) }

// enter asks on_connect, once in a client's life, of the first vhost that has it: at connect where the
// profile says so, else when a command has named the stream. next is the event that will be asked then. A
// vhost whose on_connect was not asked, because the client entered through another one, must have its say
// by next, or the client is refused: nobody gets past a hook by a detour.
func (c *session) enter(t target, next hook.Event) error {
	e := &c.entry
	if e.asked {
		mine, theirs := e.target.vhost, t.vhost
		if mine.Name != theirs.Name && theirs.asks(hook.OnConnect) && !theirs.asks(next) &&
			!slices.Equal(mine.Hooks.URLs[hook.OnConnect], theirs.Hooks.URLs[hook.OnConnect]) {
			return fmt.Errorf("vhost %q asks at connect, which was to vhost %q", theirs.Name, mine.Name)
		}
		return nil
	}
	e.target = t
	e.asked = c.now(t.vhost).asks(hook.OnConnect)
	err := c.ask(hook.OnConnect, t, nil)
	var no *hookRefusal
	e.refused = errors.As(err, &no)
	return err
}

// leave tells on_close where the client entered. One that was not let in by on_connect causes it where the
// profile demands it (S-ANS-03), one that never got as far as connect causes nothing (S-ORD-12).
func (c *session) leave() {
	e := &c.entry
	tell := c.connected.Load()
	if e.refused {
		tell = c.now(e.target.vhost).profile().CloseAfterRefusal == hook.Must
	}
	if tell {
		c.tell(hook.OnClose, e.target, nil)
	}
}

// ask calls the hooks of an opening event; of is the stream that it is about, nil for on_connect. The error is a
// *hookRefusal, or why the session ends anyway.
func (c *session) ask(e hook.Event, t target, of *stream.Stream) error {
	if err := c.conn.aborted(); err != nil {
		return err
	}
	d := c.call(e, t, of)
	if !d.Accept {
		return &hookRefusal{e, c.srv.reason(d.Reason, c.client.tcURL, t.name+t.param)}
	}
	return nil
}

// tell calls the hooks of a closing event. One of a client that no hook server has heard of, because all
// were down as it came, is sent once: in an outage each refused client would else be kept for as long as
// those who were let in before.
func (c *session) tell(e hook.Event, t target, of *stream.Stream) {
	v := c.now(t.vhost)
	if !v.asks(e) {
		return
	}
	pl := c.pending(v, t, of)
	defer c.asking.Store(false)
	if c.entry.unheard {
		c.srv.hooks.call(v, e, pl)
		return
	}
	c.srv.hooks.tell(v, e, pl)
}

// call calls the hooks of an opening event.
func (c *session) call(e hook.Event, t target, of *stream.Stream) hook.Decision {
	v := c.now(t.vhost)
	if !v.asks(e) {
		return accepted
	}
	pl := c.pending(v, t, of)
	defer c.asking.Store(false)
	d := c.srv.hooks.call(v, e, pl)
	c.entry.heard = c.entry.heard || !d.Unseen
	c.entry.unheard = !c.entry.heard
	return d
}

// pending makes ready for the hooks of an event, whose payload it returns: the client is asking from now on.
func (c *session) pending(v *VHost, t target, of *stream.Stream) *hook.Payload {
	c.conn.flush() // what the client was told so far is not to wait for the answer; an error shows when it is read from
	c.asking.Store(true)
	pl := &hook.Payload{
		ClientID: c.srv.ids.clientID(c.number, v.profile()), IP: c.ip(),
		VHost: v.Name, App: t.app, Stream: t.name, Param: t.param,
		TCURL: c.client.tcURL, PageURL: c.client.pageURL, StreamURL: t.streamURL(),
		SendBytes: int64(c.conn.sent.Load()), RecvBytes: int64(c.conn.recv()),
	}
	if of != nil { // a player is not among the clients of the stream yet, or no more
		pl.StreamID, pl.Clients = of.ID(), int64(of.Clients())+1
	}
	return pl
}

func (c *session) now(v *VHost) *VHost { return c.srv.now(v) }

// now is the vhost in the configuration in force, or as the client knew it if it is gone from there.
func (s *Server) now(v *VHost) *VHost {
	if current, ok := s.current.Load().vhosts[v.Name]; ok {
		return current
	}
	return v
}

func (c *session) ip() string {
	if a, ok := c.conn.nc.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("").String()
	}
	return ""
}
