package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hookproof/internal/suggest"
)

// configFlag names the file that options are read from.
const configFlag = "config"

// maxConfig bounds that file, in bytes.
const maxConfig = 1 << 20

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
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return fmt.Errorf("-config: %w", err)
	}
	if len(text) > maxConfig {
		return Usagef("-config: %s: want at most %d bytes", name, maxConfig)
	}
	if err := readOptions(fs, given, text); err != nil {
		return Usagef("-config: %s: %v", name, err)
	}
	return nil
}

// readOptions sets flags from the text of a configuration file. A list gives a
// flag several times.
func readOptions(fs *flag.FlagSet, given map[string]bool, text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.CommentGroupNode:
		case *ast.MappingNode:
			for _, pair := range body.Values {
				if err := readOption(fs, given, pair); err != nil {
					return err
				}
			}
		default:
			return complain(body, "want a mapping of options to values, got %s", body.Type())
		}
	}
	return nil
}

func readOption(fs *flag.FlagSet, given map[string]bool, pair *ast.MappingValueNode) error {
	name := pair.Key.GetToken().Value
	f := fs.Lookup(name)
	if f == nil || name == configFlag {
		return complain(pair.Key, "%s", unknownFlag(fs, name))
	}
	values := []ast.Node{pair.Value}
	if list, ok := pair.Value.(*ast.SequenceNode); ok {
		values = list.Values
	}
	if given[name] {
		return nil
	}
	for _, v := range values {
		if _, scalar := v.(ast.ScalarNode); !scalar {
			return complain(v, "-%s: want a value or a list of values, got %s", name, v.Type())
		}
		value := v.GetToken().Value
		if err := fs.Set(name, value); err != nil {
			return complain(v, "%s", explainValue(f, value, err))
		}
	}
	return nil
}

// complain makes an error that shows the place in the file.
func complain(at ast.Node, format string, args ...any) error {
	err := &yaml.SyntaxError{Message: fmt.Sprintf(format, args...), Token: at.GetToken()}
	return errors.New(strings.TrimSpace(err.FormatError(false, true)))
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
