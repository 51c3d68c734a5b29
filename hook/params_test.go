package hook

import (
	"slices"
	"testing"
)

func TestParams(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string // name, value, name, value …
	}{
		{"none", "", nil},
		{"only marks", "?&?", nil},
		{"one", "?token=x", []string{"token", "x"}},
		{"without its mark", "token=x", []string{"token", "x"}},
		{"doubled as by SRS 7", "?token=x?token=x", []string{"token", "x", "token", "x"}},
		{"= in the value", "?a=b==&c", []string{"a", "b==", "c", ""}},
		{"nothing is unescaped", "?a=%20+%26&A= b", []string{"a", "%20+%26", "A", " b"}},
		{"no name", "?=x", []string{"", "x"}},
		{"bytes that are not UTF-8", "?a=\xff\xfe", []string{"a", "\xff\xfe"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for name, value := range Params(c.in) {
				got = append(got, name, value)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("want %q, got %q", c.want, got)
			}
		})
	}
	for name := range Params("?a=1&b=2") {
		if name != "a" {
			t.Errorf("went on after the loop ended: %s", name)
		}
		break
	}
}
