package endpoint

import "fmt"

// Down stops listening and resets all connections, as a hook server does that
// was killed: callers are refused until Up.
func (e *Endpoint) Down() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if e.down {
		return nil
	}
	e.down = true
	e.stopLocked(true)
	for _, l := range e.listeners {
		l.held = reserve(l.addr)
	}
	return nil
}

// Up listens again at the addresses held before Down, whose ports are kept
// meanwhile. Where they cannot be kept (elsewhere than on Linux) it fails if
// somebody took one; then the endpoint stays down and Up may be tried again.
func (e *Endpoint) Up() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if !e.down {
		return nil
	}
	for i, l := range e.listeners {
		if err := l.open(l.addr); err != nil {
			for _, opened := range e.listeners[:i] {
				opened.stop()
				opened.held = reserve(opened.addr)
			}
			return fmt.Errorf("endpoint: up again: %w", err)
		}
	}
	e.down = false
	e.cut = make(chan struct{})
	for _, l := range e.listeners {
		l.start()
	}
	return nil
}

// Close stops listening, closes all connections, those with held answers
// included, and waits for everything to end: also for answers that are still
// being decided.
func (e *Endpoint) Close() error {
	e.mu.Lock()
	if !e.closed {
		e.closed = true
		if !e.down {
			e.stopLocked(false)
		}
		for _, l := range e.listeners {
			l.release()
		}
	}
	e.mu.Unlock()
	e.wg.Wait()
	return nil
}

// stopLocked ends listeners and connections without waiting for them. A
// connection is told last: once told, it would close by itself, with a FIN.
func (e *Endpoint) stopLocked(reset bool) {
	for _, l := range e.listeners {
		l.stop()
	}
	for c := range e.conns {
		if reset {
			c.reset()
		} else {
			c.raw.Close()
		}
	}
	close(e.cut)
}
