package srsconf

import (
	"errors"
	"strings"

	crossplane "github.com/nginxinc/nginx-go-crossplane"
)

// node is one directive: its name, its arguments, and its block if it has one.
type node struct {
	file     string
	line     int
	name     string
	args     []string
	hasBlock bool
	block    []*node
}

// statement is a directive while its words are read.
type statement struct {
	words []string
	line  int
}

// grow builds the tree of one file's text. It reports every mistake of the
// grammar: SRS wants a directive and its ";" or "{" on one line.
func grow(r *report, file, text string) []*node {
	g := grower{report: r, file: file, blocks: []*node{{}}}
	// The lexer feeds a channel from its own goroutine and ends only when
	// every token has been taken: whatever happens, read to the end.
	for token := range crossplane.Lex(strings.NewReader(text)) {
		if !g.stop {
			g.take(token)
		}
	}
	if !g.stop && len(g.now.words) > 0 {
		g.errorf(g.now.line, `%s: expected ";" or a block, got the end of the file`, g.now.words[0])
	}
	return g.blocks[0].block
}

// grower holds the open blocks, the file's own at the bottom.
type grower struct {
	*report
	file   string
	blocks []*node
	now    statement
	stop   bool
}

func (g *grower) errorf(line int, format string, args ...any) {
	g.report.errorf(g.file, line, format, args...)
}

// take adds one token of the lexer.
func (g *grower) take(t crossplane.NgxToken) {
	special := !t.IsQuoted && (t.Value == ";" || t.Value == "{" || t.Value == "}")
	switch {
	case t.Error != nil:
		g.lexError(t)
	case !t.IsQuoted && strings.HasPrefix(t.Value, "#"):
	case special && t.Value == "}":
		g.close(t.Line)
	case special:
		g.end(t.Value == "{", t.Line)
	default:
		g.word(t.Value, t.Line)
	}
}

// word adds a word to the statement, or begins one with it. A word on a later
// line is the next directive, whose predecessor lacks its ";".
func (g *grower) word(text string, line int) {
	if len(g.now.words) > 0 && line != g.now.line {
		g.unfinished(line)
	}
	if len(g.now.words) == 0 {
		g.now.line = line
	}
	g.now.words = append(g.now.words, text)
}

// unfinished reports the statement that has no ";" on its line and drops it.
func (g *grower) unfinished(line int) {
	g.errorf(g.now.line, `%s: expected ";" or "{" at the end of this line, got a new line %d`, g.now.words[0], line)
	g.now = statement{}
}

// end finishes a statement with ";" or "{".
func (g *grower) end(block bool, line int) {
	n := &node{file: g.file, line: line, hasBlock: block}
	switch words := g.now.words; {
	case len(words) == 0:
		g.errorf(line, `expected a directive's name before ";" or "{"`)
	case line != g.now.line:
		g.unfinished(line)
	default:
		n.name, n.args = words[0], words[1:]
		parent := g.blocks[len(g.blocks)-1]
		parent.block = append(parent.block, n)
	}
	g.now = statement{}
	if !block {
		return
	}
	// A block that was refused is opened as well, so that its "}" finds it.
	g.blocks = append(g.blocks, n)
	if len(g.blocks) > MaxNesting {
		g.errorf(line, "blocks are nested deeper than %d", MaxNesting)
		g.stop = true
	}
}

// close ends the innermost block. The lexer has checked that there is one.
func (g *grower) close(line int) {
	if len(g.now.words) > 0 {
		g.errorf(g.now.line, `%s: expected ";" before "}" on line %d`, g.now.words[0], line)
		g.now = statement{}
	}
	if len(g.blocks) > 1 {
		g.blocks = g.blocks[:len(g.blocks)-1]
	}
}

// lexError reports what the lexer refuses: braces that do not match, a ";" or
// "{" after another. It is the lexer's last token.
func (g *grower) lexError(t crossplane.NgxToken) {
	g.stop = true
	if open := g.blocks[len(g.blocks)-1]; strings.HasPrefix(what(t.Error), "unexpected end of file") {
		g.errorf(open.line, `%s: the block that begins here has no "}"`, open.name)
		return
	}
	g.errorf(t.Line, "%s", what(t.Error))
}

// what returns the lexer's words without its pseudo file name.
func what(err error) string {
	var p *crossplane.ParseError
	if errors.As(err, &p) {
		return p.What
	}
	return err.Error()
}
