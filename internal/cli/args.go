package cli

import (
	"flag"
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
	if !ok || strings.Contains(key, " ") {
		return "***"
	}
	return key + "=***"
}

// Without returns a command line's arguments, which were parsed, without the
// named flags and their values.
func Without(fs *flag.FlagSet, args []string, names ...string) []string {
	var kept []string
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		first := i
		name, _, joined := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[i], "-"), "-"), "=")
		f := fs.Lookup(name)
		if !strings.HasPrefix(args[i], "-") || f == nil {
			kept = append(kept, args[i])
			continue
		}
		if b, is := f.Value.(interface{ IsBoolFlag() bool }); !joined && !(is && b.IsBoolFlag()) {
			i = min(i+1, len(args)-1)
		}
		if !slices.Contains(names, name) {
			kept = append(kept, args[first:i+1]...)
		}
	}
	return kept
}
