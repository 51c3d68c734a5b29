package hookserver

import (
	"encoding/json"
	"regexp"
	"strings"

	"hookproof/internal/redact"
)

// maxShownBody bounds a body on the page, in bytes. Real ones have some 600.
const maxShownBody = 4 << 10

// jsonStrings matches every string of a JSON text.
var jsonStrings = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// body returns a request's body for the page, to be looked at and sent again.
// Unless parameters are shown, their values are masked in every string of it; of
// what is not JSON nothing is shown, since a secret could be anywhere. A body
// that is too large is left out.
func (s *Server) body(body []byte) string {
	if len(body) > maxShownBody {
		return ""
	}
	if s.opts.ShowParams {
		return redact.Lines(string(body))
	}
	if !json.Valid(body) {
		return ""
	}
	return redact.Lines(jsonStrings.ReplaceAllStringFunc(string(body), masked))
}

// masked masks the values of parameters in a string of JSON text; one without
// any stays byte for byte.
func masked(quoted string) string {
	var text string
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		return `"***"`
	}
	safe := redact.Secrets(text)
	if strings.Contains(text, "=") && !strings.ContainsAny(text, "?#") {
		safe = redact.Secrets("?" + text)[1:] // a param without its mark
	}
	if safe == text {
		return quoted
	}
	out, err := json.Marshal(safe)
	if err != nil {
		return `"***"`
	}
	return string(out)
}
