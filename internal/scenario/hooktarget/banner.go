package hooktarget

import (
	"fmt"
	"strings"

	"hookproof/hook"
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
			fmt.Fprintf(&b, "  %-13s no URL: what is about it is not applicable\n", ev)
		}
	}
	b.WriteString("It gets some thousand made-up events of clients that do not exist, broken requests among them,\n" +
		"and those of an RTMP server on this machine. It may log them, count them and keep them.\n")
	if o.Safe {
		b.WriteString("Left out by -safe: huge, nested, broken-off and slow requests, values of wrong types, and " +
			"load.\n")
	} else {
		fmt.Fprintf(&b, "It gets hostile requests (10 MB, 10,000-fold nesting, broken-off and slow ones), "+
			"and %d clients at once.\n"+
			"Where that could do harm, use -safe.\n", max(clients, 200))
	}
	if len(o.Identities.Refuse) == 0 {
		b.WriteString("Refusals are not tested: whom it refuses is not known: " + HowToIdentify + ".\n")
	}
	return b.String()
}

// Covers lists the events that have a URL, where some have none; nil where all have one.
func (o *Options) Covers() []string {
	var some []string
	for _, ev := range hook.Events {
		if len(o.URLs[ev]) > 0 {
			some = append(some, ev.String())
		}
	}
	if len(some) == len(hook.Events) {
		return nil
	}
	return some
}
