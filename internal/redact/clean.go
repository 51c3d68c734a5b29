// Package redact makes what strangers sent fit to be shown to people: on a
// terminal, in a log, on a page and in the log of a CI job. Nothing here is
// markup's escaping; who writes HTML, XML or Markdown escapes on top of it.
package redact

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes s a text of one line: what is not printable becomes an escape as
// in Go source. That is control characters (so that nobody forges lines or
// talks to the terminal), line ends, characters that cannot be seen or that
// turn the writing round, and bytes that are no UTF-8.
func Line(s string) string { return escape(s, false) }

// Lines is Line for a text of several lines: line feeds stay.
func Lines(s string) string { return escape(s, true) }

func escape(s string, multi bool) string {
	fine := func(r rune) bool { return unicode.IsPrint(r) || multi && r == '\n' }
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !fine(r) }) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case fine(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += n
	}
	return b.String()
}

// Clip returns the beginning of s, most characters of it, the last of them "…"
// where something is missing.
func Clip(s string, most int) string {
	n, cut := 0, 0
	for i := range s {
		if n == most-1 {
			cut = i
		}
		if n == most {
			return s[:cut] + "…"
		}
		n++
	}
	return s
}

// Short is Line of the beginning of s, most bytes of it, with "…" where
// something is missing. The result keeps no more of s in memory.
func Short(s string, most int) string {
	cut := ""
	if len(s) > most {
		for cut = "…"; most > 0 && !utf8.RuneStart(s[most]); {
			most--
		}
		s = s[:most]
	}
	return strings.Clone(Line(s)) + cut
}

// Commands changes lines that a CI system would take for orders: GitHub
// Actions reads "::" at the beginning of a line after blanks and "##["
// anywhere, Azure Pipelines "##vso[", TeamCity "##teamcity[". For what is
// printed by a program that may run in a job.
func Commands(text string) string {
	text = strings.ReplaceAll(text, "##", `#\x23`)
	if !strings.Contains(text, "::") {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if rest := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(rest, "::") {
			lines[i] = line[:len(line)-len(rest)] + `\x3a` + rest[1:]
		}
	}
	return strings.Join(lines, "")
}
