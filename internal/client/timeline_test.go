package client

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/yutopp/go-rtmp/message"

	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

func TestTimelineHasEverything(t *testing.T) {
	url := serve(t, func(p *peer) {
		p.await("connect")
		p.send(command.WindowAckSize(2500000), command.SetPeerBandwidth(2500000, command.LimitDynamic),
			command.SetChunkSize(4096))
		p.command(0, command.Result(1, nil, command.ConnectSuccess.Object()))
		p.create(1)
		p.await("play")
		p.send(command.UserControl{Event: command.StreamBegin, Value: 1}.Message())
		p.status(1, command.PlayStart)
		meta, err := command.Data(command.DataChunks, 1, "onMetaData", map[string]any{"width": 320.0})
		if err != nil {
			t.Error(err)
		}
		p.send(meta,
			chunk.Message{ChunkStream: 5, Type: 16, Stream: 1, Payload: []byte{1, 2}},
			chunk.Message{ChunkStream: 3, Type: message.TypeIDCommandMessageAMF0, Payload: []byte{0xff}},
			chunk.Message{ChunkStream: 2, Type: message.TypeIDUserCtrl, Payload: []byte{0}})
		p.conn.Close()
	})
	var mu sync.Mutex
	var observed []Event
	c := dialTest(t, Options{URL: url, Observe: func(ev Event) {
		mu.Lock()
		defer mu.Unlock()
		observed = append(observed, ev)
	}})
	ctx := patient(t)
	must(t, c.Connect(ctx))
	must(t, c.Play(ctx, "s"))
	over(t, c)
	evs := c.Events()
	if len(observed) != len(evs) {
		t.Errorf("observed %d events, kept %d", len(observed), len(evs))
	}
	want := map[Kind][]string{
		Dialed: {strings.TrimSuffix(strings.TrimPrefix(url, "rtmp://"), "/live")}, HandshakeDone: {""},
		Sent:        {"connect", "createStream", "play"},
		Received:    {"_result", "_result"},
		Status:      {"onStatus"},
		UserControl: {"StreamBegin"},
		Control:     {"Window Acknowledgement Size", "Set Peer Bandwidth", "message of type 16"},
		Data:        {"onMetaData"},
		Invalid:     {"command", "user control message"},
	}
	for kind, names := range want {
		equal(t, "kind", named(evs, kind), names)
	}
}

// TestFloodIsBounded: a server cannot fill our memory with events.
func TestFloodIsBounded(t *testing.T) {
	const commands = 6000
	url := serve(t, func(p *peer) {
		big := strings.Repeat("x", 1000)
		for range commands {
			m, err := (&command.Command{Name: "flood", Args: []any{nil, big}}).Message(3, 0)
			if err != nil {
				t.Error(err)
				return
			}
			if p.w.Write(&m) != nil {
				return
			}
		}
		p.w.Flush()
		p.conn.Close()
	})
	c := dialTest(t, Options{URL: url})
	ev := over(t, c)
	if ev.Seq < commands {
		t.Errorf("only %d events happened", ev.Seq)
	}
	evs := c.Events()
	if len(evs) > maxEvents+1 || evs[len(evs)-1].Kind != Disconnected {
		t.Errorf("%d events were kept", len(evs))
	}
	args := 0
	for i := range evs {
		if evs[i].Args != nil {
			args += evs[i].Size
		}
	}
	if args > maxArgs {
		t.Errorf("arguments of %d bytes were kept", args)
	}
}

// TestClientAnswers: pings, windows and bandwidth are answered as clients do.
func TestClientAnswers(t *testing.T) {
	got := make(chan []message.TypeID, 1)
	url := serve(t, func(p *peer) {
		p.send(command.WindowAckSize(1000), command.SetPeerBandwidth(5000, command.LimitHard),
			command.UserControl{Event: command.PingRequest, Value: 77}.Message(),
			chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Payload: make([]byte, 3000)})
		var types []message.TypeID
		for !slices.Contains(types, message.TypeIDAck) || !slices.Contains(types, message.TypeIDUserCtrl) {
			m, ok := p.next()
			if !ok {
				break
			}
			types = append(types, m.Type)
			if m.Type == message.TypeIDUserCtrl {
				if u, err := command.ParseUserControl(&m); err != nil || u.Event != command.PingResponse ||
					u.Value != 77 {
					t.Errorf("ping was answered with %v, %v", u, err)
				}
			}
		}
		got <- types
	})
	c := dialTest(t, Options{URL: url})
	types := <-got
	for _, want := range []message.TypeID{message.TypeIDAck, message.TypeIDWinAckSize, message.TypeIDUserCtrl} {
		if !slices.Contains(types, want) {
			t.Errorf("no message of type %d among %v", want, types)
		}
	}
	if _, err := c.Await(patient(t), func(ev Event) bool { return ev.Kind == Acknowledgement }); err != nil {
		t.Error(err)
	}
	must(t, c.Close())
}

// TestObserveMaySend: a client can be driven from its observer alone.
func TestObserveMaySend(t *testing.T) {
	url := serve(t, func(p *peer) { p.publish(); p.drain() })
	var c *Client
	started, ready := make(chan struct{}), make(chan struct{})
	o := Options{URL: url, Quiet: true, Style: Flash, Observe: func(ev Event) {
		switch {
		case ev.Name == "_result" && ev.Transaction == 1:
			<-ready
			_ = c.SendCreateStream()
		case ev.Name == "_result":
			c.UseStream(1)
			_ = c.SendPublish("s", "")
		case ev.Code == publishStart:
			close(started)
			_ = c.BeginClose()
		}
	}}
	c = dialTest(t, o)
	close(ready)
	must(t, c.SendConnect())
	<-started
	if ev := over(t, c); ev.How != Local {
		t.Errorf("ended by %q", ev.How)
	}
	if n := len(c.Events()); n != 0 {
		t.Errorf("a quiet client keeps %d events", n)
	}
}

// TestChunkSizesAndHugeMessages: the server changes its chunk size as it likes,
// and we change ours.
func TestChunkSizesAndHugeMessages(t *testing.T) {
	sizes := []int{1, 128, 65536, 5, 1 << 24}
	echo := make(chan int, len(sizes))
	url := serve(t, func(p *peer) {
		for _, n := range sizes {
			m, ok := p.next()
			if !ok {
				break
			}
			echo <- len(m.Payload)
			p.send(command.SetChunkSize(uint32(n)), chunk.Message{ChunkStream: 6, Type: 9, Stream: 1,
				Payload: make([]byte, 100*n%(4<<20)+1)})
		}
		p.drain()
	})
	c := dialTest(t, Options{URL: url})
	want := uint64(0)
	for i, n := range sizes {
		set := command.SetChunkSize(uint32(n))
		must(t, c.SendMessage(&set))
		must(t, c.SendMessage(&chunk.Message{ChunkStream: 6, Type: 9, Stream: 1, Payload: make([]byte, 5000+i)}))
		want += uint64(100*n%(4<<20) + 1)
	}
	_, err := c.Await(patient(t), func(ev Event) bool { return c.Counters().MediaBytes == want })
	must(t, err)
	for i := range sizes {
		if got := <-echo; got != 5000+i {
			t.Errorf("message %d arrived with %d bytes", i, got)
		}
	}
	must(t, c.Close())
}
