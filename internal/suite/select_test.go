package suite

import (
	"slices"
	"strings"
	"testing"

	"hookproof/features"
)

func TestTagExpressions(t *testing.T) {
	has := func(tags ...string) func(string) bool {
		return func(t string) bool { return slices.Contains(tags, t) }
	}
	for _, c := range []struct {
		expr string
		tags []string
		want bool
	}{
		{"@a", []string{"a"}, true},
		{"not @a", []string{"a"}, false},
		{"not @a", []string{"b"}, true},
		{"@a and @b", []string{"a"}, false},
		{"@a and @b", []string{"a", "b"}, true},
		{"@a or @b and @c", []string{"a"}, true},
		{"(@a or @b) and @c", []string{"a"}, false},
		{"@a and not (@b or @c)", []string{"a"}, true},
		{"@a and not (@b or @c)", []string{"a", "c"}, false},
		{"not not @a", []string{"a"}, true},
		{"@a AND @b", []string{"a", "b"}, true},
	} {
		e, _, err := parseTags(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
		} else if got := e(has(c.tags...)); got != c.want {
			t.Errorf("%s of %v is %v", c.expr, c.tags, got)
		}
	}
	for _, wrong := range []string{"", "a", "@a @b", "@a and", "(@a", "@a)", "and @a", "@", "not",
		strings.Repeat("not ", 300) + "@a"} {
		if _, _, err := parseTags(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

func FuzzParseTags(f *testing.F) {
	for _, s := range []string{"@a", "not @a and (@b or @c)", "((", "@a or or @b", "not not not @x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, tags, err := parseTags(text)
		if err != nil {
			return
		}
		e(func(tag string) bool { return len(tag)%2 == 0 })
		if len(tags) == 0 {
			t.Errorf("%q names no tag", text)
		}
	})
}

func TestSelect(t *testing.T) {
	all, err := Selection{}.Select(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		sel  Selection
		err  string // "" wants some cases, fewer than all
	}{
		{"an id", Selection{IDs: []string{"S-ANS-04"}}, ""},
		{"a profile", Selection{Profiles: []string{"srs6"}}, ""},
		{"tags", Selection{Tags: "@must and not (@slow or @load)"}, ""},
		{"a name", Selection{Name: "vanish"}, ""},
		{"an unknown id", Selection{IDs: []string{"S-ANS-99"}}, `no requirement "S-ANS-99"`},
		{"an unknown tag", Selection{Tags: "@msut"}, "no scenario carries the tag @msut"},
		{"an unknown profile", Selection{Profiles: []string{"srs2"}}, "want one of srs1, srs3"},
		{"nothing", Selection{IDs: []string{"S-KEY-10"}, Profiles: []string{"srs1"}}, "no scenario matches"},
		{"a broken expression", Selection{Tags: "@must and"}, "want a tag"},
	} {
		cases, err := c.sel.Select(features.RoleServer)
		switch {
		case c.err == "" && (err != nil || len(cases) == 0 || len(cases) >= len(all)):
			t.Errorf("%s: %d cases of %d, %v", c.name, len(cases), len(all), err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.err)
		}
	}
}
