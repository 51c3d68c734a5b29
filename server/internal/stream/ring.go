package stream

// ring keeps the packets first to end()-1 by their number, which counts all packets of a stream.
type ring struct {
	memory  *memory
	packets []*packet
	first   uint64
	bytes   int
	newest  uint64 // number of the newest keyframe, plus 1; 0: none
}

func (r *ring) end() uint64 { return r.first + uint64(len(r.packets)) }

// at returns a packet that is in the ring.
func (r *ring) at(number uint64) *packet { return r.packets[number-r.first] }

func (r *ring) push(p *packet) {
	if p.kind == kindKeyframe {
		r.newest = r.end() + 1
	}
	r.memory.keep(p)
	r.packets = append(r.packets, p)
	r.bytes += p.cost()
}

// pop lets go of the oldest packet.
func (r *ring) pop() {
	r.bytes -= r.packets[0].cost()
	r.memory.let(r.packets[0])
	r.packets[0] = nil // the slice below keeps the array alive
	r.packets = r.packets[1:]
	r.first++
}

// keyframe returns the number of the newest keyframe if it is still there.
func (r *ring) keyframe() (number uint64, ok bool) {
	if r.newest == 0 || r.newest-1 < r.first {
		return 0, false
	}
	return r.newest - 1, true
}

// forget makes the next keyframe the first one: what is in the ring belongs to a publication that is over.
func (r *ring) forget() { r.newest = 0 }

// clear lets go of everything: players that have not got it go on with the next keyframe.
func (r *ring) clear() {
	r.forget()
	for len(r.packets) > 0 {
		r.pop()
	}
	r.packets = nil // the array too
}
