package account

import (
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
)

// Keys makes and finds the keys of one run's clients.
type Keys struct{ prefix string }

// NewKeys returns the keys of a run. The run's name should differ from those of
// earlier runs against the same server: lower-case letters and digits.
func NewKeys(run string) Keys { return Keys{prefix: "lg" + run + "x"} }

// Of returns the key of the client of that index.
func (k Keys) Of(client int) string { return k.prefix + strconv.Itoa(client) + "z" }

// Nobody is the client of a request that carries no key of the run.
const Nobody = -1

// Probe returns the client of the n-th probe, n from 0. Probes are no clients of the plan, and are not
// accounted for.
func Probe(n int) int { return Nobody - 1 - n }

// IsProbe reports whether a client is a probe.
func IsProbe(client int) bool { return client < Nobody }

// OfProbe returns the key of the n-th probe.
func (k Keys) OfProbe(n int) string { return k.prefix + "p" + strconv.Itoa(n) + "z" }

// Find returns the client whose key is in s, or Nobody.
func (k Keys) Find(s string) int {
	at := strings.Index(s, k.prefix)
	if at < 0 {
		return Nobody
	}
	rest, isProbe := strings.CutPrefix(s[at+len(k.prefix):], "p")
	end := strings.IndexByte(rest, 'z')
	if end < 1 || end > 9 {
		return Nobody
	}
	n, err := strconv.Atoi(rest[:end])
	switch {
	case err != nil || n < 0:
		return Nobody
	case isProbe:
		return Probe(n)
	}
	return n
}

// InPayload finds a client's key in an event's payload, wherever the server has put it.
func (k Keys) InPayload(pl *hook.Payload) int {
	for _, s := range [...]*string{&pl.PageURL, &pl.Param, &pl.TCURL, &pl.Stream, &pl.App} {
		if n := k.Find(*s); n != Nobody {
			return n
		}
	}
	return Nobody
}

// Name is what reports call a client.
func Name(client int) string {
	switch {
	case client == Nobody:
		return "unknown client"
	case IsProbe(client):
		return fmt.Sprintf("probe %d", Nobody-client)
	}
	return fmt.Sprintf("c%05d", client)
}
