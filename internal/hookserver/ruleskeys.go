package hookserver

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/yamldoc"
)

// maxDelay bounds the delay of a rule.
const maxDelay = 10 * time.Minute

// ruleKey reads one key of a rule; false: there is no such key.
func (p *rulesParser) ruleKey(r *rule, key string, v *yamldoc.Node) bool {
	switch key {
	case "name":
		r.name = p.scalar(key, v)
		if r.name == "" || len(r.name) > 200 {
			p.errorf(v, "name: want a text of 1 to 200 bytes")
		}
	case "event":
		p.eventList(r, v)
	case "vhost":
		r.vhost = p.text(key, v)
	case "app":
		r.app = p.text(key, v)
	case "stream":
		r.stream = p.text(key, v)
	case "param":
		r.param = p.text(key, v)
	case "ip":
		p.addresses(r, v)
	case "refuse":
		if v.Kind != yamldoc.Scalar || v.Text != "true" {
			p.errorf(v, "refuse: want true, got %s", v.Describe())
		}
		r.refuse = true
	case "code":
		r.code, r.refuse = p.number(key, v, 1, 99999), true
	case "status":
		r.status, r.refuse = p.number(key, v, 200, 599), true
		if r.status > 200 && r.status < 400 {
			p.errorf(v, "status: want 200 or 400 to 599, got %d", r.status)
		}
	case "delay":
		p.delay(r, v)
	case "fault":
		p.fault(r, v)
	case "times":
		r.limited = true
		r.left.Store(int64(p.number(key, v, 1, 1_000_000_000)))
	default:
		return false
	}
	return true
}

// scalar returns a plain value as it is written.
func (p *rulesParser) scalar(key string, v *yamldoc.Node) string {
	if v.Kind != yamldoc.Scalar {
		p.errorf(v, "%s: want a single value, got %s", key, v.Describe())
		return ""
	}
	return v.Text
}

// each hands over a single value, or the members of a list that is not empty.
func (p *rulesParser) each(key string, v *yamldoc.Node, f func(v *yamldoc.Node, s string)) {
	members := []*yamldoc.Node{v}
	if v.Kind == yamldoc.List {
		members = v.Items
	}
	if len(members) == 0 {
		p.errorf(v, "%s: want at least one, the list is empty", key)
	}
	for _, m := range members {
		before := len(p.errs)
		if s := p.scalar(key, m); len(p.errs) == before {
			f(m, s)
		}
	}
}

func (p *rulesParser) eventList(r *rule, v *yamldoc.Node) {
	r.events = nil
	p.each("event", v, func(v *yamldoc.Node, s string) {
		e, err := hook.ParseEvent(s)
		if err != nil {
			p.errorf(v, "event: %v", err)
			return
		}
		r.events = append(r.events, e)
	})
}

func (p *rulesParser) addresses(r *rule, v *yamldoc.Node) {
	p.each("ip", v, func(v *yamldoc.Node, s string) {
		network, err := netip.ParsePrefix(s)
		if addr, addrErr := netip.ParseAddr(s); addrErr == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			p.errorf(v, "ip: want an address or a network like 10.0.0.0/8, got %s", brief(s))
			return
		}
		r.ip = append(r.ip, network.Masked())
	})
}

func (p *rulesParser) text(key string, v *yamldoc.Node) text {
	s := p.scalar(key, v)
	pattern, ok := strings.CutPrefix(s, "~")
	if !ok {
		return text{set: true, is: s}
	}
	like, err := regexp.Compile(pattern)
	if err != nil {
		p.errorf(v, "%s: want a regular expression after ~, got %s: %v", key, brief(pattern), err)
	}
	return text{set: true, like: like}
}

func (p *rulesParser) number(key string, v *yamldoc.Node, from, to int) int {
	n, err := strconv.Atoi(v.Text)
	if v.Kind != yamldoc.Scalar || err != nil || n < from || n > to {
		p.errorf(v, "%s: want a number from %d to %d, got %s", key, from, to, v.Describe())
	}
	return n
}

func (p *rulesParser) delay(r *rule, v *yamldoc.Node) {
	var err error
	r.delay, err = time.ParseDuration(v.Text)
	if v.Kind != yamldoc.Scalar || err != nil || r.delay <= 0 || r.delay > maxDelay {
		p.errorf(v, "delay: want a time like 500ms or 3s, up to %v, got %s", maxDelay, v.Describe())
	}
}

func (p *rulesParser) fault(r *rule, v *yamldoc.Node) {
	var err error
	if r.fault, err = endpoint.ParseFault(v.Text); v.Kind == yamldoc.Scalar && err == nil &&
		r.fault != endpoint.None {
		return
	}
	names := make([]string, 0, len(endpoint.Faults()))
	for _, f := range endpoint.Faults() {
		names = append(names, f.String())
	}
	p.errorf(v, "fault: want one of %s, got %s", strings.Join(names, ", "), v.Describe())
}
