package hooktarget

import (
	"strings"
	"unicode"

	"hookproof/internal/identity"
)

// nearMiss makes what stands in the query in place of an accepted token; false
// where the token is too short or has no letters for it.
type nearMiss func(good, bad identity.Token) (query string, ok bool)

// nearMisses are those of H-REJ-05, by the words of the features.
var nearMisses = map[string]nearMiss{
	"the beginning of the token":          with(func(v string) string { return v[:len(v)-1] }),
	"the end of the token":                with(func(v string) string { return v[1:] }),
	"more behind it":                      with(func(v string) string { return v + "x" }),
	"more before it":                      with(func(v string) string { return "x" + v }),
	"more on both sides":                  with(func(v string) string { return "x" + v + "x" }),
	"the other case":                      with(func(v string) string { return strings.Map(swapCase, v) }),
	"an empty value":                      with(func(string) string { return "" }),
	"no token":                            func(identity.Token, identity.Token) (string, bool) { return "", true },
	"the right one, then a wrong one":     func(good, bad identity.Token) (string, bool) { return good.String() + "&" + bad.String(), true },
	"a wrong one, then the right one":     func(good, bad identity.Token) (string, bool) { return bad.String() + "&" + good.String(), true },
	"the right value under another key":   func(good, _ identity.Token) (string, bool) { return "other" + good.Key + "=" + good.Value, true },
	"the token as the value of another":   func(good, _ identity.Token) (string, bool) { return "other=" + good.String(), true },
	"the token in pageUrl alone":          func(identity.Token, identity.Token) (string, bool) { return "", true },
	"the right one in tcUrl, a wrong one": func(_, bad identity.Token) (string, bool) { return bad.String(), true },
	"a wrong one in tcUrl, the right one": func(good, _ identity.Token) (string, bool) { return good.String(), true },
}

// with is a near miss that changes the value.
func with(change func(string) string) nearMiss {
	return func(good, _ identity.Token) (string, bool) {
		v := change(good.Value)
		return identity.Token{Key: good.Key, Value: v}.String(), v != good.Value && (v != "" || len(good.Value) > 1)
	}
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
