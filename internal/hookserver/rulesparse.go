package hookserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// Limits of a rules file.
const (
	maxRulesFile = 1 << 20 // bytes
	maxRules     = 1000
	maxErrors    = 20 // told of one file
)

// ParseRules reads a rules file: YAML with the one key rules, a list. name is
// the file's, for errors, which are "FILE:LINE: what was expected", one a line
// and at most 20 of them. A key of a rule:
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
	p := rulesParser{file: name}
	if len(data) > maxRulesFile {
		return nil, fmt.Errorf("%s: want at most %d bytes", name, maxRulesFile)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s:1: want the key rules, the file is empty", name)
	case err != nil:
		return nil, p.syntax(err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, fmt.Errorf("%s:%d: want one document, a second one begins here", name, second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, p.syntax(err)
	}
	rules := p.document(&doc)
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return rules, nil
}

// yamlPlace finds the line in yaml's messages.
var yamlPlace = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax tells an error of the YAML itself.
func (p *rulesParser) syntax(err error) error {
	msg := err.Error()
	place := yamlPlace.FindStringSubmatch(msg)
	if place == nil {
		return fmt.Errorf("%s:1: %s", p.file, msg)
	}
	line := place[1]
	if line == "" {
		line = "1"
	}
	return fmt.Errorf("%s:%s: no YAML: %s", p.file, line, msg[len(place[0]):])
}

// rulesParser collects the mistakes of one file.
type rulesParser struct {
	file string
	errs []error
}

func (p *rulesParser) errorf(n *yaml.Node, format string, args ...any) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, fmt.Errorf("%s:%d: %s", p.file, n.Line, fmt.Sprintf(format, args...)))
	}
}

func (p *rulesParser) document(doc *yaml.Node) *Rules {
	rs := &Rules{}
	var list *yaml.Node
	p.mapping(doc.Content[0], "the key rules", func(key, value *yaml.Node) bool {
		list = value
		return key.Value == "rules"
	})
	switch {
	case len(p.errs) > 0:
		return nil
	case list == nil:
		p.errorf(doc.Content[0], "want the key rules, the file is empty")
		return nil
	case list.Kind != yaml.SequenceNode:
		p.errorf(list, "rules: want a list, got %s", describe(list))
		return nil
	case len(list.Content) > maxRules:
		p.errorf(list.Content[maxRules], "rules: want at most %d", maxRules)
		return nil
	}
	for i, n := range list.Content {
		rs.list = append(rs.list, p.rule(i+1, n))
	}
	return rs
}

// mapping hands every key with its value to take, which returns false for a
// key that it does not know.
func (p *rulesParser) mapping(n *yaml.Node, want string, take func(key, value *yaml.Node) bool) {
	if n.Kind != yaml.MappingNode {
		p.errorf(n, "want %s, got %s", want, describe(n))
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case seen[key.Value]:
			p.errorf(key, "%s: the key is there twice", brief(key.Value))
		case key.Kind != yaml.ScalarNode || !take(key, value):
			p.errorf(key, "want %s, got the key %s", want, brief(key.Value))
		}
		seen[key.Value] = true
	}
}

const ruleKeys = "one of name, event, vhost, app, stream, param, ip, refuse, code, status, delay, fault, times"

func (p *rulesParser) rule(number int, n *yaml.Node) *rule {
	r := &rule{
		name: fmt.Sprintf("rule %d", number), code: CodeRule,
		events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay},
	}
	before := len(p.errs)
	p.mapping(n, ruleKeys, func(key, value *yaml.Node) bool { return p.ruleKey(r, key.Value, value) })
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

// describe says what is at a node.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "the alias *" + brief(n.Value)
	}
	if n.Value == "" {
		return "nothing"
	}
	return brief(n.Value)
}

// brief shortens what a file says to something an error can carry.
func brief(s string) string {
	const most = 60
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strconv.Quote(redact.Clip(s, most))
}
