package rtmpdefect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"hookproof/hook"
	"hookproof/internal/mutant"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/tcpproxy"
)

// variantRows are servers that differ from ours in a legal way.
var variantRows = []mutant.Row{
	{Name: "extra-keys", Defect: "every event has more keys than the profile lists", Variant: true,
		Peer: hooked(body(extraKeys))},
	{Name: "keys-reversed", Defect: "the keys come in reverse order", Variant: true, Peer: hooked(body(reversedKeys))},
	{Name: "json-indented", Defect: "the JSON is indented", Variant: true, Peer: hooked(body(indented))},
	{Name: "json-escaped", Defect: "slashes and non-ASCII characters are escaped in lower case", Variant: true,
		Peer: hooked(body(escaped))},
	{Name: "header-lower-case", Defect: "names of header fields are in lower case", Variant: true,
		Peer: hooked(change(lowerFields))},
	{Name: "content-type-with-charset", Defect: "Content-Type names the character set", Variant: true,
		Peer: hooked(field("Content-Type", "application/json; charset=utf-8"))},
	{Name: "connection-per-event", Defect: "each event has a connection of its own", Variant: true,
		Peer: hooked(hookFunc(ownConnection))},
	{Name: "hooks-late", Defect: "each event is sent 20 ms after its cause", Variant: true,
		Peer: hooked(hookFunc(takesTime))},
	{Name: "connect-once", Defect: "on_connect comes only with the first stream", Variant: true, Profiles: sinceSRS3,
		Peer: hooked(hookFunc(connectsOnce))},
	{Name: "connect-of-idle", Defect: "on_connect comes even without a stream", Variant: true, Profiles: sinceSRS3,
		Peer: hooked(on(connectOfIdle, hook.OnClose))},
	{Name: "tcurl-params-after-own", Defect: "param ends with tcUrl's parameters, once", Variant: true,
		Profiles: sinceSRS3,
		Peer:     hooked(body(queryOnce))},
	{Name: "continue-read", Defect: "the answer after 100 Continue counts", Variant: true, Slow: true,
		Peer: hooked(on(readsPastContinue, opening...))},
	{Name: "headerless-refused", Defect: "an answer without any header field is refused", Variant: true, Slow: true,
		Peer: hooked(rejects(headerless))},
	{Name: "drops-by-reset", Defect: "clients are disconnected by RST, not by FIN", Variant: true,
		Peer: spoken(dropsByReset)},
	{Name: "busy-unasked", Defect: "a second publisher is turned away before its hook is asked", Variant: true,
		Peer: spoken(busyUnasked)},
}

// extraKeys adds keys that no profile has.
func extraKeys(b []byte) []byte {
	const more = `,"x_viewers":2,"x_extra":{"list":[1,null,"x"],"deep":{"y":true}}}`
	return append(bytes.TrimSuffix(bytes.Clone(b), []byte("}")), more...)
}

// reversedKeys turns the order of the keys round.
func reversedKeys(b []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return b
	}
	var pairs []string
	for d.More() {
		key, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return b
		}
		pairs = append(pairs, fmt.Sprintf("%q:%s", key, value)) // names of keys are plain
	}
	slices.Reverse(pairs)
	return []byte("{" + strings.Join(pairs, ",") + "}")
}

// indented puts blanks and newlines between the parts.
func indented(b []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, b, " ", "\t") != nil {
		return b
	}
	return out.Bytes()
}

// escaped escapes more than must be.
func escaped(b []byte) []byte {
	var out strings.Builder
	for _, r := range string(b) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r < 0x80:
			out.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, unit)
			}
		}
	}
	return []byte(out.String())
}

// lowerFields writes names of header fields in lower case.
func lowerFields(r *request) {
	for i, f := range r.fields {
		if name, value, ok := strings.Cut(f, ":"); ok {
			r.fields[i] = strings.ToLower(name) + ":" + value
		}
	}
}

// ownConnection sends an event over a connection that ends after it.
func ownConnection(x *exchange) {
	x.req.setField("Connection", "close")
	x.relay(x.ask())
}

// takesTime sends an event a little later.
func takesTime(x *exchange) {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-x.ctx.Done():
	}
	x.pass()
}

// connectsOnce sends on_connect with the first stream of a connection only.
func connectsOnce(x *exchange) {
	switch {
	case x.req.known && (x.req.event == hook.OnPublish || x.req.event == hook.OnPlay):
		x.client.streams++
	case x.req.known && x.req.event == hook.OnConnect && x.client.streams > 0:
		drop(x)
		return
	}
	x.pass()
}

// connectOfIdle tells on_connect of a client that has named no stream, before
// its on_close.
func connectOfIdle(x *exchange) {
	pl := x.req.payload
	if x.client.last[hook.OnConnect] == nil && strings.HasPrefix(x.req.target(), "/hooks/default/") {
		idle := hook.Payload{ClientID: pl.ClientID, IP: pl.IP, VHost: pl.VHost, App: pl.App,
			TCURL: "rtmp://127.0.0.1/" + pl.App}
		x.call(x.world.compose(hook.OnConnect, idle))
	}
	x.pass()
}

// queryOnce has the parameters of tcUrl follow those of the stream.
func queryOnce(b []byte) []byte {
	_, query, ok := strings.Cut(text(b, "tcUrl"), "?")
	s, is := find(b, "param")
	if !ok || !is || b[s.value] != '"' || strings.Contains(text(b, "param"), "?"+query) {
		return b
	}
	return setText(b, "param", text(b, "param")+"?"+query)
}

// headerless reports whether an answer has no header field at all.
func headerless(a *answer) bool {
	_, rest, _ := bytes.Cut(a.raw, []byte("\r\n"))
	return bytes.HasPrefix(rest, []byte("\r\n"))
}

// readsPastContinue waits for the answer after an interim one.
func readsPastContinue(x *exchange) {
	c, err := tcpproxy.Dial(x.ctx, x.conn.upstream, nil)
	if err != nil {
		x.relay(noAnswer(err))
		return
	}
	defer c.Close()
	if _, err := c.Write(x.req.bytes()); err != nil {
		x.relay(noAnswer(err))
		return
	}
	br := bufio.NewReader(c)
	const interim = "HTTP/1.1 100 Continue\r\n\r\n"
	if head, _ := br.Peek(len(interim)); string(head) == interim {
		_, _ = br.Discard(len(interim)) // they were peeked at
	}
	x.relay(readAnswer(br))
}

// dropsByReset resets the connections of clients that the server disconnects.
func dropsByReset(*world) *rtmpDefect {
	return &rtmpDefect{ended: func(s *session, _ error) bool {
		if !get(s, present) {
			return true
		}
		tcpproxy.Reset(s.client)
		return false
	}}
}

// busyUnasked cuts off a client that publishes a stream that has a publisher.
func busyUnasked(*world) *rtmpDefect {
	return &rtmpDefect{rewrites: true, up: func(s *session, _ *chunk.Message, c *command.Command) {
		if c == nil || c.Name != "publish" {
			return
		}
		ch := s.channel()
		ch.mu.Lock()
		busy := ch.publisher != nil && ch.publisher != s
		ch.mu.Unlock()
		if busy {
			s.cut()
		}
	}}
}
