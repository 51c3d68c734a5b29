package srsconf

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// checkURL says whether a hook URL can be called. SRS checks none when it
// loads: one that cannot be called refuses every client later. The warning
// names what is allowed and does something else than one may think.
func checkURL(raw string) (warning string, err error) {
	bad := func(got string) (string, error) {
		return "", fmt.Errorf("expected a URL like http://127.0.0.1:8085/api/v1/clients, got %s", got)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '\\' }) {
		return bad(quote(redact.Secrets(raw)) + ", with characters that have to be percent-encoded")
	}
	if strings.HasSuffix(raw, ",") || strings.Contains(raw, ",http://") || strings.Contains(raw, ",https://") {
		return bad(shown(raw) + ", with a comma: several URLs are separated by blanks")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return bad(shown(raw) + ", which is not a URL")
	}
	switch {
	case u.Scheme == "" || u.Opaque != "":
		return bad(shown(raw) + ", without http:// or https:// in front")
	case u.Scheme != "http" && u.Scheme != "https":
		return bad(shown(raw) + ", whose scheme is not http or https")
	case u.Hostname() == "":
		return bad(shown(raw) + ", without a host")
	}
	if p := u.Port(); p != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return bad(shown(raw) + ", whose port is not from 1 to 65535")
		}
	}
	if err := hook.CheckURL(raw); err != nil {
		return bad(shown(raw) + ": " + errors.Unwrap(err).Error()) // it names the URL
	}
	return doubtful(u), nil
}

// doubtful says what a callable URL does other than one may think.
func doubtful(u *url.URL) string {
	switch {
	case u.User != nil:
		return "SRS does not send the user name and password"
	case u.Fragment != "":
		return "what follows the # is not sent"
	case u.Path == "" && u.RawQuery != "":
		return "SRS sends a malformed request when the path is missing before the ?"
	case strings.ContainsAny(u.Path+u.RawQuery, "[]"):
		return "names in brackets are sent as they are, and not replaced by their values"
	}
	return ""
}

// shown is a URL in a message, without the secrets that may stand in it.
func shown(raw string) string { return brief(redact.Secrets(raw)) }

// quote puts a string from the file into double quotes, control bytes escaped.
func quote(s string) string { return strconv.Quote(s) }
