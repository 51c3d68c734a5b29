package rig

import (
	"fmt"
	"net/netip"
	"os"
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
			return nil, fmt.Errorf("%q: expected addresses like 127.0.0.2-127.0.0.9", part)
		}
		for ; ; a = a.Next() {
			if len(all) >= maxSources {
				return nil, fmt.Errorf("%q: expected at most %d addresses", part, maxSources)
			}
			all = append(all, a.String())
			if a == b {
				break
			}
		}
	}
	return all, nil
}

// Ports says how many connections one local address can have to one server, by
// the system's range of ports; false where that is not to be seen.
func Ports() (int, bool) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, false
	}
	var low, high int
	if _, err := fmt.Sscan(string(text), &low, &high); err != nil || high < low {
		return 0, false
	}
	return high - low + 1, true
}
