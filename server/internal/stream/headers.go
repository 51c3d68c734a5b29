package stream

import "slices"

// slot is what a header configures. A new header replaces the one in its slot.
type slot struct {
	kind  kind
	track uint8 // of Enhanced RTMP; 0 for media without tracks
	extra bool  // it says something beside the decoder's configuration: colours, channels
}

// mostHeaders bounds the headers that a stream keeps, in bytes. Those of real encoders have some hundred.
const mostHeaders = 1 << 20

// headers are the newest metadata and sequence headers of a publication, in the order in which players want them:
// metadata, video, audio, of each the oldest first. Immutable: replaced, never changed.
type headers struct {
	packets []*packet
	size    int // what packets cost
}

// with returns the headers with a new one. One for which there is no room is left out, and the one before it too.
func (h *headers) with(p *packet) *headers {
	next := &headers{packets: make([]*packet, 0, len(h.packets)+1)}
	for _, old := range h.packets {
		if old.slot() != p.slot() {
			next.packets = append(next.packets, old)
			next.size += old.cost()
		}
	}
	if next.size+p.cost() > mostHeaders {
		return next
	}
	at := len(next.packets)
	for at > 0 && next.packets[at-1].kind > p.kind {
		at--
	}
	next.packets = slices.Insert(next.packets, at, p)
	next.size += p.cost()
	return next
}

// list returns the headers in the order in which players want them.
func (h *headers) list() []*packet { return h.packets[:len(h.packets):len(h.packets)] }

// meta is the metadata, nil where there is none.
func (h *headers) meta() *packet {
	if len(h.packets) > 0 && h.packets[0].kind == kindMeta {
		return h.packets[0]
	}
	return nil
}
