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
// that has any, the default vhost first. It warns of what concerns hooks alone,
// and of other vhosts that have some.
func configuration(path, vhost string) (map[hook.Event][]string, []srsconf.Warning, error) {
	cfg, warnings, err := srsconf.Load(path)
	warnings = slices.DeleteFunc(warnings, func(w srsconf.Warning) bool { return !aboutHooks(w.Text) })
	if err != nil {
		return nil, warnings, err
	}
	vhosts := slices.Clone(cfg.VHosts)
	slices.SortStableFunc(vhosts, func(a, b server.VHost) int { return rank(a) - rank(b) })
	var names, others []string
	var urls map[hook.Event][]string
	for _, v := range vhosts {
		names = append(names, v.Name)
		switch called := calledBy(v); {
		case called == nil:
		case urls == nil && (vhost == "" || v.Name == vhost):
			urls = called
		default:
			others = append(others, v.Name)
		}
	}
	for _, name := range others {
		warnings = append(warnings, srsconf.Warning{File: path,
			Text: "vhost " + name + " has http_hooks, too: -vhost " + name + " is for those"})
	}
	switch {
	case urls != nil:
		return urls, warnings, nil
	case vhost != "":
		return nil, warnings, fmt.Errorf("%s: no vhost %s with http_hooks that are enabled and name a URL (it has %s)",
			path, vhost, strings.Join(names, ", "))
	}
	return nil, warnings, fmt.Errorf("%s: no vhost has http_hooks that are enabled and name a URL", path)
}

// aboutHooks reports whether a warning concerns hooks.
func aboutHooks(text string) bool {
	return strings.HasPrefix(text, "on_") || strings.Contains(text, "http_hooks")
}

// calledBy returns the URLs that a vhost calls; nil without any.
func calledBy(v server.VHost) map[hook.Event][]string {
	if !v.Enabled || !v.Hooks.Enabled {
		return nil
	}
	var urls map[hook.Event][]string
	for ev, all := range v.Hooks.URLs {
		if len(all) > 0 {
			if urls == nil {
				urls = map[hook.Event][]string{}
			}
			urls[ev] = all
		}
	}
	return urls
}

func rank(v server.VHost) int {
	if v.Name == server.DefaultVHost {
		return 0
	}
	return 1
}
