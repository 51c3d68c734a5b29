package identity

import (
	"fmt"
	"io"
	"os"
	"strings"

	"hookproof/hook"
	"hookproof/internal/yamldoc"
)

// Openings are the events that can refuse a client.
var Openings = []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnPlay}

// Bounds of what is read.
const (
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
	text, err := io.ReadAll(io.LimitReader(f, yamldoc.MaxFile+1))
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
	doc, err := yamldoc.Parse(name, text)
	if err != nil {
		return err
	}
	if doc == nil {
		return fmt.Errorf("%s:1: want the keys accept and refuse, got nothing", name)
	}
	p := parser{name: name}
	got := p.file(doc)
	if p.err == nil && len(got.Accept)+len(got.Refuse) == 0 {
		p.fail(doc, "want at least one sample under accept or refuse")
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

func (p *parser) fail(n *yamldoc.Node, format string, args ...any) {
	if p.err == nil {
		p.err = n.Errorf(format, args...)
	}
}

// members visits the members of a mapping.
func (p *parser) members(n *yamldoc.Node, what string, visit func(key, value *yamldoc.Node)) {
	if n.Kind != yamldoc.Mapping {
		p.fail(n, "want %s, got %s", what, n.Describe())
		return
	}
	for _, pair := range n.Pairs {
		if p.err == nil {
			visit(pair.Key, pair.Value)
		}
	}
}

func (p *parser) file(n *yamldoc.Node) (id Set) {
	p.members(n, "the keys accept and refuse", func(key, value *yamldoc.Node) {
		switch key.Text {
		case "accept":
			id.Accept = p.samples(value)
		case "refuse":
			id.Refuse = p.samples(value)
		default:
			p.err = key.Unknown("accept", "refuse")
		}
	})
	return id
}

func (p *parser) samples(n *yamldoc.Node) (all []Sample) {
	const what = "events with their samples, as on_publish: [{param: \"?token=good\"}]"
	p.members(n, what, func(key, value *yamldoc.Node) {
		ev, err := hook.ParseEvent(key.Text)
		if err != nil || ev.Closing() {
			p.err = key.Unknown("on_connect", "on_publish", "on_play")
			return
		}
		if value.Kind != yamldoc.List {
			p.fail(value, "want a list of samples for %s, got %s", ev, value.Describe())
			return
		}
		for _, item := range value.Items {
			if p.count++; p.count > maxSamples {
				p.fail(item, "want at most %d samples", maxSamples)
				return
			}
			s := Sample{Event: ev, From: fmt.Sprintf("%s:%d", p.name, item.Line())}
			p.sample(item, &s)
			all = append(all, s)
		}
	})
	return all
}

func (p *parser) sample(n *yamldoc.Node, s *Sample) {
	fields := map[string]*string{"app": &s.App, "stream": &s.Stream, "param": &s.Param, "tcUrl": &s.TCURL,
		"vhost": &s.VHost, "ip": &s.IP}
	p.members(n, "a sample, as {stream: cam1, param: \"?token=good\"}", func(key, value *yamldoc.Node) {
		field := fields[key.Text]
		switch {
		case key.Text != "token" && field == nil:
			p.err = key.Unknown("app", "stream", "param", "tcUrl", "vhost", "ip", "token")
		case value.Kind == yamldoc.Null && field != nil:
			*field = ""
		case value.Kind != yamldoc.Scalar || len(value.Text) > maxField:
			p.fail(value, "%s: want a string of at most %d bytes, got %s", key.Text, maxField, value.Describe())
		case key.Text == "token":
			var err error
			if s.Token, err = parseToken(value.Text); err != nil {
				p.fail(value, "token: %v", err)
			}
		case key.Text == "param" && value.Text != "" && value.Text[0] != '?':
			p.fail(value, "param: want what follows the stream's name, with its ?, got %s", value.Describe())
		default:
			*field = value.Text
		}
	})
}
