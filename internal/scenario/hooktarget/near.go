package hooktarget

import (
	"strings"
	"unicode"

	"hookproof/internal/identity"
)

// nearMiss makes a near miss of a credential at one of its keys; false where the
// value is too short for it, has no letters, or where the miss would mean the same.
type nearMiss func(good identity.Token, i int) (near identity.Token, ok bool)

// nearMisses are those of H-REJ-05, by the words of the features.
var nearMisses = map[string]nearMiss{
	"the beginning":                     changed(func(v string) string { return v[:len(v)-1] }),
	"the end":                           changed(func(v string) string { return v[1:] }),
	"the middle":                        changed(func(v string) string { return v[1:max(1, len(v)-1)] }),
	"more after the value":              changed(func(v string) string { return v + "x" }),
	"more before the value":             changed(func(v string) string { return "x" + v }),
	"more on both sides of the value":   changed(func(v string) string { return "x" + v + "x" }),
	"the other case":                    changed(otherCase),
	"an empty value":                    changed(func(string) string { return "" }),
	"the value under another key":       renamed,
	"the value in the value of another": quoted,
	"the key left out":                  withoutKey,
	"the value of another key":          swapped,
}

// changed is a near miss that changes the value.
func changed(change func(string) string) nearMiss {
	return func(good identity.Token, i int) (identity.Token, bool) {
		was := good.Pairs()[i].Value
		if was == "" {
			return good, false
		}
		v := change(was)
		return good.With(i, v), v != was && (v != "" || len(was) > 1)
	}
}

// otherCase changes the case of letters. Digits that are written in hexadecimal mean the same in either case.
func otherCase(v string) string {
	if len(v) >= 16 && strings.Trim(strings.ToLower(v), "0123456789abcdef") == "" {
		return v
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, v)
}

func renamed(good identity.Token, i int) (identity.Token, bool) {
	p := good.Pairs()[i]
	return good.Without(i).And("other"+p.Key, p.Value), true
}

func quoted(good identity.Token, i int) (identity.Token, bool) {
	return good.Without(i).And("other", good.Pairs()[i].String()), true
}

// withoutKey leaves the key out; a credential of one key is gone then, which H-REJ-06 is about.
func withoutKey(good identity.Token, i int) (identity.Token, bool) {
	return good.Without(i), len(good.Pairs()) > 1
}

// swapped exchanges the values of the key and the next one.
func swapped(good identity.Token, i int) (identity.Token, bool) {
	pairs := good.Pairs()
	j := (i + 1) % len(pairs)
	return good.With(i, pairs[j].Value).With(j, pairs[i].Value), pairs[i].Value != pairs[j].Value
}
