package hookflags

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/server"
	"hookproof/server/srsconf"
)

// configuration reads the URLs of the hooks from an SRS configuration: those of
// the vhost of that name, or, with an empty name, of the first enabled vhost
// that has any, the default vhost first.
func configuration(path, vhost string) (map[hook.Event][]string, []srsconf.Warning, error) {
	cfg, warnings, err := srsconf.Load(path)
	if err != nil {
		return nil, warnings, err
	}
	vhosts := slices.Clone(cfg.VHosts)
	slices.SortStableFunc(vhosts, func(a, b server.VHost) int { return rank(a) - rank(b) })
	var names []string
	for _, v := range vhosts {
		names = append(names, v.Name)
		if vhost != "" && v.Name != vhost {
			continue
		}
		urls := map[hook.Event][]string{}
		for ev, all := range v.Hooks.URLs {
			if len(all) > 0 {
				urls[ev] = all
			}
		}
		if v.Enabled && v.Hooks.Enabled && len(urls) > 0 {
			return urls, warnings, nil
		}
	}
	if vhost != "" {
		return nil, warnings, fmt.Errorf("%s: no vhost %s with http_hooks that are enabled and name a URL (it has %s)", path, vhost, strings.Join(names, ", "))
	}
	return nil, warnings, fmt.Errorf("%s: no vhost has http_hooks that are enabled and name a URL", path)
}

func rank(v server.VHost) int {
	if v.Name == server.DefaultVHost {
		return 0
	}
	return 1
}
