package order

// ring holds the newest strings up to its size.
type ring struct {
	size int
	all  []string
	next int
}

// push adds s. If the ring is full, it returns the string that it replaced.
func (r *ring) push(s string) (old string, full bool) {
	if len(r.all) < r.size {
		r.all = append(r.all, s)
		return "", false
	}
	old, r.all[r.next] = r.all[r.next], s
	r.next = (r.next + 1) % r.size
	return old, true
}
