package rtmpdefect

import (
	"bytes"

	"hookproof/internal/mutant"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
)

// connectRows are variants of when on_connect is asked, in profiles that ask it after connect is answered.
var connectRows = []mutant.Row{
	{Name: "connect-early", Defect: "on_connect is asked as soon as connect is answered, before a stream is named",
		Variant: true, Profiles: sinceSRS3, Peer: spoken(asksEarly)},
	{Name: "connect-late", Defect: "on_connect is asked at publish or play alone, not at releaseStream", Variant: true,
		Profiles: sinceSRS3, Peer: spoken(asksLate)},
}

// inserted is the transaction of a command that the client did not send.
const inserted = 1 << 20

// asksEarly has the server ask on_connect directly after it has answered connect: a releaseStream without a name is
// put after the client's connect. Its answer is kept from the client.
func asksEarly(*world) *rtmpDefect {
	release := command.Command{Name: "releaseStream", Transaction: inserted, Args: []any{nil, ""}}
	var sent bytes.Buffer
	if m, err := release.Message(command.CommandChunks, 0); err == nil { // it is a constant
		w := chunk.NewWriter(&sent)
		_, _ = w.Write(&m), w.Flush() // to memory
	}
	return &rtmpDefect{
		rewrites: true,
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c != nil && c.Name == "connect" {
				s.up.unsent = append(s.up.unsent, sent.Bytes()...)
			}
		},
		down: func(_ *session, _ *chunk.Message, c *command.Command) bool {
			return c == nil || c.Transaction != inserted
		},
	}
}

// asksLate has the server ask on_connect at publish or play: it gets an unknown command in the place of releaseStream,
// whose error becomes the result that the client waits for.
func asksLate(*world) *rtmpDefect {
	known, unknown := []byte("releaseStream"), []byte("ignoredStream")
	return &rtmpDefect{
		rewrites: true,
		up: func(s *session, _ *chunk.Message, c *command.Command) {
			if c == nil || c.Name != string(known) {
				return
			}
			if i := bytes.LastIndex(s.up.unsent, known); i >= 0 {
				copy(s.up.unsent[i:], unknown)
				s.set(func(s *session) { s.ignored = c.Transaction })
			}
		},
		down: func(s *session, _ *chunk.Message, c *command.Command) bool {
			ignored := get(s, func(s *session) float64 { return s.ignored })
			if c == nil || c.Name != "_error" || ignored == 0 || c.Transaction != ignored {
				return true
			}
			if m, err := command.Result(ignored, nil, nil).Message(command.CommandChunks, 0); err == nil {
				s.tell(m)
			}
			return false
		},
	}
}
