// Package yamldoc reads the YAML (and so JSON) files that users write, and says of a mistake where it is, what was
// expected, and what the line looks like.
package yamldoc

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"hookproof/internal/redact"
	"hookproof/internal/suggest"
)

// MaxFile bounds a file, in bytes.
const MaxFile = 1 << 20

// maxDepth bounds how deep lists and mappings are nested.
const maxDepth = 50

// Kind is what a node is.
type Kind uint8

// The kinds of node. Anchors, aliases and tags are none of them: what has one is Other.
const (
	Null Kind = iota
	Scalar
	List
	Mapping
	Other
)

// Node is a value of a document.
type Node struct {
	Kind  Kind
	Text  string  // of a scalar, as it is written, without quotes
	Items []*Node // of a list
	Pairs []Pair  // of a mapping, in their order; no key is there twice

	line, column int // from 1
	file         *file
}

// Pair is a key of a mapping with its value. The key is a scalar.
type Pair struct{ Key, Value *Node }

// file is what all nodes of a document share.
type file struct {
	name  string
	lines []string
}

// Error is a mistake in a file. Its text is FILE:LINE: what is wrong, followed by the line with a mark below it.
type Error struct {
	File         string
	Line, Column int // from 1; 0: the file as a whole
	Message      string
	excerpt      string
}

// Error implements error.
func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.excerpt == "" {
		return place + ": " + e.Message
	}
	return place + ": " + e.Message + "\n" + e.excerpt
}

// Parse reads one document; name is the file's, for errors. It returns nil for a document without content.
// The error is an *Error.
func Parse(name string, text []byte) (*Node, error) {
	f := &file{name: name, lines: strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")}
	switch {
	case len(text) > MaxFile:
		return nil, &Error{File: name, Message: fmt.Sprintf("want at most %d bytes", MaxFile)}
	case !utf8.Valid(text):
		return nil, &Error{File: name, Message: "want UTF-8"}
	}
	if line := tooDeep(text); line > 0 {
		return nil, f.errorAt(line, 1, fmt.Sprintf("want lists and mappings nested at most %d deep", maxDepth))
	}
	parsed, err := parser.ParseBytes(readable(text), 0)
	if err != nil {
		return nil, f.syntax(err)
	}
	var root *Node
	for _, doc := range parsed.Docs {
		if _, comment := doc.Body.(*ast.CommentGroupNode); doc.Body == nil || comment {
			continue
		}
		n := f.node(doc.Body)
		if root != nil {
			return nil, n.Errorf("want one document, a second one begins here")
		}
		root = n
	}
	return root, nil
}

// readable makes JSON that is indented by tabs fit for a reader of YAML, which allows none; strings hold none.
func readable(text []byte) []byte {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return bytes.ReplaceAll(text, []byte("\t"), []byte(" "))
	}
	return text
}

// tooDeep returns the first line by which brackets, or signs of one line that open a level, are nested too deep; 0
// without one. It does not look whether they are in quotes: it spares the parser, whose effort grows with the square.
func tooDeep(text []byte) int {
	depth, inLine, line := 0, 0, 1
	for i, c := range text {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?', ':':
			if i+1 < len(text) && text[i+1] == ' ' {
				inLine++
			}
		case '\n':
			line, inLine = line+1, 0
		}
		if depth > maxDepth || inLine > 2*maxDepth && depth == 0 {
			return line
		}
	}
	return 0
}

// syntax tells an error of the parser.
func (f *file) syntax(err error) error {
	var at *token.Token
	message := err.Error()
	if e, ok := err.(interface{ GetToken() *token.Token }); ok {
		at = e.GetToken()
	}
	if e, ok := err.(interface{ GetMessage() string }); ok {
		message = e.GetMessage()
	}
	message = "no YAML: " + redact.Clip(redact.Line(message), 200)
	if at == nil || at.Position == nil {
		return &Error{File: f.name, Line: 1, Column: 1, Message: message}
	}
	return f.errorAt(at.Position.Line, at.Position.Column, message)
}

func (f *file) errorAt(line, column int, message string) *Error {
	return &Error{File: f.name, Line: line, Column: column, Message: message, excerpt: f.excerpt(line, column)}
}

// excerpt is the line with a mark below the column.
func (f *file) excerpt(line, column int) string {
	const most = 100
	if line < 1 || line > len(f.lines) {
		return ""
	}
	text := redact.Line(strings.ReplaceAll(f.lines[line-1], "\t", " "))
	if strings.TrimSpace(text) == "" {
		return ""
	}
	number := fmt.Sprintf("%5d | ", line)
	if column < 1 || column > most {
		return number + redact.Clip(text, most)
	}
	return number + redact.Clip(text, most) + "\n" + strings.Repeat(" ", len(number)+column-1) + "^"
}

// node makes a node of the parser's.
func (f *file) node(from ast.Node) *Node {
	n := &Node{Kind: Other, file: f, line: 1, column: 1}
	if t := from.GetToken(); t != nil && t.Position != nil {
		n.line, n.column = t.Position.Line, t.Position.Column
	}
	switch v := from.(type) {
	case *ast.NullNode:
		n.Kind = Null
	case *ast.StringNode:
		n.Kind, n.Text = Scalar, v.Value
	case *ast.LiteralNode:
		n.Kind, n.Text = Scalar, v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		n.Kind, n.Text = Scalar, from.GetToken().Value
	case *ast.SequenceNode:
		n.Kind = List
		for _, item := range v.Values {
			n.Items = append(n.Items, f.node(item))
		}
	case *ast.MappingNode:
		n.mapping(v.Values)
	case *ast.MappingValueNode:
		n.mapping([]*ast.MappingValueNode{v})
	}
	return n
}

func (n *Node) mapping(values []*ast.MappingValueNode) {
	n.Kind = Mapping
	for i, v := range values {
		p := Pair{n.file.node(v.Key), n.file.node(v.Value)}
		if i == 0 {
			n.line, n.column = p.Key.line, p.Key.column // the parser's own is that of the colon
		}
		n.Pairs = append(n.Pairs, p)
	}
}

// Line is where the node begins, from 1.
func (n *Node) Line() int { return n.line }

// Errorf makes an *Error at the node.
func (n *Node) Errorf(format string, args ...any) error {
	return n.file.errorAt(n.line, n.column, fmt.Sprintf(format, args...))
}

// Unknown is the error of a key that is none of those known; it names the one that may be meant.
func (n *Node) Unknown(known ...string) error {
	text := fmt.Sprintf("want one of %s, got the key %s", strings.Join(known, ", "), n.Describe())
	if len(known) == 1 {
		text = fmt.Sprintf("want the key %s, got the key %s", known[0], n.Describe())
	}
	if near := suggest.Nearest(n.Text, known); near != "" {
		text += ": did you mean " + near + "?"
	}
	return n.Errorf("%s", text)
}

// Describe says what the node is, as errors say what they got.
func (n *Node) Describe() string {
	switch n.Kind {
	case Null:
		return "nothing"
	case List:
		return "a list"
	case Mapping:
		return "a mapping"
	case Other:
		return "an anchor, alias or tag"
	}
	return fmt.Sprintf("%q", redact.Clip(n.Text, 60))
}
