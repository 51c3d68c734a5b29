package rtmptarget

import (
	"context"
	"fmt"

	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/reports"
)

// AnotherAddress is a second loopback address for clients to come from.
const AnotherAddress = "127.0.0.2"

// garbage is what no RTMP peer sends.
var garbage = []byte("GET / HTTP/1.1\r\nHost: " +
	"hookproof\r\n\r\n\xff\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")

// Peer comes as a peer that never completes connect, and goes. Requests that
// belong to no scene are looked at from now on: such a peer has no name.
func (s *Scene) Peer(ctx context.Context, how string) error {
	s.WatchStrays()
	raw, say := true, []byte(nil)
	switch how {
	case "opens a TCP connection":
	case "completes the handshake":
		raw = false
	case "sends half a handshake":
		say = client.HandshakeBytes()[:700]
	case "sends garbage":
		say = garbage
	case "sends garbage after the handshake":
		raw, say = false, garbage
	default:
		return fmt.Errorf("no peer is known that %q", how)
	}
	o := client.Options{URL: "rtmp://" + s.Target.Addr + "/" + s.Facts.App, Timeout: longest, Linger: -1,
		Observe: (&Actor{Name: "Peer", scene: s}).observe}
	ctx, cancel := s.Within(ctx)
	defer cancel()
	dial := client.Dial
	if raw {
		dial = client.DialRaw
	}
	c, err := dial(ctx, o)
	if err != nil {
		s.Trouble(err)
		return fmt.Errorf("a peer that %s: %w", how, err)
	}
	if say != nil {
		c.Raw(say) // the server may well be gone before it is all sent
	}
	c.Close()
	<-c.Done()
	return nil
}

// WatchStrays records, as nobody's, the requests that belong to no scene and
// speak of this machine's address.
func (s *Scene) WatchStrays() {
	r := s.Target.router
	r.mu.Lock()
	defer r.mu.Unlock()
	r.strays = append(r.strays, s)
}

// stray records a request that belongs to no scene.
func (s *Scene) stray(q *endpoint.Request) {
	if q.Payload != nil && q.Payload.IP != "" && q.Payload.IP != s.Facts.IP {
		return
	}
	a := &arrival{event: q.Event, known: q.HasEvent}
	a.vhost, a.url = parseTarget(q.Target)
	o := observation(a, q)
	o.T, o.Kind = s.Log.At(q.Arrived), reports.KindHook
	s.Log.Add(o)
}
