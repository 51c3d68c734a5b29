package hookserver

import (
	"strconv"
	"strings"
	"unicode"
)

// maxShown bounds a text from a peer in the log, on the page and in memory, in
// bytes.
const maxShown = 200

// show makes a peer's text fit to be shown: no longer than maxShown, valid
// UTF-8, and with escapes in place of control bytes and of characters that
// cannot be seen or that turn the writing round.
func show(s string) string {
	cut := ""
	if len(s) > maxShown {
		s, cut = s[:maxShown], "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsFunc(s, hidden) {
		var b strings.Builder
		for _, r := range s {
			if hidden(r) {
				quoted := strconv.QuoteRuneToASCII(r)
				b.WriteString(quoted[1 : len(quoted)-1])
			} else {
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	return strings.Clone(s) + cut
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }

// mask puts *** in place of what may be secret in a URL, a param or a stream's
// name: the values of parameters, parameters without a name, and what stands
// before the "@" of a URL's host.
func mask(s string) string {
	plain, params, ok := strings.Cut(s, "?")
	if scheme, rest, isURL := strings.Cut(plain, "://"); isURL {
		host, path, _ := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			plain = scheme + "://***" + rest[at:len(rest)-len(path)] + path
		}
	}
	if !ok {
		return plain
	}
	var b strings.Builder
	b.WriteString(plain)
	b.WriteByte('?')
	for params != "" {
		one, separator := params, ""
		if end := strings.IndexAny(params, "&?"); end >= 0 {
			one, separator, params = params[:end], params[end:end+1], params[end+1:]
		} else {
			params = ""
		}
		name, _, named := strings.Cut(one, "=")
		switch {
		case named:
			b.WriteString(name + "=***")
		case one != "":
			b.WriteString("***")
		}
		b.WriteString(separator)
	}
	return b.String()
}

// shown gives a text as the log and the page show it.
func (s *Server) shown(text string) string {
	// Only its beginning will be seen; but a text cut before the "@" of a URL
	// would show what is masked.
	const enough = 20 * maxShown
	if text = text[:min(len(text), enough)]; !s.opts.ShowParams {
		text = mask(text)
	}
	return show(text)
}

// plural gives "1 rule", "2 rules".
func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
