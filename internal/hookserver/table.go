package hookserver

import (
	"container/list"
	"crypto/sha256"
	"strconv"
)

// clientKey tells clients apart in little memory: two media servers may give
// the same client_id, and a client_id may be as long as a body.
type clientKey [sha256.Size]byte

// keyOf makes one key of several texts; no two lists of texts make the same.
func keyOf(texts ...string) clientKey {
	var b []byte
	for _, t := range texts {
		b = append(strconv.AppendInt(b, int64(len(t)), 10), ':')
		b = append(b, t...)
	}
	return sha256.Sum256(b)
}

// row is something open that the page shows: a connection, or a stream that a
// client publishes or plays. Texts are as shown.
type row struct {
	client, what clientKey // what: the stream; zero for a connection

	ID     string  `json:"id"`
	IP     string  `json:"ip"`
	VHost  string  `json:"vhost"`
	App    string  `json:"app"`
	Stream *string `json:"stream,omitempty"` // nil for a connection
	Page   string  `json:"page,omitempty"`
	Since  int64   `json:"since"` // ms since 1970
}

// table holds what is open of one kind, in order of opening. Opening what is
// open and closing what is not change nothing, so events may be repeated, late
// or missing. Beyond max rows the oldest is forgotten.
type table struct {
	max       int
	order     list.List // of *row
	byClient  map[clientKey][]*list.Element
	forgotten int64
}

func newTable(most int) *table {
	return &table{max: most, byClient: make(map[clientKey][]*list.Element)}
}

// open adds r, unless it is there: then the old one stays and is seen as the
// newest, with its old beginning.
func (t *table) open(r *row) {
	for _, el := range t.byClient[r.client] {
		if old := el.Value.(*row); old.what == r.what {
			t.order.MoveToBack(el)
			return
		}
	}
	t.byClient[r.client] = append(t.byClient[r.client], t.order.PushBack(r))
	if t.order.Len() > t.max {
		t.remove(t.order.Front())
		t.forgotten++
	}
}

// close removes what the client has open under that key.
func (t *table) close(client, what clientKey) {
	for _, el := range t.byClient[client] {
		if el.Value.(*row).what == what {
			t.remove(el)
			return
		}
	}
}

// closeAll removes everything of a client.
func (t *table) closeAll(client clientKey) {
	for _, el := range t.byClient[client] {
		t.order.Remove(el)
	}
	delete(t.byClient, client)
}

func (t *table) remove(el *list.Element) {
	client := el.Value.(*row).client
	t.order.Remove(el)
	var left []*list.Element
	for _, other := range t.byClient[client] {
		if other != el {
			left = append(left, other)
		}
	}
	if left == nil {
		delete(t.byClient, client)
		return
	}
	t.byClient[client] = left
}

// newest returns up to n rows, the newest first.
func (t *table) newest(n int) []*row {
	rows := make([]*row, 0, min(n, t.order.Len()))
	for el := t.order.Back(); el != nil && len(rows) < n; el = el.Prev() {
		rows = append(rows, el.Value.(*row))
	}
	return rows
}
