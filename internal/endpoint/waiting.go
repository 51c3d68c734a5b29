package endpoint

// waits puts a connection at the end of those that wait for a request.
func (e *Endpoint) waits(c *conn) {
	if !e.opts.MakeRoom {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.waiting == nil {
		c.waiting = e.waiting.PushBack(c)
	}
}

// speaks takes it out again.
func (e *Endpoint) speaks(c *conn) {
	if !e.opts.MakeRoom {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unlist(c)
}

func (e *Endpoint) unlist(c *conn) {
	if c.waiting != nil {
		e.waiting.Remove(c.waiting)
		c.waiting = nil
	}
}

// makeRoom ends the connection that has waited for a request longest, and
// reports whether there was one. Its goroutine goes on its own.
func (e *Endpoint) makeRoom() bool {
	first := e.waiting.Front()
	if first == nil {
		return false
	}
	c := first.Value.(*conn)
	e.unlist(c)
	delete(e.conns, c)
	c.raw.Close()
	return true
}
