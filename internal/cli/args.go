package cli

import (
	"slices"
	"strings"

	"hookproof/internal/redact"
)

// Masked is a command line as a report may show it: *** in place of the values
// that follow the named flags, KEY=VALUE keeping its KEY, and of what URLs hide
// (see redact.Secrets).
func Masked(args []string, flags ...string) []string {
	shown := make([]string, len(args))
	secret := false
	for i, arg := range args {
		name, value, joined := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		named := strings.HasPrefix(arg, "-") && slices.Contains(flags, name)
		switch {
		case secret:
			shown[i], secret = maskValue(arg), false
		case named && joined:
			shown[i] = arg[:len(arg)-len(value)] + maskValue(value)
		case strings.Contains(arg, "://"):
			shown[i] = redact.Secrets(arg)
		default:
			shown[i], secret = arg, named
		}
	}
	return shown
}

func maskValue(s string) string {
	key, _, ok := strings.Cut(s, "=")
	if !ok {
		key = ""
	} else {
		key += "="
	}
	return key + "***"
}
