package identity

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
)

// Token is the credential that a client presents in a query: KEY=VALUE, or several of them joined by "&".
type Token string

// Pair is one key of a token with its value.
type Pair struct{ Key, Value string }

// String returns the pair as written in a query.
func (p Pair) String() string { return p.Key + "=" + p.Value }

// Pairs returns the keys of the token with their values, in order.
func (t Token) Pairs() []Pair {
	var all []Pair
	for key, value := range hook.Params(string(t)) {
		all = append(all, Pair{key, value})
	}
	return all
}

// join returns the token that consists of these pairs.
func join(pairs []Pair) Token {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.String()
	}
	return Token(strings.Join(parts, "&"))
}

// With returns the token with another value at one of its keys.
func (t Token) With(i int, value string) Token {
	pairs := t.Pairs()
	pairs[i].Value = value
	return join(pairs)
}

// Without returns the token without one of its keys.
func (t Token) Without(i int) Token {
	return join(slices.Delete(t.Pairs(), i, i+1))
}

// parseToken reads a token as it is to appear in a query.
func parseToken(text string) (Token, error) {
	for part := range strings.SplitSeq(text, "&") {
		if key, _, ok := strings.Cut(part, "="); !ok || key == "" {
			return "", fmt.Errorf("%q: expected KEY=VALUE, as token=good or a=1&b=2, or EVENT:KEY=VALUE", text)
		}
	}
	switch {
	case strings.ContainsAny(text, "?# \t\r\n"):
		return "", fmt.Errorf("%q: expected KEY=VALUE as in a query: "+
			"?, # and blanks end it (write them as %%3F, %%23, %%20)", text)
	case len(text) > maxField:
		return "", fmt.Errorf("a token of %d bytes: want at most %d", len(text), maxField)
	}
	return Token(text), nil
}

// And returns the token with one more key at its end.
func (t Token) And(key, value string) Token {
	return join(append(t.Pairs(), Pair{key, value}))
}
