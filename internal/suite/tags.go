package suite

import (
	"fmt"
	"strings"
)

// tagExpr is a condition on tags, as in "@must and not (@slow or @load)".
type tagExpr func(has func(tag string) bool) bool

// parseTags reads a tag expression: tags, and, or, not, parentheses; "and"
// binds closer than "or". It also returns the tags that are named, so that
// unknown ones can be refused: a mistyped tag must not select nothing in
// silence.
func parseTags(text string) (tagExpr, []string, error) {
	p := &tagParser{words: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))}
	if len(p.words) > maxTagWords {
		return nil, nil, fmt.Errorf("tag expression: more than %d words", maxTagWords)
	}
	e, err := p.or()
	if err == nil && p.at < len(p.words) {
		err = fmt.Errorf("want and, or, or the end")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("tag expression %q, word %d: %w", text, p.at+1, err)
	}
	return e, p.tags, nil
}

const maxTagWords = 200

type tagParser struct {
	words []string
	at    int
	tags  []string
}

func (p *tagParser) take(word string) bool {
	if p.at < len(p.words) && strings.EqualFold(p.words[p.at], word) {
		p.at++
		return true
	}
	return false
}

func (p *tagParser) or() (tagExpr, error) {
	left, err := p.and()
	for err == nil && p.take("or") {
		var right tagExpr
		a := left
		right, err = p.and()
		left = func(has func(string) bool) bool { return a(has) || right(has) }
	}
	return left, err
}

func (p *tagParser) and() (tagExpr, error) {
	left, err := p.not()
	for err == nil && p.take("and") {
		var right tagExpr
		a := left
		right, err = p.not()
		left = func(has func(string) bool) bool { return a(has) && right(has) }
	}
	return left, err
}

func (p *tagParser) not() (tagExpr, error) {
	if p.take("not") {
		e, err := p.not()
		return func(has func(string) bool) bool { return !e(has) }, err
	}
	if p.take("(") {
		e, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("want )")
		}
		return e, err
	}
	if p.at >= len(p.words) || !strings.HasPrefix(p.words[p.at], "@") || len(p.words[p.at]) < 2 {
		return nil, fmt.Errorf("want a tag, as in @must")
	}
	tag := p.words[p.at][1:]
	p.at++
	p.tags = append(p.tags, tag)
	return func(has func(string) bool) bool { return has(tag) }, nil
}
