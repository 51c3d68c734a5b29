package cli

import (
	"flag"
	"io"
	"log/slog"
)

// LogOptions are the flags -log and -log-level.
type LogOptions struct{ Format, Level string }

// Register adds -log (text or json) and -log-level (debug, info, warn or
// error) to fs; the defaults are text and info.
func (o *LogOptions) Register(fs *flag.FlagSet) {
	fs.StringVar(&o.Format, "log", "text", "write the log as `FORMAT`: text or json")
	fs.StringVar(&o.Level, "log-level", "info", "log this `LEVEL` and above: debug, info, warn or error")
}

// Logger makes the logger that the flags ask for; it writes to w. A wrong
// value is a *UsageError.
func (o *LogOptions) Logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	switch o.Level {
	case "debug":
		level = slog.LevelDebug
	case "info":
		level = slog.LevelInfo
	case "warn":
		level = slog.LevelWarn
	case "error":
		level = slog.LevelError
	default:
		return nil, Usagef("-log-level: want debug, info, warn or error, got %q", o.Level)
	}
	options := &slog.HandlerOptions{Level: level}
	switch o.Format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, Usagef("-log: want text or json, got %q", o.Format)
}
