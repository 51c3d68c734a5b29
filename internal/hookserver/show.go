package hookserver

import (
	"strconv"

	"hookproof/internal/redact"
)

// maxShown bounds a text from a peer in the log, on the page and in memory, in
// bytes.
const maxShown = 200

// show makes a peer's text fit to be shown, no longer than maxShown.
func show(s string) string { return redact.Short(s, maxShown) }

// shown returns a text as the log and the page show it.
func (s *Server) shown(text string) string {
	// Only its beginning will be seen; but a text cut before the "@" of a URL
	// would show what is masked.
	const enough = 20 * maxShown
	if text = text[:min(len(text), enough)]; !s.opts.ShowParams {
		text = redact.Secrets(text)
	}
	return show(text)
}

// plural returns "1 rule", "2 rules".
func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
