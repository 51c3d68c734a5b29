package account

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
)

// Keys makes and finds the keys of one run's clients.
type Keys struct{ prefix string }

// NewKeys gives the keys of a run. The run's name should differ from those of
// earlier runs against the same server: lower-case letters and digits.
func NewKeys(run string) Keys { return Keys{prefix: "lg" + run + "x"} }

// Of gives the key of the client of that index.
func (k Keys) Of(client int) string { return k.prefix + strconv.Itoa(client) + "z" }

// Find gives the client whose key stands in s; -1 for none.
func (k Keys) Find(s string) int {
	at := strings.Index(s, k.prefix)
	if at < 0 {
		return -1
	}
	rest := s[at+len(k.prefix):]
	end := strings.IndexByte(rest, 'z')
	if end < 1 || end > 9 {
		return -1
	}
	n, err := strconv.Atoi(rest[:end])
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// inPayload finds a client's key in what an event tells of it, wherever the
// server has put it.
func (k Keys) inPayload(pl *hook.Payload) int {
	for _, s := range [...]*string{&pl.PageURL, &pl.Param, &pl.TCURL, &pl.Stream, &pl.App} {
		if n := k.Find(*s); n >= 0 {
			return n
		}
	}
	return -1
}

// Name is what reports call a client.
func Name(client int) string {
	if client < 0 {
		return "unknown client"
	}
	return fmt.Sprintf("c%05d", client)
}
