package loadgen

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxSources bounds a range of addresses.
const maxSources = 65536

// ParseSources reads local addresses to connect from: "127.0.0.2-127.0.0.9",
// single ones, and several of both separated by commas.
func ParseSources(text string) ([]string, error) {
	var all []string
	for _, part := range strings.Split(text, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		a, err1 := netip.ParseAddr(from)
		b, err2 := netip.ParseAddr(to)
		if err1 != nil || err2 != nil || a.Is4() != b.Is4() || b.Less(a) {
			return nil, fmt.Errorf("%q: want addresses like 127.0.0.2-127.0.0.9", part)
		}
		for ; ; a = a.Next() {
			if len(all) >= maxSources {
				return nil, fmt.Errorf("%q: want at most %d addresses", part, maxSources)
			}
			all = append(all, a.String())
			if a == b {
				break
			}
		}
	}
	return all, nil
}
