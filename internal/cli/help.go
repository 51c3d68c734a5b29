package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// Help is the text that -h prints around the list of flags.
type Help struct {
	// Name of the command as typed.
	Name string
	// Synopsis holds the usage lines without the command's name, one for each
	// way to call it.
	Synopsis []string
	// Operands names what may follow the flags, such as "FILE..."; empty when
	// nothing may.
	Operands string
	// About says what the command does, in one to five lines.
	About string
	// Groups order the flags. Flags of no group follow under "More options".
	Groups []Group
	// Sections are further texts, printed after the flags in this order.
	Sections []Section
	// Examples are printed last; every help should have two or three.
	Examples []Example
	// FailedMeans says what exit code 1 stands for in this command; when it is
	// empty, code 1 is left out of the list of exit codes.
	FailedMeans string
}

// Group is a titled list of flags.
type Group struct {
	Title string
	Flags []string // names
	Rare  bool     // printed by "-h all" only
}

// Section is a titled part of a help text.
type Section struct {
	Title, Text string
	Rare        bool // printed by "-h all" only
}

// Example is one call and what it is for.
type Example struct{ For, Call string }

// Length says how much of a help text to print.
type Length int

// The lengths.
const (
	Short Length = iota // -h: what most people need
	Long                // -h all: everything
)

// Write prints the help, with the flags of fs by group, in alphabetical order
// where a flag has no group.
func (h Help) Write(w io.Writer, fs *flag.FlagSet, length Length) {
	for i, line := range h.Synopsis {
		lead := "usage:"
		if i > 0 {
			lead = "      "
		}
		fmt.Fprintf(w, "%s %s %s\n", lead, h.Name, line)
	}
	if h.About != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(h.About))
	}
	left := h.writeGroups(w, fs, length)
	for _, s := range h.Sections {
		if s.Rare && length == Short {
			left = true
			continue
		}
		fmt.Fprintf(w, "\n%s:\n%s\n", s.Title, indent(strings.Trim(s.Text, "\n")))
	}
	h.writeExitCodes(w)
	if len(h.Examples) > 0 {
		fmt.Fprintln(w, "\nExamples:")
	}
	for _, e := range h.Examples {
		fmt.Fprintf(w, "  # %s\n  %s\n", e.For, e.Call)
	}
	if left {
		fmt.Fprintf(w, "\n\"%s -h all\" prints everything.\n", h.Name)
	}
}

// writeGroups prints the flags, and reports whether it left some out.
func (h Help) writeGroups(w io.Writer, fs *flag.FlagSet, length Length) (left bool) {
	shown := map[string]bool{}
	for _, g := range h.Groups {
		for _, name := range g.Flags {
			shown[name] = true
		}
		if g.Rare && length == Short {
			left = true
			continue
		}
		fmt.Fprintf(w, "\n%s:\n", g.Title)
		for _, name := range g.Flags {
			if f := fs.Lookup(name); f != nil {
				writeFlag(w, f)
			}
		}
	}
	title := "Options"
	if len(h.Groups) > 0 {
		if length == Short {
			return true
		}
		title = "More options"
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	fs.VisitAll(func(f *flag.Flag) {
		switch {
		case shown[f.Name]:
		case f.Name == configFlag && length == Short:
			left = true
		default:
			writeFlag(w, f)
		}
	})
	if length == Long {
		fmt.Fprintf(w, "\nAn option can also come from the environment, as %s for -%s, or from the file of\n"+
			"-%s. The command line comes first, then the environment, then the file.\n",
			Variable(h.Name, configFlag), configFlag, configFlag)
	}
	return left
}

// writeExitCodes prints what the command's exit code means.
func (h Help) writeExitCodes(w io.Writer) {
	fmt.Fprintf(w, "\nExit codes:\n  %d  done\n", ExitOK)
	if h.FailedMeans != "" {
		fmt.Fprintf(w, "  %d  %s\n", ExitFailed, h.FailedMeans)
	}
	fmt.Fprintf(w, "  %d  the command line is wrong\n  %d  could not run\n", ExitUsage, ExitCouldNotRun)
}

// writeFlag prints one flag: its name and value on one line, its meaning and
// its default, when it has one, below.
func writeFlag(w io.Writer, f *flag.Flag) {
	value, usage := flag.UnquoteUsage(f)
	fmt.Fprintf(w, "  -%s", f.Name)
	if value != "" {
		fmt.Fprintf(w, " %s", value)
	}
	fmt.Fprintln(w)
	for _, line := range strings.Split(usage, "\n") {
		fmt.Fprintf(w, "        %s\n", strings.TrimSpace(line))
	}
	if !isZeroDefault(f.DefValue) {
		fmt.Fprintf(w, "        default: %s\n", f.DefValue)
	}
}

// isZeroDefault tells whether a default says nothing to the reader.
func isZeroDefault(v string) bool {
	return v == "" || v == "0" || v == "false" || v == "0s" || v == "[]"
}

// indent puts two blanks before every line that is not empty.
func indent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}
