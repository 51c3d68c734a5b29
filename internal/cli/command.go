package cli

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"hookproof/internal/suggest"
)

// Command describes a program or one of its commands. Help, completion and
// manual pages are all made from it.
type Command struct {
	Help     Help
	Flags    func() *flag.FlagSet // makes a new set of the command's flags; nil: it has none
	Commands []Command            // named by the last word of their Help.Name
}

// word is what a user types to call the command.
func (c Command) word() string {
	words := strings.Fields(c.Help.Name)
	return words[len(words)-1]
}

// flags returns a new set of the command's flags, those of every command included.
func (c Command) flags() *flag.FlagSet {
	fs := flag.NewFlagSet(c.Help.Name, flag.ContinueOnError)
	if c.Flags != nil {
		fs = c.Flags()
	}
	registerConfig(fs)
	return fs
}

// find returns the command that the words name, starting at c.
func (c Command) find(words []string) (Command, error) {
	for _, word := range words {
		i := slices.IndexFunc(c.Commands, func(sub Command) bool { return sub.word() == word })
		if i < 0 {
			return c, c.unknown(word)
		}
		c = c.Commands[i]
	}
	return c, nil
}

// unknown is the error for a word that is no command.
func (c Command) unknown(word string) error {
	text := fmt.Sprintf("unknown command %q", word)
	if near := suggest.Nearest(word, c.words()); near != "" {
		return Usagef("%s: did you mean %q?", text, near)
	}
	return Usagef("%s: want an option or one of %s", text, strings.Join(c.words(), ", "))
}

// builtin are the commands that every program has.
var builtin = []string{"completion", "help", "man", "version"}

// words are all commands of a program.
func (c Command) words() []string {
	words := slices.Clone(builtin)
	for _, sub := range c.Commands {
		words = append(words, sub.word())
	}
	slices.Sort(words)
	return words
}

// Builtin runs the commands that every program has: help, version, completion
// and man. It also refuses a first word that is neither an option nor a
// command, unless the program takes operands. When done is true the program
// is over, and code is its exit code.
func (c Command) Builtin(s Streams, args []string) (code int, done bool) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return ExitOK, false
	}
	name := c.Help.Name
	switch args[0] {
	case "help":
		sub, err := c.find(args[1:])
		if err == nil {
			sub.Help.Write(s.Out, sub.flags(), Long)
		}
		return Report(s, name, err), true
	case "version":
		PrintVersion(s.Out, name)
		return ExitOK, true
	case "completion":
		return Report(s, name, c.writeCompletion(s.Out, args[1:])), true
	case "man":
		sub, err := c.find(args[1:])
		if err == nil {
			sub.writeManual(s.Out)
		}
		return Report(s, name, err), true
	}
	if _, err := c.find(args[:1]); err != nil && c.Help.Operands == "" {
		return Report(s, name, err), true
	}
	return ExitOK, false
}
