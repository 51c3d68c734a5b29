// Package pagepolicy makes the Content-Security-Policy of pages that carry
// their style and script in themselves.
package pagepolicy

import (
	"crypto/sha256"
	"encoding/base64"
)

// Inline lets a page have this style sheet and, unless it is "", this script,
// and load nothing.
func Inline(css, js string) string {
	p := "default-src 'none'; style-src " + Hash(css)
	if js != "" {
		p += "; script-src " + Hash(js)
	}
	return p + "; base-uri 'none'; form-action 'none'"
}

// Live is Inline for a page whose script may ask the server that it came from.
func Live(css, js string) string { return Inline(css, js) + "; connect-src 'self'" }

// Hash is a source that allows this text alone.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
