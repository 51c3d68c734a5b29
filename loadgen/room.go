package loadgen

import (
	"fmt"
	"os"

	"hookproof/internal/cli"
)

// Open files that are needed besides those of the clients.
const (
	spareFiles = 1200   // connections of the server to our endpoint, and a few
	maxHooks   = 50_000 // connections that an endpoint takes at once
)

// slice is how many of n fall on one shard, rounded up.
func (c *Config) slice(n int) int {
	of := max(c.Shard.Of, 1)
	return (n + of - 1) / of
}

// needs returns how many connections this process opens at once, and how many files it needs in all. A shard needs
// them for its own clients; where it listens, for its part of the hooks, too.
func (c *Config) needs() (connections, files int) {
	peak := c.Plan.Peak()
	if !c.HooksOnly {
		connections = c.slice(peak + peak/10 + c.Plan.Refused.Of(peak)) // replaced clients may overlap
	}
	files = connections + spareFiles
	if c.listens() {
		hooks := peak / 10
		if c.Spread {
			hooks = c.slice(hooks)
		}
		files += min(hooks, maxHooks)
	}
	return connections, files
}

// room raises the limits that the clients need, or says what is missing.
func (c *Config) room() error {
	connections, files := c.needs()
	need := uint64(files)
	whose := fmt.Sprintf("%d sessions at once", c.Plan.Peak())
	if c.Shard.Of > 1 {
		whose = fmt.Sprintf("the slice of shard %d of %d, %d of %d sessions at once,", c.Shard.Number, c.Shard.Of,
			c.slice(c.Plan.Peak()), c.Plan.Peak())
	}
	got, err := cli.RaiseOpenFiles(need + need/4)
	if got < need {
		return fmt.Errorf("%s need %d open files, and the limit is %d (%v): raise it with \"ulimit -n %d\" or as root",
			whose, need, got, err, need)
	}
	ports, known := localPorts()
	if sources := max(len(c.Sources), 1); known && connections > ports*sources {
		return fmt.Errorf("%s need %d local ports, and %d addresses have %d each: add addresses with -source, such as "+
			"127.0.0.2-127.0.0.9", whose, connections, sources, ports)
	}
	return nil
}

// localPorts returns how many connections one local address can have to one server, by the system's range of ports;
// false where that cannot be seen.
func localPorts() (int, bool) {
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
