package hooktarget

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
	"hookproof/server"
	"hookproof/server/srsconf"
)

// Banner says what will be sent where, before anything is.
func Banner(o Options, clients int) string {
	var b strings.Builder
	b.WriteString("The hook server is called at these URLs, and at no others:\n")
	for _, ev := range hook.Events {
		for i, u := range o.URLs[ev] {
			name := ev.String()
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-13s %s\n", name, u)
		}
		if len(o.URLs[ev]) == 0 {
			fmt.Fprintf(&b, "  %-13s no URL: what needs it is not run\n", ev)
		}
	}
	b.WriteString("It gets some thousand made-up events of clients that do not exist, broken requests among them,\n" +
		"and those of an RTMP server on this machine. It may log them, count them and keep them.\n")
	if o.Safe {
		b.WriteString("Left out by -safe: huge, nested, broken-off and slow requests, and load.\n")
	} else {
		fmt.Fprintf(&b, "It gets hostile requests (10 MB, 10,000-fold nesting, broken-off and slow ones), and %d clients at once.\n"+
			"Where that could do harm, use -safe.\n", max(clients, 200))
	}
	if len(o.Identities.Refuse) == 0 {
		b.WriteString("Refusals are not tested: " + HowToIdentify + ".\n")
	}
	return b.String()
}

// URLsOfConfiguration reads the URLs of the hooks from an SRS configuration:
// those of the vhost of that name, or, with an empty name, of the first enabled
// vhost that has any, the default vhost first.
func URLsOfConfiguration(path, vhost string) (map[hook.Event][]string, []srsconf.Warning, error) {
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
