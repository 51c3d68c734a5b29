package client

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

func TestStylesSendTheirCommands(t *testing.T) {
	cases := []struct {
		style Style
		sent  []string
	}{
		{FMLE, []string{"connect", "releaseStream", "FCPublish", "createStream", "publish", "FCUnpublish",
			"deleteStream"}},
		{Flash, []string{"connect", "createStream", "publish", "closeStream", "deleteStream"}},
	}
	for _, tc := range cases {
		t.Run(tc.style.String(), func(t *testing.T) {
			got := make(chan []string, 1)
			url := serve(t, func(p *peer) {
				p.publish()
				p.await("deleteStream")
				got <- p.seen
				p.drain()
			})
			c := dialTest(t, Options{URL: url, Style: tc.style})
			ctx := patient(t)
			must(t, c.Connect(ctx))
			must(t, c.Publish(ctx, "cam?token=x", ""))
			must(t, c.Leave())
			equal(t, "on the wire", <-got, tc.sent)
			equal(t, "on the timeline", named(c.Events(), Sent), tc.sent)
			if ev := over(t, c); ev.How != Local {
				t.Errorf("ended by %s, want local", ev.How)
			}
		})
	}
}

// A user and password in the URL are neither part of the address nor told to the server.
func TestUserInURL(t *testing.T) {
	for url, want := range map[string]string{
		"rtmp://user:pass@host/live":        "rtmp://host/live",
		"rtmp://user:p@ss@host:1936/live/x": "rtmp://host:1936/live/x",
		"rtmp://host/live?a=b@c":            "rtmp://host/live?a=b@c",
		"rtmp://user@[::1]:1935":            "rtmp://[::1]:1935",
		"none":                              "none",
	} {
		if got := WithoutUser(url); got != want {
			t.Errorf("WithoutUser(%q) = %q, want %q", url, got, want)
		}
	}
	got := make(chan *command.Command, 1)
	url := serve(t, func(p *peer) { got <- p.await("connect"); p.drain() })
	c := dialTest(t, Options{URL: strings.Replace(url, "://", "://user:secret@", 1)})
	must(t, c.SendConnect())
	if cmd := <-got; cmd.Property("tcUrl") != url {
		t.Errorf("tcUrl %q, want %q", cmd.Property("tcUrl"), url)
	}
}

func TestConnectSaysWhatItIsTold(t *testing.T) {
	cases := []struct {
		name    string
		options func(url string) Options
		want    map[string]any
		absent  []string
		args    int
	}{
		{"from the URL", func(url string) Options { return Options{URL: url + "/inst?token=a=b&c"} },
			map[string]any{"app": "live/inst?token=a=b&c", "flashVer": DefaultFlashVer, "objectEncoding": 0.0},
			[]string{"pageUrl", "swfUrl"}, 1},
		{"all set", func(url string) Options {
			return Options{URL: url, TCURL: "rtmp://v.example/other?k", App: "third", PageURL: "http://page/",
				SWFURL:   "http://swf/",
				FlashVer: "WIN 1", ObjectEncoding: 3, ConnectArgs: []any{"more", 2.0}}
		}, map[string]any{"app": "third", "tcUrl": "rtmp://v.example/other?k", "pageUrl": "http://page/",
			"swfUrl":   "http://swf/",
			"flashVer": "WIN 1", "objectEncoding": 3.0}, nil, 3},
		{"app from tcUrl", func(url string) Options { return Options{URL: url, TCURL: "rtmp://v.example/other"} },
			map[string]any{"app": "other"}, nil, 1},
		{"own object", func(url string) Options {
			return Options{URL: url, ConnectObject: amf.Object{{Key: "app", Value: "x"}}}
		}, map[string]any{"app": "x"}, []string{"tcUrl", "flashVer"}, 1},
		{"invalid UTF-8 arrives", func(url string) Options { return Options{URL: url, PageURL: "a\xffb"} },
			map[string]any{"pageUrl": "a\ufffdb"}, nil, 1}, // as decoders here replace it
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got := make(chan *command.Command, 1)
			url := serve(t, func(p *peer) {
				got <- p.await("connect")
				p.command(0, command.Result(1, nil, command.ConnectSuccess.Object()))
				p.drain()
			})
			c := dialTest(t, tc.options(url))
			must(t, c.Connect(patient(t)))
			cmd := <-got
			obj, err := cmd.Object(0)
			must(t, err)
			for k, v := range tc.want {
				if obj[k] != v {
					t.Errorf("%s: got %v, want %v", k, obj[k], v)
				}
			}
			for _, k := range tc.absent {
				if v, there := obj[k]; there {
					t.Errorf("%s is there: %v", k, v)
				}
			}
			if len(cmd.Args) != tc.args {
				t.Errorf("%d arguments, want %d", len(cmd.Args), tc.args)
			}
			must(t, c.Close())
		})
	}
}

func publishCam(ctx context.Context, c *Client) error { return c.Publish(ctx, "cam", "live") }
func playCam(ctx context.Context, c *Client) error    { return c.Play(ctx, "cam") }

// refusals are the ways in which a server says no, at every step.
var refusals = []struct {
	name   string
	script func(p *peer)
	step   func(context.Context, *Client) error // nil: connect is the step
	code   string                               // of the *StatusError
	how    How                                  // of the *DisconnectError
	text   string                               // in the error
}{
	{"connect _error", func(p *peer) {
		p.await("connect")
		p.command(0, command.Error(1, nil, command.ConnectRejected.Object()))
		p.drain()
	}, nil, "NetConnection.Connect.Rejected", "", "connect: refused with _error"},
	{"connect _result without success", func(p *peer) {
		p.await("connect")
		p.command(0, command.Result(1, nil, command.ConnectFailed.Object()))
		p.drain()
	}, nil, "NetConnection.Connect.Failed", "", "connect: refused"},
	{"connect FIN", func(p *peer) { p.await("connect"); p.conn.Close() }, nil, "", FIN,
		"connect: server closed the connection (FIN); awaited _result"},
	{"connect RST", func(p *peer) { p.await("connect"); p.reset() }, nil, "", RST, "connect: server reset"},
	{"connect silence", (*peer).drain, nil, "", "",
		"connect: no answer in time; awaited _result NetConnection.Connect.Success, nothing came"},
	{"createStream _error", func(p *peer) {
		p.accept()
		p.command(0, command.Error(p.await("createStream").Transaction, nil, command.CallFailed.Object()))
		p.drain()
	}, publishCam, "NetConnection.Call.Failed", "", "createStream: refused"},
	{"createStream without id", func(p *peer) { p.accept(); p.create(0.5); p.drain() }, publishCam, "", "",
		"createStream: the answer has no stream id"},
	{"publish BadName", func(p *peer) {
		p.accept()
		p.create(1)
		p.await("publish")
		p.status(1, command.PublishBadName)
		p.drain()
	}, publishCam, "NetStream.Publish.BadName", "", "publish: refused with onStatus"},
	{"publish _error", func(p *peer) {
		p.accept()
		p.create(1)
		p.command(1, command.Error(p.await("publish").Transaction, nil, command.PublishDenied.Object()))
		p.drain()
	}, publishCam, "NetStream.Publish.Denied", "", "publish: refused with _error"},
	{"publish FIN after onFCPublish", func(p *peer) {
		p.accept()
		p.create(1)
		p.await("publish")
		p.command(1, &command.Command{Name: "onFCPublish", Args: []any{nil, command.PublishStart.Object()}})
		p.conn.Close()
	}, publishCam, "", FIN, "publish: server closed the connection (FIN); awaited onStatus NetStream.Publish.Start, " +
		"last came onFCPublish NetStream.Publish.Start (status)"},
	{"publish of another stream starts", func(p *peer) {
		p.accept()
		p.create(2)
		p.await("publish")
		p.status(1, command.PublishStart)
		p.conn.Close()
	}, publishCam, "", FIN, "publish: server closed"},
	{"play not found", func(p *peer) {
		p.accept()
		p.create(1)
		p.await("play")
		p.status(1, command.PlayReset)
		p.status(1, command.PlayStreamNotFound)
		p.drain()
	}, playCam, "NetStream.Play.StreamNotFound", "", "play: refused"},
	{"play silence", func(p *peer) { p.accept(); p.create(1); p.drain() }, playCam, "", "",
		"play: no answer in time; awaited onStatus NetStream.Play.Start, nothing came"},
	{"publish answered on another stream", func(p *peer) {
		p.accept()
		p.create(1)
		p.await("publish")
		p.status(7, command.PublishStart)
		p.drain()
	}, publishCam, "", "", "publish: no answer in time; awaited onStatus NetStream.Publish.Start, last came " +
		"onStatus NetStream.Publish.Start (status); there was onStatus NetStream.Publish.Start (status) on message " +
		"stream 7, which is not the one that the command was sent on"},
	{"an answer that cannot be decoded", func(p *peer) {
		p.await("connect")
		p.send(chunk.Message{ChunkStream: 3, Type: 20, Payload: []byte("\x02\x00\x07_result\x00\x3f")})
		p.send(command.WindowAckSize(1 << 20))
		p.drain()
	}, nil, "", "", "connect: no answer in time; awaited _result NetConnection.Connect.Success, last came Window " +
		"Acknowledgement Size; there was what cannot be decoded: an invalid command: rtmp: command: amf: byte 11: a " +
		"number needs 8 bytes, 1 are left"},
	{"garbage", func(p *peer) { p.accept(); p.conn.Write([]byte(strings.Repeat("\xc3garbage", 50))); p.drain() },
		publishCam, "", Protocol, "createStream: server sent what is no valid RTMP"},
}

func TestRefusals(t *testing.T) {
	for _, tc := range refusals {
		t.Run(tc.name, func(t *testing.T) {
			o := Options{URL: serve(t, tc.script), Style: Flash}
			silent := strings.Contains(tc.text, "in time")
			if silent {
				o.Timeout = 300 * time.Millisecond
			}
			c := dialTest(t, o)
			err := c.Connect(patient(t))
			if tc.step != nil {
				must(t, err)
				err = tc.step(patient(t), c)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tc.text) {
				t.Errorf("error %q, want %q in it", err, tc.text)
			}
			var status *StatusError
			if errors.As(err, &status); (status != nil) != (tc.code != "") || status != nil && status.Code != tc.code {
				t.Errorf("status error %v, want code %q", status, tc.code)
			}
			var end *DisconnectError
			if errors.As(err, &end); (end != nil) != (tc.how != "") || end != nil && end.How != tc.how {
				t.Errorf("disconnect error %v, want %q", end, tc.how)
			}
			if errors.Is(err, ErrTimeout) != silent {
				t.Errorf("is a time-out: %v, want %v", !silent, silent)
			}
			if tc.how != "" && over(t, c).How != tc.how {
				t.Errorf("timeline ends by %q, want %q", over(t, c).How, tc.how)
			}
		})
	}
}

func TestStepsEndWithTheirContext(t *testing.T) {
	url := serve(t, func(p *peer) { p.drain() })
	c := dialTest(t, Options{URL: url})
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go cancel(cause)
	if err := c.Connect(ctx); !errors.Is(err, cause) {
		t.Errorf("cancelled step: %v, want the cause", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := c.Await(ctx, func(Event) bool { return false }); !errors.Is(err, ErrTimeout) {
		t.Errorf("late await: %v, want ErrTimeout", err)
	}
}

func TestOtherSteps(t *testing.T) {
	url := serve(t, func(p *peer) {
		if !p.accept() {
			return
		}
		for _, name := range []string{"releaseStream", "FCPublish"} {
			p.command(0, command.Result(p.await(name).Transaction, nil, nil))
		}
		p.create(1)
		p.await("play")
		p.status(1, command.PlayStart)
		p.await("pause")
		p.status(1, command.PauseNotify)
		p.await("pause")
		p.status(1, command.UnpauseNotify)
		p.await("seek")
		p.status(1, command.SeekFailed)
		p.await("FCUnpublish")
		p.command(0, &command.Command{Name: "onFCUnpublish", Args: []any{nil, command.UnpublishSuccess.Object()}})
		p.command(0, command.Result(p.await("getStreamLength").Transaction, nil, 12.5))
		p.command(0, command.Error(p.await("nonsense").Transaction, nil, command.CallFailed.Object()))
		p.drain()
	})
	c := dialTest(t, Options{URL: url})
	ctx := patient(t)
	must(t, c.Connect(ctx))
	must(t, c.ReleaseStream(ctx, "s"))
	must(t, c.FCPublish(ctx, "s"))
	must(t, c.Play(ctx, "s"))
	must(t, c.Pause(ctx, true))
	must(t, c.Pause(ctx, false))
	var refused *StatusError
	if err := c.Seek(ctx, time.Second); !errors.As(err, &refused) || refused.Code != "NetStream.Seek.Failed" {
		t.Errorf("seek: %v, want NetStream.Seek.Failed", err)
	}
	must(t, c.FCUnpublish(ctx, "s"))
	ev, err := c.Call(ctx, "getStreamLength", "s")
	must(t, err)
	if len(ev.Args) != 2 || ev.Args[1] != 12.5 {
		t.Errorf("getStreamLength gave %v", ev.Args)
	}
	if _, err := c.Call(ctx, "nonsense"); !errors.As(err, &refused) {
		t.Errorf("nonsense: %v, want a refusal", err)
	}
	must(t, c.Leave())
}

// TestPendingPublish is the shape of a test that holds a hook's answer.
func TestPendingPublish(t *testing.T) {
	gate := make(chan struct{})
	url := serve(t, func(p *peer) {
		p.accept()
		p.create(1)
		p.await("publish")
		<-gate
		p.status(1, command.PublishStart)
		p.drain()
	})
	for _, quiet := range []bool{false, true} {
		c := dialTest(t, Options{URL: url, Quiet: quiet})
		ctx := patient(t)
		if err := c.AwaitPublish(ctx); !errors.Is(err, errNotAsked) {
			t.Errorf("await before publish: %v", err)
		}
		must(t, c.Connect(ctx))
		_, err := c.CreateStream(ctx)
		must(t, err)
		must(t, c.SendPublish("s", ""))
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		if err := c.AwaitPublish(short); !quiet && !errors.Is(err, ErrTimeout) {
			t.Errorf("pending publish: %v, want a time-out", err)
		}
		cancel()
		if !quiet {
			close(gate)
		}
		must(t, c.AwaitPublish(ctx))
		must(t, c.AwaitPublish(ctx)) // the answer stays
		must(t, c.Close())
	}
}
