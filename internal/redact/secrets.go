package redact

import (
	"slices"
	"strings"
)

// masked is shown in place of a secret.
const masked = "***"

// Secrets puts *** in place of what may be secret in a URL, in a param of the
// hooks or in a stream's name as clients send it: the values of parameters,
// parameters without a name, and what is before the "@" of a URL's host.
// Parameters begin at the first "?" or "#" and are separated by these or "&".
// Names of streams, apps and hosts stay.
func Secrets(s string) string {
	plain, params := s, ""
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		plain, params = s[:i], s[i:]
	}
	var b strings.Builder
	b.WriteString(withoutUser(plain))
	for params != "" {
		b.WriteByte(params[0])
		one := params[1:]
		if end := strings.IndexAny(one, "&?#"); end >= 0 {
			one, params = one[:end], one[end:]
		} else {
			params = ""
		}
		switch name, _, named := strings.Cut(one, "="); {
		case named:
			b.WriteString(name + "=" + masked)
		case one != "":
			b.WriteString(masked)
		}
	}
	return b.String()
}

// withoutUser masks the user and password of a URL.
func withoutUser(plain string) string {
	scheme, rest, isURL := strings.Cut(plain, "://")
	if !isURL {
		return plain
	}
	host, _, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(host, '@')
	if at < 0 {
		return plain
	}
	return scheme + "://" + masked + rest[at:]
}

// shortest is the length of a value from which on Without looks for it: what
// is shorter stands everywhere by chance, and hides nothing.
const shortest = 4

// Without puts *** wherever text repeats a secret of one of the sources, which
// are URLs, params or streams' names as Secrets takes them. So a peer's answer
// can be shown that may quote what it was sent.
func Without(text string, sources ...string) string {
	var all []string
	for _, s := range sources {
		all = append(all, values(s)...)
	}
	// A secret that is a part of another one must not spoil the search for it.
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	for _, value := range all {
		if len(value) >= shortest {
			text = strings.ReplaceAll(text, value, masked)
		}
	}
	return text
}

// values are the parts of s that Secrets hides.
func values(s string) (all []string) {
	plain, params := s, ""
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		plain, params = s[:i], s[i:]
	}
	if _, rest, isURL := strings.Cut(plain, "://"); isURL {
		host, _, _ := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			user, password, _ := strings.Cut(host[:at], ":")
			all = append(all, host[:at], password, user)
		}
	}
	for one := range strings.FieldsFuncSeq(params, func(r rune) bool { return r == '&' || r == '?' || r == '#' }) {
		if _, value, named := strings.Cut(one, "="); named {
			all = append(all, value)
		} else {
			all = append(all, one)
		}
	}
	return all
}
