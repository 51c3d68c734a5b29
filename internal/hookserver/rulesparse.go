package hookserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/yamldoc"
)

// Limits of a rules file.
const (
	maxRules  = 1000
	maxErrors = 20 // told of one file
)

// ParseRules reads a rules file: YAML with the one key rules, a list. name is
// the file's, for errors: at most 20, as of yamldoc.Error. A key of a rule:
//
//	name    text for the log and the page; default: rule N
//	event   one or several of the six events; default: the three opening ones
//	vhost, app, stream, param
//	        exactly that text, or a match of the regular expression after "~"
//	ip      one or several addresses or networks (10.0.0.0/8)
//	refuse  true: the event is refused
//	code    of the refusal, 1 to 99999; default 403. Refuses, too.
//	status  HTTP status of the refusal, 200 or 400 to 599; refuses, too
//	delay   time before the answer, up to 10m
//	fault   one of endpoint.Faults
//	times   how many events the rule takes before it steps aside
//
// A rule must refuse, delay or have a fault. Closing events cannot be refused:
// their answers change nothing.
func ParseRules(name string, data []byte) (*Rules, error) {
	doc, err := yamldoc.Parse(name, data)
	switch {
	case err != nil:
		return nil, err
	case doc == nil:
		return nil, fmt.Errorf("%s:1: want the key rules, the file is empty", name)
	}
	var p rulesParser
	rules := p.document(doc)
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return rules, nil
}

// rulesParser collects the mistakes of one file.
type rulesParser struct{ errs []error }

func (p *rulesParser) errorf(n *yamldoc.Node, format string, args ...any) {
	p.add(n.Errorf(format, args...))
}

func (p *rulesParser) add(err error) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, err)
	}
}

func (p *rulesParser) document(doc *yamldoc.Node) *Rules {
	rs := &Rules{}
	var list *yamldoc.Node
	p.mapping(doc, []string{"rules"}, func(key, value *yamldoc.Node) bool {
		list = value
		return key.Text == "rules"
	})
	switch {
	case len(p.errs) > 0:
		return nil
	case list == nil:
		p.errorf(doc, "want the key rules, the file is empty")
		return nil
	case list.Kind != yamldoc.List:
		p.errorf(list, "rules: want a list, got %s", list.Describe())
		return nil
	case len(list.Items) > maxRules:
		p.errorf(list.Items[maxRules], "rules: want at most %d", maxRules)
		return nil
	}
	for i, n := range list.Items {
		rs.list = append(rs.list, p.rule(i+1, n))
	}
	return rs
}

// mapping hands every key with its value to take, which returns false for a
// key that it does not know.
func (p *rulesParser) mapping(n *yamldoc.Node, known []string, take func(key, value *yamldoc.Node) bool) {
	if n.Kind != yamldoc.Mapping {
		p.errorf(n, "want a mapping with the keys %s, got %s", strings.Join(known, ", "), n.Describe())
		return
	}
	for _, pair := range n.Pairs {
		if !take(pair.Key, pair.Value) {
			p.add(pair.Key.Unknown(known...))
		}
	}
}

var ruleKeys = []string{"name", "event", "vhost", "app", "stream", "param", "ip", "refuse", "code", "status", "delay",
	"fault", "times"}

func (p *rulesParser) rule(number int, n *yamldoc.Node) *rule {
	r := &rule{
		name: fmt.Sprintf("rule %d", number), code: CodeRule,
		events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay},
	}
	before := len(p.errs)
	p.mapping(n, ruleKeys, func(key, value *yamldoc.Node) bool { return p.ruleKey(r, key.Text, value) })
	if len(p.errs) > before {
		return r
	}
	if !r.refuse && r.delay == 0 && r.fault == 0 {
		p.errorf(n, "%s: want refuse, delay or fault: it does nothing", r.name)
	}
	for _, e := range r.events {
		if r.refuse && e.Closing() {
			p.errorf(n, "%s: %s cannot be refused: the answer to a closing event changes nothing: "+
				"want delay or fault", r.name, e)
		}
	}
	return r
}

// brief shortens what a file says to something an error can carry.
func brief(s string) string {
	const most = 60
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strconv.Quote(redact.Clip(s, most))
}
