package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// shells are those that completion can be written for.
var shells = map[string]func(Command, io.Writer){
	"bash": Command.writeBash,
	"zsh":  Command.writeZsh,
	"fish": Command.writeFish,
}

// writeCompletion writes the completion script of a shell.
func (c Command) writeCompletion(w io.Writer, args []string) error {
	if len(args) == 1 && shells[args[0]] != nil {
		shells[args[0]](c, w)
		return nil
	}
	return Usagef("completion: want one shell, bash, zsh or fish, got %q", strings.Join(args, " "))
}

// flagNames are the command's flags with their dash.
func (c Command) flagNames() []string {
	var names []string
	c.flags().VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	return names
}

// identifier makes a shell function's name of the program's name.
func (c Command) identifier() string { return "_" + strings.ReplaceAll(c.Help.Name, "-", "_") }

// writeCases writes the shell lines that choose the words of the command given.
func (c Command) writeCases(w io.Writer, assign string) {
	for _, sub := range c.Commands {
		fmt.Fprintf(w, "  %s) "+assign+" ;;\n", sub.word(), strings.Join(sub.flagNames(), " "))
	}
	words := append(c.flagNames(), c.words()...)
	fmt.Fprintf(w, "  *) "+assign+" ;;\n", strings.Join(words, " "))
}

func (c Command) writeBash(w io.Writer) {
	fmt.Fprintf(w, "# bash completion of %[1]s: source <(%[1]s completion bash)\n%s() {\n", c.Help.Name, c.identifier())
	fmt.Fprint(w, "  local words\n  case \"${COMP_WORDS[1]}\" in\n")
	c.writeCases(w, "words=%q")
	fmt.Fprint(w, "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n")
	fmt.Fprintf(w, "complete -o default -F %s %s\n", c.identifier(), c.Help.Name)
}

func (c Command) writeZsh(w io.Writer) {
	fmt.Fprintf(w, "#compdef %[1]s\n# zsh completion of %[1]s: source <(%[1]s completion zsh)\n%s() {\n",
		c.Help.Name, c.identifier())
	fmt.Fprint(w, "  local -a options\n  case \"$words[2]\" in\n")
	c.writeCases(w, "options=(%s)")
	fmt.Fprint(w, "  esac\n  compadd -- $options\n  _files\n}\n")
	fmt.Fprintf(w, "compdef %s %s\n", c.identifier(), c.Help.Name)
}

func (c Command) writeFish(w io.Writer) {
	name := c.Help.Name
	fmt.Fprintf(w, "# fish completion of %[1]s: %[1]s completion fish | source\n", name)
	for _, word := range c.words() {
		fmt.Fprintf(w, "complete -c %s -n __fish_use_subcommand -a %s\n", name, word)
	}
	c.writeFishFlags(w, "__fish_use_subcommand")
	for _, sub := range c.Commands {
		sub.Help.Name = name + " " + sub.word()
		sub.writeFishFlags(w, "'__fish_seen_subcommand_from "+sub.word()+"'")
	}
}

func (c Command) writeFishFlags(w io.Writer, condition string) {
	program, _, _ := strings.Cut(c.Help.Name, " ")
	c.flags().VisitAll(func(f *flag.Flag) {
		_, usage := flag.UnquoteUsage(f)
		first, _, _ := strings.Cut(usage, "\n")
		quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(first)
		fmt.Fprintf(w, "complete -c %s -n %s -o %s -d '%s'\n", program, condition, f.Name, quoted)
	})
}
