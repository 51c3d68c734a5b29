package server

import (
	"errors"
	"time"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/server/internal/stream"
)

// unpublishGrace is how long the name of a stream is kept for its on_unpublish to be answered. In it the next publisher
// waits, so that a hook server sees the end of one before the next is live; a slow one keeps no name for longer.
const unpublishGrace = time.Second

// publish answers the publish command: on_publish is asked, then the name is taken, then success is told.
func (c *session) publish(cmd *command.Command, id uint32) error {
	ms := c.use(id)
	if ms == nil {
		return c.refuseStatus(id, errStreams, command.PublishBadName)
	}
	raw, err := cmd.String(1)
	if (err != nil || raw == "") && ms.published {
		return c.closeStream(id) // publish(false), and what some encoders send in its place
	}
	if ms.busy() {
		return c.status(id, command.PublishBadName.With("This message stream is in use."))
	}
	t, err := c.identify(raw, hook.OnPublish)
	if errors.Is(err, errNoName) {
		return c.refuseStatus(id, err, command.PublishBadName)
	}
	if err != nil {
		return c.refuseStatus(id, err, command.PublishDenied)
	}
	return c.publishAs(ms, t, raw)
}

// heldName is a stream that a client holds for what it does there.
type heldName struct {
	*stream.Stream
	claimed bool
}

// release gives the stream back, and its name where it was claimed.
func (n heldName) release() {
	if n.claimed {
		n.Unclaim()
	}
	n.Release()
}

// hold returns the stream to publish. Where the profile takes the name before on_publish, it is claimed from here on,
// and an error says that it is another's.
func (c *session) hold(t target) (heldName, error) {
	n := heldName{Stream: c.srv.streams.Hold(stream.Key{VHost: t.vhost.Name, App: t.app, Name: t.name})}
	if !c.now(t.vhost).profile().ClaimFirst {
		return n, nil
	}
	if err := n.Claim(); err != nil {
		n.release()
		return n, err
	}
	n.claimed = true
	return n, nil
}

func (c *session) publishAs(ms *messageStream, t target, raw string) error {
	name, err := c.hold(t)
	if err != nil {
		return c.refuseStatus(ms.id, err, command.PublishBadName)
	}
	if err := c.ask(hook.OnPublish, t, name.Stream); err != nil {
		name.release()
		return c.refuseStatus(ms.id, err, command.PublishDenied)
	}
	publication, err := name.Publish(c.srv.base, c.id(), c.delivery(t.vhost))
	if err != nil { // it was never live, so there is no on_unpublish (S-CON-04), in any profile
		name.release()
		return c.refuseStatus(ms.id, err, command.PublishBadName)
	}
	ms.hls = nil
	if t.vhost.HLS.Enabled {
		ms.hls = c.srv.hls.publish(name.Key(), t.vhost)
	}
	c.mu.Lock()
	ms.target, ms.held, ms.publication = t, name, publication
	ms.published, ms.media, ms.since = true, false, time.Now()
	c.mu.Unlock()
	c.conn.reader.SetLimits(c.set.cfg.Limits.Publishing)
	c.log("publish", c.naming(t)...)
	c.settle()
	c.settled = true
	if c.fcPublish {
		if err := c.notify("onFCPublish", command.PublishStart.With(
			"Publishing "+redact.Clip(raw, mostQuoted)+".")); err != nil {
			return err
		}
	}
	return c.status(ms.id, command.PublishStart)
}

// unpublish ends a publication: the media at once, the name when the hooks know.
func (c *session) unpublish(ms *messageStream) {
	publication, held, t := ms.publication, ms.held, ms.target
	publication.Stop()
	ms.hls.stop()
	grace := time.AfterFunc(unpublishGrace, publication.End)
	c.tell(hook.OnUnpublish, t, held.Stream)
	grace.Stop()
	publication.End()
	c.mu.Lock()
	ms.publication, ms.held = nil, heldName{}
	c.mu.Unlock()
	held.release()
	c.log("unpublish", c.naming(t)...)
}

// fcUnpublish ends the publication of that name, or the only one there is: encoders differ in whether they
// repeat the parameters.
func (c *session) fcUnpublish(cmd *command.Command) error {
	raw, _ := cmd.String(1)
	if ms := c.publishing(raw); ms != nil {
		c.unpublish(ms)
		c.settle()
		if err := c.notify("onFCUnpublish", command.UnpublishSuccess); err != nil {
			return err
		}
		if err := c.status(ms.id, command.UnpublishSuccess); err != nil {
			return err
		}
	}
	return c.result(cmd)
}

func (c *session) publishing(raw string) *messageStream {
	_, name, _ := c.client.address.stream(raw)
	var only *messageStream
	count := 0
	for _, ms := range c.streams {
		if ms.publication == nil {
			continue
		}
		if ms.target.name == name {
			return ms
		}
		only = ms
		count++
	}
	if count > 1 {
		return nil
	}
	return only
}

// delivery says how a publication in a vhost reaches its players.
func (c *session) delivery(v *VHost) stream.Delivery {
	return stream.Delivery{
		GOPCache: v.GOPCache, GOPFrames: v.GOPFrames, GOPTime: v.GOPTime, Merge: v.Merge,
		TCURL: c.client.tcURL, Share: c.mediaShare(),
	}
}

// mediaShare is the client's share of the memory for media.
func (c *session) mediaShare() *stream.Share {
	if c.share == nil {
		c.share = stream.NewShare(c.set.cfg.Memory.Client)
	}
	return c.share
}

// errNoPublication is why media is dropped that belongs to no publication, as from clients that do not wait for
// Publish.Start.
var errNoPublication = errors.New("media on a message stream that does not publish")

// media passes on what belongs to a publication. The rest is dropped.
func (c *session) media(m *chunk.Message) {
	ms := c.publishes(m.Stream)
	if ms == nil {
		c.skip(m, errNoPublication)
		return
	}
	if err := ms.publication.Write(m); err != nil {
		c.skip(m, err)
		return
	}
	if err := ms.hls.write(m); err != nil {
		c.skip(m, err)
	}
	if !ms.media {
		ms.media = true
		c.settle()
	}
}
