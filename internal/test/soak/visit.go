package soak

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/test/soak/books"
)

// visitor is a client under way.
type visitor struct {
	plan
	r     *rig
	visit books.Visit
	c     *client.Client // nil before it is connected, and for the mute
}

// enter makes a visitor, and enters it in the books.
func (r *rig) enter(number int) *visitor {
	v := &visitor{r: r, plan: r.plan(number)}
	v.visit.Began = time.Now()
	r.book.Load().Enter(&books.Client{
		Number: number, About: v.plan.String(), Profile: v.profile, Stream: v.stream, Refused: v.refused,
	})
	r.in.Add(1)
	return v
}

// run lives the client's life, with do as its middle, and notes how it was.
func (v *visitor) run(ctx context.Context, do func(context.Context) error) error {
	err := do(ctx)
	if v.c != nil {
		err = errors.Join(err, v.part(ctx, err))
		<-v.c.Done()
		v.remember()
	}
	if v.visit.Done = err == nil; !v.visit.Done {
		v.visit.Err = err.Error()
	}
	v.visit.Ended = time.Now()
	v.r.book.Load().Visited(v.number, v.visit)
	v.r.in.Add(-1)
	return err
}

// live is what a client comes for, up to its parting.
func (v *visitor) live(ctx context.Context) error {
	if v.act == mute {
		return v.stayMute(ctx)
	}
	if err := v.connect(ctx); err != nil || v.act == idles {
		return err
	}
	if v.act == hasty {
		return v.ask(ctx)
	}
	if err := v.begin(ctx); err != nil || v.act != twice {
		return err
	}
	if err := v.stop(); err != nil {
		return err
	}
	return v.begin(ctx)
}

func (v *visitor) options() client.Options {
	o := client.Options{
		URL:       "rtmp://" + v.r.clients.Addr() + "/live?vhost=" + vhost(v.profile),
		LocalAddr: address(v.number).String(), Timeout: stepTimeout,
	}
	if !v.player {
		o.Publisher = uint64(v.number)
	}
	if v.number%4 >= 2 {
		o.Style = client.Flash
	}
	return o
}

// stayMute is a peer that says no more than a part of a handshake.
func (v *visitor) stayMute(ctx context.Context) error {
	c, err := client.DialRaw(ctx, v.options())
	if err != nil {
		return err
	}
	hello := client.HandshakeBytes()
	// Its link may have ended it before.
	_ = c.Raw(hello[:v.number%len(hello)])
	if v.parting == vanishes {
		c.Vanish()
		<-c.Done()
		return nil
	}
	// An error says that the connection has ended otherwise.
	_ = c.Close()
	return nil
}

func (v *visitor) connect(ctx context.Context) error {
	c, err := client.Dial(ctx, v.options())
	if err != nil {
		return err
	}
	v.c, v.visit.Asked = c, true
	return c.Connect(ctx)
}

// ask publishes or plays, and does not wait for the answer.
func (v *visitor) ask(ctx context.Context) error {
	if _, err := v.c.CreateStream(ctx); err != nil {
		return err
	}
	if v.player {
		return v.c.SendPlay(v.stream)
	}
	return v.c.SendPublish(v.stream, "live")
}

// begin publishes or plays; a publisher sends its frames, and a player of an
// anchor waits for one.
func (v *visitor) begin(ctx context.Context) error {
	if !v.player {
		if err := v.c.Publish(ctx, v.stream, ""); err != nil {
			return err
		}
		return v.c.WriteMedia(client.Clip()[:v.frames]...)
	}
	if err := v.c.Play(ctx, v.stream); err != nil || !v.fed {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	_, err := v.c.Await(ctx, func(ev client.Event) bool { return ev.Kind == client.Media && ev.Frame })
	if err != nil {
		return fmt.Errorf("no frame: %w", err)
	}
	return nil
}

// stop ends what was begun, with the connection to go on.
func (v *visitor) stop() error {
	if v.player || v.number%3 == 0 {
		return v.c.CloseStream()
	}
	return v.c.DeleteStream()
}

// part ends the connection. Who did not get what it came for just closes.
func (v *visitor) part(ctx context.Context, err error) error {
	switch {
	case err != nil || v.parting == closes:
		_ = v.c.Close() // how it ends is on the timeline
	case v.parting == vanishes:
		v.c.Vanish()
	case v.parting == kicked && v.asks() && v.act != hasty:
		return v.awaitKick(ctx)
	default:
		_ = v.c.Leave()
	}
	return nil
}

// awaitKick has the server end the connection.
func (v *visitor) awaitKick(ctx context.Context) error {
	id := v.r.book.Load().ID(v.number)
	v.r.srv.Kick(id) // false: it is going already
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	select {
	case <-v.c.Done():
		return nil
	case <-ctx.Done():
		_ = v.c.Close()
		return fmt.Errorf("kicked as %q, and not disconnected: %w", id, context.Cause(ctx))
	}
}

// remember notes what is on the client's timeline.
func (v *visitor) remember() {
	for _, ev := range v.c.Events() {
		switch {
		case ev.Kind == client.Received && ev.Transaction == 1 && ev.Code == "NetConnection.Connect.Success":
			v.visit.Connected = ev.At
		case ev.Kind == client.Status && ev.Code == "NetStream.Publish.Start":
			v.visit.Let = append(v.visit.Let, books.Let{Event: hook.OnPublish, At: ev.At})
		case ev.Kind == client.Status && ev.Code == "NetStream.Play.Start":
			v.visit.Let = append(v.visit.Let, books.Let{Event: hook.OnPlay, At: ev.At})
		}
	}
	for _, s := range v.c.Publishers() {
		v.visit.Seen = append(v.visit.Seen, books.Seen{Publisher: int(s.Publisher), Frames: s.Frames})
	}
	end, _ := v.c.End()
	v.visit.End = string(end.How)
}
