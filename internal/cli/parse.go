package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"
)

// Parse reads args into fs, whose help is h: flags from the command line, then
// from the environment (see Variable), then from the file of -config. When
// done is true the command is over and code is its exit code: help was asked
// for (it went to s.Out, ExitOK) or the flags are wrong (one line went to
// s.Err, ExitUsage). "-h" prints the common options, "-h all" every one.
// Without an operand name in h, operands are refused; with one, flags may
// follow them.
func Parse(s Streams, fs *flag.FlagSet, h Help, args []string) (code int, done bool) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	registerConfig(fs)
	if s.inspect != nil {
		s.inspect(fs)
		return ExitOK, true
	}
	operands, err := parseMixed(fs, h, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		h.Write(s.Out, fs, lengthAsked(args))
		return ExitOK, true
	case err != nil:
		return Report(s, h.Name, &UsageError{Text: explainFlag(fs, err)}), true
	case len(operands) > 0 && h.Operands == "":
		return Report(s, h.Name, Usagef("unexpected argument %q: every option starts with a dash", operands[0])), true
	}
	if err := fromElsewhere(fs, h.Name, os.Getenv); err != nil {
		return Report(s, h.Name, err), true
	}
	return ExitOK, false
}

// parseMixed parses flags before, between and after operands, which fs.Args
// then returns. Everything after "--" is an operand.
func parseMixed(fs *flag.FlagSet, h Help, args []string) (operands []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		rest := fs.Args()
		if ended := len(args) - len(rest); len(rest) == 0 || h.Operands == "" || ended > 0 && args[ended-1] == "--" {
			operands = append(operands, rest...)
			break
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
	return operands, fs.Parse(append([]string{"--"}, operands...))
}

// lengthAsked tells how much of the help is wanted.
func lengthAsked(args []string) Length {
	if len(args) > 0 && args[len(args)-1] == "all" {
		return Long
	}
	return Short
}

var (
	notDefined   = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)
	invalidValue = regexp.MustCompile(`(?s)^invalid (?:boolean )?value ("(?:[^"\\]|\\.)*") for (?:flag )?-([^:]+): (.*)$`)
)

// explainFlag rewrites an error of package flag for a user who does not know Go.
func explainFlag(fs *flag.FlagSet, err error) string {
	if m := notDefined.FindStringSubmatch(err.Error()); m != nil {
		return unknownFlag(fs, m[1])
	}
	if m := invalidValue.FindStringSubmatch(err.Error()); m != nil {
		value, unquoteErr := strconv.Unquote(m[1])
		if f := fs.Lookup(m[2]); f != nil && unquoteErr == nil {
			return explainValue(f, value, errors.New(m[3]))
		}
	}
	return err.Error()
}

// explainValue says why a flag does not take a value.
func explainValue(f *flag.Flag, value string, err error) string {
	getter, ok := f.Value.(flag.Getter)
	if !ok {
		return fmt.Sprintf("-%s: %v", f.Name, err)
	}
	want := ""
	switch getter.Get().(type) {
	case time.Duration:
		want = "a time with its unit, such as 500ms, 10s or 2m"
		if _, notNumber := strconv.ParseFloat(value, 64); notNumber == nil {
			return fmt.Sprintf("-%s is %q, which has no unit: want %s", f.Name, value, "a time such as "+value+"s")
		}
	case int, int64:
		want = "a whole number"
	case uint, uint64:
		want = "a whole number from 0 up"
	case float64:
		want = "a number"
	case bool:
		want = "true or false"
	default:
		return fmt.Sprintf("-%s: %v", f.Name, err)
	}
	return fmt.Sprintf("-%s: want %s, got %q", f.Name, want, value)
}

// FlagsOf returns the flags of a command that hands them to Parse before it
// does anything else.
func FlagsOf(run func(args []string, s Streams) int) func() *flag.FlagSet {
	return func() *flag.FlagSet {
		var flags *flag.FlagSet
		run(nil, Streams{Out: io.Discard, Err: io.Discard, inspect: func(fs *flag.FlagSet) { flags = fs }})
		return flags
	}
}
