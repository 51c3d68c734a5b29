package server

import (
	"errors"
	"fmt"

	"hookproof/hook"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/command"
)

// window is the acknowledgement window that clients are told, in bytes, and the bandwidth they may use.
const window = 5_000_000

// connect answers the connect command. Where the profile asks on_connect first, the answer waits for it.
func (c *session) connect(cmd *command.Command) error {
	if c.connected.Load() {
		return c.refuse(errors.New("connect came twice"), command.Error(cmd.Transaction, nil,
			command.ConnectFailed.With("Connected already.").Object()))
	}
	info, err := c.readConnect(cmd)
	if err == nil {
		c.mu.Lock()
		c.client = info
		c.mu.Unlock()
		t := target{vhost: info.vhost, app: info.address.app, param: info.address.param}
		c.entry.target = t
		if info.vhost.profile().ConnectFirst {
			err = c.enter(t, hook.OnConnect)
		}
	}
	if err != nil {
		return c.refuse(err, command.Error(cmd.Transaction, nil, command.ConnectRejected.With(told(err)).Object()))
	}
	return c.admit(cmd)
}

// readConnect reads the command object.
func (c *session) readConnect(cmd *command.Command) (connectInfo, error) {
	info := connectInfo{
		tcURL: cmd.Property("tcUrl"), pageURL: cmd.Property("pageUrl"),
		swfURL: cmd.Property("swfUrl"), flashVer: cmd.Property("flashVer"),
	}
	most := c.set.cfg.Limits.TCURL
	if len(info.tcURL) > most || len(info.pageURL) > most {
		return info, fmt.Errorf("tcUrl or pageUrl longer than %d bytes", most)
	}
	var err error
	if info.address, err = parseTCURL(info.tcURL, cmd.Property("app")); err != nil {
		return info, err
	}
	info.vhost, err = c.srv.current.Load().resolve(info.address.host, info.address.param)
	return info, err
}

// admit tells the client that it is connected.
func (c *session) admit(cmd *command.Command) error {
	cfg := &c.set.cfg
	info := amf.Object{
		{Key: "fmsVer", Value: "FMS/3,5,7,7009"}, {Key: "capabilities", Value: 31.0}, {Key: "mode", Value: 1.0},
	}
	result, err := command.Result(cmd.Transaction, append(info, enhanced(cmd)...),
		command.ConnectSuccess.With("", amf.Property{Key: "objectEncoding",
			Value: 0.0}).Object()).Message(command.CommandChunks, 0)
	if err != nil {
		return err
	}
	c.conn.reader.SetLimits(cfg.Limits.Connected)
	c.connected.Store(true)
	c.log("connect", "tcUrl", c.shown(c.client.tcURL), "vhost", c.client.vhost.Name, "app",
		c.shown(c.client.address.app))
	c.settle()
	if err := c.conn.send(command.WindowAckSize(window), command.SetPeerBandwidth(window, command.LimitDynamic),
		command.SetChunkSize(uint32(cfg.ChunkSize))); err != nil {
		return err
	}
	c.conn.setChunkSize(cfg.ChunkSize)
	return c.conn.send(result)
}

// enhanced says what of Enhanced RTMP is passed through, to a client that says it knows of it (Enhanced
// RTMP v2, section "Enhancing NetConnection connect Command"): every codec is forwarded, none is decoded.
func enhanced(cmd *command.Command) amf.Object {
	const (
		forward = 4.0     // FourCcInfoMask.CanForward
		caps    = 2.0 + 4 // CapsExMask: Multitrack, ModEx
	)
	object, err := cmd.Object(0)
	if err != nil {
		return nil
	}
	known := false
	for _, key := range []string{"fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "capsEx"} {
		_, has := object[key]
		known = known || has
	}
	if !known {
		return nil
	}
	all := amf.Object{{Key: "*", Value: forward}}
	return amf.Object{
		{Key: "fourCcList", Value: []any{
			"avc1", "hvc1", "vvc1", "av01", "vp09", "vp08", "mp4a", "Opus", "fLaC", "ac-3", "ec-3", ".mp3",
		}},
		{Key: "videoFourCcInfoMap", Value: all}, {Key: "audioFourCcInfoMap", Value: all}, {Key: "capsEx", Value: caps},
	}
}
