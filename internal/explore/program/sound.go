package program

// Sound reports whether a program asks of nobody what its own steps rule out, as to
// publish on a connection that it never opened, or a second stream beside the
// first. Those that are drawn are sound.
func (p Program) Sound() bool {
	state := map[string]clientState{}
	for i := range p {
		for _, client := range p[i].Acting() {
			next, ok := p[i].after(state[client])
			if !ok {
				return false
			}
			state[client] = next
		}
	}
	return true
}

// after returns the state of a client after a step; false where the step cannot be.
func (s *Step) after(was clientState) (clientState, bool) {
	switch s.Kind {
	case Connect:
		return connected, was == absent
	case Enter, AtOnce:
		return busy, was == absent
	case Again:
		return busy, was == connected || was == idle
	case End:
		if s.Command == "deleteStream" {
			return ended, was == busy
		}
		return idle, was == busy
	case Pause, Seek:
		return was, was == busy
	case Go, Kick:
		return gone, was != absent && was != gone
	case Answer, Hold:
		return was, s.Event != "on_connect" || was == absent
	}
	return was, true
}
