package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"hookproof/internal/suggest"
	"hookproof/internal/yamldoc"
)

// configFlag names the file that options are read from.
const configFlag = "config"

// registerConfig adds -config to fs, unless it has one.
func registerConfig(fs *flag.FlagSet) {
	if fs.Lookup(configFlag) == nil {
		fs.String(configFlag, "", "read options from `FILE` (YAML): each is a key without its dash")
	}
}

// Variable is the environment variable that stands for a command's flag:
// HOOKPROOF_LOADGEN_TOKEN_AT for loadgen's -token-at.
func Variable(command, flagName string) string {
	upper := strings.NewReplacer(" ", "_", "-", "_").Replace(command + " " + flagName)
	return "HOOKPROOF_" + strings.ToUpper(upper)
}

// fromElsewhere sets the flags that the command line did not give: first from
// the environment, then from the file of -config.
func fromElsewhere(fs *flag.FlagSet, command string, getenv func(string) string) error {
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	fs.VisitAll(func(f *flag.Flag) {
		name := Variable(command, f.Name)
		if value := getenv(name); value != "" && !given[f.Name] {
			given[f.Name] = true
			if err := fs.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s", name, explainValue(f, value, err)))
			}
		}
	})
	if len(errs) > 0 {
		return &UsageError{Text: errors.Join(errs...).Error()}
	}
	return fromFile(fs, given, fs.Lookup(configFlag).Value.String())
}

// fromFile sets the flags that are not given yet from a YAML file; an empty
// name is no file.
func fromFile(fs *flag.FlagSet, given map[string]bool, name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return Usagef("-config: %v", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, yamldoc.MaxFile+1))
	if err != nil {
		return fmt.Errorf("-config: %w", err)
	}
	if err := readOptions(fs, given, name, text); err != nil {
		return Usagef("-config: %v", err)
	}
	return nil
}

// readOptions sets flags from the text of a configuration file. A list gives a
// flag several times.
func readOptions(fs *flag.FlagSet, given map[string]bool, name string, text []byte) error {
	doc, err := yamldoc.Parse(name, text)
	if err != nil || doc == nil {
		return err
	}
	if doc.Kind != yamldoc.Mapping {
		return doc.Errorf("want a mapping of options to values, got %s", doc.Describe())
	}
	for _, pair := range doc.Pairs {
		if err := readOption(fs, given, pair); err != nil {
			return err
		}
	}
	return nil
}

func readOption(fs *flag.FlagSet, given map[string]bool, pair yamldoc.Pair) error {
	name := pair.Key.Text
	f := fs.Lookup(name)
	if f == nil || name == configFlag {
		return pair.Key.Errorf("%s", unknownFlag(fs, name))
	}
	values := []*yamldoc.Node{pair.Value}
	if pair.Value.Kind == yamldoc.List {
		values = pair.Value.Items
	}
	if given[name] {
		return nil
	}
	for _, v := range values {
		if v.Kind != yamldoc.Scalar {
			return v.Errorf("-%s: want a value or a list of values, got %s", name, v.Describe())
		}
		if err := fs.Set(name, v.Text); err != nil {
			return v.Errorf("%s", explainValue(f, v.Text, err))
		}
	}
	return nil
}

// unknownFlag says that there is no such flag, and which one may be meant.
func unknownFlag(fs *flag.FlagSet, name string) string {
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	text := "unknown option -" + name
	if near := suggest.Nearest(name, names); near != "" {
		return text + ": did you mean -" + near + "?"
	}
	if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name) }); i >= 0 {
		return text + ": did you mean -" + names[i] + "?"
	}
	return text
}
