package yamldoc

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// show writes a node in one line.
func show(n *Node) string {
	if n == nil {
		return "none"
	}
	var parts []string
	switch n.Kind {
	case List:
		for _, item := range n.Items {
			parts = append(parts, show(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case Mapping:
		for _, p := range n.Pairs {
			parts = append(parts, show(p.Key)+"="+show(p.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case Scalar:
		return fmt.Sprintf("%s@%d", n.Text, n.Line())
	}
	return n.Describe()
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "none"},
		{"a comment", "# no more\n", "none"},
		{"scalars", "a: 1\nb: 0x1F\nc: true\nd: 1.50\ne: \"x y\"\nf:\ng: ''\n",
			"{a@1=1@1 b@2=0x1F@2 c@3=true@3 d@4=1.50@4 e@5=x y@5 f@6=nothing g@7=@7}"},
		{"a block of text", "a: |\n  x\n  y\n", "{a@1=x\ny\n@1}"},
		{"lists", "- a\n- [b, c]\n- {d: e}\n", "[a@1 [b@2 c@2] {d@3=e@3}]"},
		{"JSON with tabs", "{\n\t\"a\": [\"b\", 2]}", "{a@2=[b@2 2@2]}"},
		{"carriage returns", "a: b\r\nc: d\r\n", "{a@1=b@1 c@2=d@2}"},
		{"an anchor and its alias", "a: &x 1\nb: *x\n", "{a@1=an anchor, alias or tag b@2=an anchor, alias or tag}"},
		{"a tag", "a: !!str 1\n", "{a@1=an anchor, alias or tag}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := Parse("f", []byte(c.text))
			if got := show(n); err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"twice", "a: 1\na: 2\n", "f:2: no YAML: mapping key \"a\" already defined at [1:1]\n    2 | a: 2\n        ^"},
		{"two documents", "a: 1\n---\nb: 2\n",
			"f:3: want one document, a second one begins here\n    3 | b: 2\n        ^"},
		{"an open quote", "a: \"x\n", "f:1: no YAML: could not find end character of double-quoted text"},
		{"not UTF-8", "a: \xff", "f: want UTF-8"},
		{"too long", strings.Repeat("#", MaxFile+1), "f: want at most 1048576 bytes"},
		{"brackets", "a:\n" + strings.Repeat("[", 500_000), "f:2: want lists and mappings nested at most 50 deep"},
		{"braces", strings.Repeat("{a: ", 100_000), "f:1: want lists and mappings nested at most 50 deep"},
		{"lists in a line", strings.Repeat("- ", 500_000), "f:1: want lists and mappings nested at most 50 deep"},
		{"a long line", "a: [\"" + strings.Repeat("x", 300), "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := Parse("f", []byte(c.text))
			var e *Error
			if n != nil || !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
				t.Errorf("got %s, %v, want %s", show(n), err, c.want)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	n, err := Parse("f", []byte("acept: 1\nzzz: 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"f:1: want one of accept, refuse, got the key \"acept\": did you mean accept?\n    1 | acept: 1\n        ^",
		"f:2: want one of accept, refuse, got the key \"zzz\"\n    2 | zzz: 2\n        ^",
	} {
		if got := n.Pairs[i].Key.Unknown("accept", "refuse"); got.Error() != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// FuzzParse: any text is read or refused with its place, in one piece.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"a: 1", "- [a, {b: c}]", "a: &x [*x]", "? [a]\n: b", "a: |\n\tb", "{\t\"a\": 1}",
		"%YAML 1.2\n---\na: !x b", "a: 'b\n\n c'", "\ufeffa: 1"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := Parse("f", text)
		if err != nil && (n != nil || !strings.HasPrefix(err.Error(), "f:")) {
			t.Errorf("got %v and an error without its place: %v", n, err)
		}
		_ = show(n)
	})
}
