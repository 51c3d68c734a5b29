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
	// Sections are further texts, printed after the flags in this order.
	Sections []Section
	// Examples are printed last; every help should have two or three.
	Examples []Example
	// FailedMeans says what exit code 1 stands for in this command; when it is
	// empty, code 1 is left out of the list of exit codes.
	FailedMeans string
}

// Section is a titled part of a help text.
type Section struct{ Title, Text string }

// Example is one call and what it is for.
type Example struct{ For, Call string }

// Write prints the help, with the flags of fs in alphabetical order.
func (h Help) Write(w io.Writer, fs *flag.FlagSet) {
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
	fmt.Fprintln(w, "\nOptions:")
	fs.VisitAll(func(f *flag.Flag) { writeFlag(w, f) })
	for _, s := range h.Sections {
		fmt.Fprintf(w, "\n%s:\n%s\n", s.Title, indent(strings.Trim(s.Text, "\n")))
	}
	h.writeExitCodes(w)
	if len(h.Examples) > 0 {
		fmt.Fprintln(w, "\nExamples:")
	}
	for _, e := range h.Examples {
		fmt.Fprintf(w, "  # %s\n  %s\n", e.For, e.Call)
	}
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
