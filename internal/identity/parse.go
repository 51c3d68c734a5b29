package identity

import (
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"hookproof/hook"
)

// Openings are the events that can refuse a client.
var Openings = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay}

// Bounds of what is read.
const (
	maxFile    = 1 << 20 // bytes of a file
	maxSamples = 1000
	maxField   = 16 << 10 // bytes of one value
)

// Add adds what -accept or -refuse (flag, without its hyphen) was given: a token for every opening event,
// or EVENT:TOKEN for one.
func (id *Set) Add(flag, text string) error {
	events, rest := Openings, text
	if name, after, ok := strings.Cut(text, ":"); ok && strings.HasPrefix(name, "on_") {
		ev, err := hook.ParseEvent(name)
		if err != nil || ev.Closing() {
			return fmt.Errorf("%q: only on_connect, on_publish and on_play can refuse a client, got %s", text, name)
		}
		events, rest = []hook.Event{ev}, after
	}
	token, err := parseToken(rest)
	if err != nil {
		return err
	}
	list := &id.Accept
	if flag == "refuse" {
		list = &id.Refuse
	}
	for _, ev := range events {
		*list = append(*list, Sample{Event: ev, Token: token, From: "-" + flag + " " + text})
	}
	return nil
}

// Load reads a file of samples, YAML or JSON, and adds them. Errors
// name the file and the line.
func (id *Set) Load(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return err
	}
	return id.Parse(path, text)
}

// Parse reads samples from text; name is the file in errors.
//
// token is what the client presents in tcUrl's query and in param, where the sample does not name them itself.
//
//	accept:
//	  on_connect: [{app: live, token: token=good}]
//	  on_publish: [{stream: cam1, param: "?token=good"}]
//	refuse:
//	  on_publish: [{stream: cam1, param: "?token=bad"}, {ip: 203.0.113.9}]
func (id *Set) Parse(name string, text []byte) error {
	if len(text) > maxFile {
		return fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		// JSON may be indented by tabs, which YAML does not allow; strings hold none.
		text = []byte(strings.ReplaceAll(string(text), "\t", " "))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return fmt.Errorf("%s:1: expected the keys accept and refuse, got nothing", name)
	}
	p := parser{name: name}
	got := p.file(doc.Content[0])
	if p.err == nil && len(got.Accept)+len(got.Refuse) == 0 {
		p.fail(doc.Content[0], "expected at least one sample under accept or refuse")
	}
	if p.err != nil {
		return p.err
	}
	id.Accept, id.Refuse = append(id.Accept, got.Accept...), append(id.Refuse, got.Refuse...)
	return nil
}

// parser walks the file; the first error stays.
type parser struct {
	name  string
	count int
	err   error
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("%s:%d: %s", p.name, n.Line, fmt.Sprintf(format, args...))
	}
}

// members visits the members of a mapping; a key may be there once.
func (p *parser) members(n *yaml.Node, what string, visit func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "expected %s", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && p.err == nil; i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			p.fail(key, "expected each key once, got %.60q again", key.Value)
			return
		}
		seen[key.Value] = true
		visit(key, n.Content[i+1])
	}
}

func (p *parser) file(n *yaml.Node) (id Set) {
	p.members(n, "the keys accept and refuse", func(key, value *yaml.Node) {
		switch key.Value {
		case "accept":
			id.Accept = p.samples(value)
		case "refuse":
			id.Refuse = p.samples(value)
		default:
			p.fail(key, "expected accept or refuse, got %.60q", key.Value)
		}
	})
	return id
}

func (p *parser) samples(n *yaml.Node) (all []Sample) {
	p.members(n, "events with their samples, as on_publish: [{param: \"?token=good\"}]", func(key, value *yaml.Node) {
		ev, err := hook.ParseEvent(key.Value)
		if err != nil || ev.Closing() {
			p.fail(key, "expected on_connect, on_publish or on_play, got %.60q", key.Value)
			return
		}
		if value.Kind != yaml.SequenceNode {
			p.fail(value, "expected a list of samples for %s", ev)
			return
		}
		for _, item := range value.Content {
			if p.count++; p.count > maxSamples {
				p.fail(item, "more than %d samples", maxSamples)
				return
			}
			s := Sample{Event: ev, From: fmt.Sprintf("%s:%d", p.name, item.Line)}
			p.sample(item, &s)
			all = append(all, s)
		}
	})
	return all
}

func (p *parser) sample(n *yaml.Node, s *Sample) {
	fields := map[string]*string{"app": &s.App, "stream": &s.Stream, "param": &s.Param, "tcUrl": &s.TCURL,
		"vhost": &s.VHost, "ip": &s.IP}
	p.members(n, "a sample, as {stream: cam1, param: \"?token=good\"}", func(key, value *yaml.Node) {
		if value.Kind != yaml.ScalarNode || len(value.Value) > maxField {
			p.fail(value, "%.60s: expected a string of at most %d bytes", key.Value, maxField)
			return
		}
		field := fields[key.Value]
		switch {
		case key.Value == "token":
			var err error
			if s.Token, err = parseToken(value.Value); err != nil {
				p.fail(value, "token: %v", err)
			}
		case field == nil:
			p.fail(key, "expected app, stream, param, tcUrl, vhost, ip or token, got %.60q", key.Value)
		case key.Value == "param" && value.Value != "" && value.Value[0] != '?':
			p.fail(value, "param: expected what follows the stream's name, with its ?, got %.60q", value.Value)
		default:
			*field = value.Value
		}
	})
}
