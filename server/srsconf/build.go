package srsconf

import (
	"slices"
	"strings"

	"hookproof/internal/redact"
	"hookproof/internal/suggest"
	"hookproof/server"
)

// builder turns directives into a configuration.
type builder struct {
	*report
	config server.Config
	// isFull tells that the file calls itself "is_full on", as SRS's full.conf
	// does: a collection of examples, in which directives stand several times.
	isFull  bool
	ignored map[string]*ignored
	order   []*ignored
	// listening holds where each of config.Listen is given, apiNode where the
	// address of the API is.
	listening []*node
	apiNode   *node
	// httpNode is where the address of http_server is given.
	httpNode *node
}

// ignored is a directive that this server does not have.
type ignored struct {
	first *node
	scope string
	count int
	why   string
}

// rule says how a known directive looks and what it does.
type rule struct {
	// block tells that it has a block and not a ";".
	block bool
	// min and max bound the number of arguments; max < 0 is no bound.
	min, max int
	// wants names the arguments in messages: "on or off".
	wants string
	// many allows it several times.
	many bool
	// firstCounts makes it a warning, not an error, when it is given twice: for
	// values by which no hook can get lost.
	firstCounts bool
	apply       func(*node)
}

// rules are the directives of one kind of block.
type rules map[string]rule

func (r rules) names() []string {
	names := make([]string, 0, len(r))
	for name := range r {
		names = append(names, name)
	}
	return names
}

// build reads the whole configuration.
func (b *builder) build(nodes []*node) {
	b.isFull = slices.ContainsFunc(nodes, func(n *node) bool {
		return n.name == "is_full" && slices.Equal(n.args, []string{"on"})
	})
	b.root(nodes)
	for _, i := range b.order {
		b.warnIgnored(i)
	}
	if len(b.errors) > 0 {
		return
	}
	// What is checked above is checked with its line. This is the net below.
	if err := b.config.Validate(); err != nil {
		b.errorf("configuration", 0, "%v", err)
	}
}

// walk applies the rules of scope to nodes. scope is the path of the block,
// "vhost.http_hooks", and empty at the top. unknown is told of what has no rule.
func (b *builder) walk(scope string, nodes []*node, rs rules, unknown func(*node)) {
	first := map[string]*node{}
	for _, n := range nodes {
		if b.report.full() {
			return
		}
		r, ok := rs[n.name]
		if !ok {
			b.swallowed(n, rs, n.args)
			unknown(n)
			continue
		}
		if was := first[n.name]; was != nil && !r.many {
			b.twice(n, was, r.firstCounts)
			continue
		}
		first[n.name] = n
		if b.wellFormed(n, r, rs) {
			r.apply(n)
		}
	}
}

// twice reports a directive that was given before. SRS takes the first.
func (b *builder) twice(n, was *node, firstCounts bool) {
	where := "line"
	if n.file != was.file {
		where = was.file + " line"
	}
	if b.isFull || firstCounts {
		b.warnf(n.file, n.line, "%s is given twice; the first, %s %d, counts", n.name, where, was.line)
		return
	}
	b.errorf(n.file, n.line, "%s is given twice: the first is on %s %d", n.name, where, was.line)
}

// once makes a rule that several blocks share apply once in all of them.
func (b *builder) once(r rule) rule {
	var first *node
	apply := r.apply
	r.apply = func(n *node) {
		if first != nil {
			b.twice(n, first, r.firstCounts)
			return
		}
		first = n
		apply(n)
	}
	return r
}

// wellFormed checks the shape of a directive against its rule.
func (b *builder) wellFormed(n *node, r rule, rs rules) bool {
	switch {
	case r.max >= 0 && len(n.args) > r.max && b.swallowed(n, rs, n.args[r.max:]):
	case r.max < 0 && b.swallowed(n, rs, n.args):
	case r.block && !n.hasBlock:
		b.errorf(n.file, n.line, `%s: expected a block in braces, got ";"`, n.name)
	case !r.block && n.hasBlock:
		b.errorf(n.file, n.line, `%s: expected ";", got a block`, n.name)
	case len(n.args) < r.min:
		b.errorf(n.file, n.line, "%s: expected %s, got nothing", n.name, r.wants)
	case r.max >= 0 && len(n.args) > r.max:
		b.errorf(n.file, n.line, "%s: expected %s, got %d values: %s", n.name, r.wants, len(n.args),
			brief(strings.Join(n.args, " ")))
	default:
		return true
	}
	return false
}

// swallowed reports an argument that is the name of a directive: a ";" is
// missing before it. SRS takes it for an argument and goes without the directive.
func (b *builder) swallowed(n *node, rs rules, args []string) bool {
	for _, arg := range args {
		_, ours := rs[arg]
		if ours || misplaced[arg] != "" {
			b.errorf(n.file, n.line, `%s: a ";" is missing before %q`, n.name, arg)
			return true
		}
	}
	return false
}

// misplaced holds where directives belong whose loss switches hooks off.
var misplaced = map[string]string{
	"http_hooks": "a vhost",
	"on_connect": "http_hooks of a vhost", "on_close": "http_hooks of a vhost",
	"on_publish": "http_hooks of a vhost", "on_unpublish": "http_hooks of a vhost",
	"on_play": "http_hooks of a vhost", "on_stop": "http_hooks of a vhost",
}

// unknown returns what walk does with a directive that scope has no rule for:
// errors where hooks would get lost, and otherwise one warning for each name.
func (b *builder) unknown(scope string, rs rules) func(*node) {
	return func(n *node) {
		if place := misplaced[n.name]; place != "" {
			b.errorf(n.file, n.line, "%s: expected inside of %s, got it %s", n.name, place, inside(scope))
			return
		}
		if b.ignored[scope+" "+n.name] == nil { // else it was compared before
			if near := suggest.Nearest(n.name, rs.names()); near != "" {
				b.errorf(n.file, n.line, "%s: no such directive %s; %s was meant?", brief(n.name), inside(scope), near)
				return
			}
		}
		b.lostHooks(n, n)
		b.ignore(scope, n, "")
	}
}

// lostHooks reports hooks inside of a block that is ignored.
func (b *builder) lostHooks(top, n *node) {
	for _, inner := range n.block {
		if place := misplaced[inner.name]; place != "" {
			b.errorf(inner.file, inner.line, "%s: expected inside of %s, got it inside of %s", inner.name, place,
				top.name)
			continue
		}
		b.lostHooks(top, inner)
	}
}

// ignore counts a directive that this server does not have; why says what to
// know about it beyond that.
func (b *builder) ignore(scope string, n *node, why string) {
	key := scope + " " + n.name
	i := b.ignored[key]
	if i == nil {
		i = &ignored{first: n, scope: scope, why: why}
		b.ignored[key] = i
		b.order = append(b.order, i)
	}
	i.count++
}

func (b *builder) warnIgnored(i *ignored) {
	text := brief(i.first.name) + " " + inside(i.scope) + " is not known to this server and ignored"
	if i.why != "" {
		text = brief(i.first.name) + " " + inside(i.scope) + " is ignored: " + i.why
	}
	if i.count > 1 {
		b.warnf(i.first.file, i.first.line, "%s (%d times, here first)", text, i.count)
		return
	}
	b.warnf(i.first.file, i.first.line, "%s", text)
}

// inside names a scope in messages.
func inside(scope string) string {
	if scope == "" {
		return "at the top level"
	}
	return "inside of " + scope
}

// brief shortens and quotes what came from the file where it would disturb a message.
func brief(s string) string {
	const most = 80
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '\uFFFD' })
	if plain && len(s) <= most && s != "" {
		return s
	}
	return quote(redact.Clip(s, most))
}
