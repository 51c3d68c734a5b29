package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// roff escapes what troff would take for a request or an escape.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// writeManual writes the command's manual page in man(7) macros, section 1.
func (c Command) writeManual(w io.Writer) {
	h := c.Help
	page := strings.ReplaceAll(h.Name, " ", "-")
	about := strings.TrimSpace(h.About)
	summary, _, _ := strings.Cut(strings.Join(strings.Fields(about), " "), ". ")
	fmt.Fprintf(w, ".TH %s 1 \"\" \"Hookproof\" \"User Commands\"\n", strings.ToUpper(roff(page)))
	fmt.Fprintf(w, ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", roff(page), roff(strings.TrimSuffix(summary, ".")))
	for _, line := range h.Synopsis {
		fmt.Fprintf(w, ".B %s\n%s\n.br\n", roff(h.Name), roff(line))
	}
	fmt.Fprintf(w, ".SH DESCRIPTION\n%s\n.SH OPTIONS\n", roff(about))
	c.flags().VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, ".TP\n.BI \\-%s \" %s\"\n%s\n", roff(f.Name), roff(value), roff(usage))
		if !isZeroDefault(f.DefValue) {
			fmt.Fprintf(w, "Default: %s.\n", roff(f.DefValue))
		}
	})
	fmt.Fprintf(w, ".SH ENVIRONMENT\nEvery option can be set by a variable: %s is \\-%s.\n",
		roff(Variable(h.Name, configFlag)), configFlag)
	for _, s := range h.Sections {
		fmt.Fprintf(w, ".SH %s\n.nf\n%s\n.fi\n", strings.ToUpper(roff(s.Title)), roff(strings.Trim(s.Text, "\n")))
	}
	fmt.Fprint(w, ".SH EXIT STATUS\n")
	writeStatus := func(code int, means string) { fmt.Fprintf(w, ".TP\n.B %d\n%s\n", code, roff(means)) }
	writeStatus(ExitOK, "done")
	if h.FailedMeans != "" {
		writeStatus(ExitFailed, h.FailedMeans)
	}
	writeStatus(ExitUsage, "the command line is wrong")
	writeStatus(ExitCouldNotRun, "could not run")
	fmt.Fprint(w, ".SH EXAMPLES\n")
	for _, e := range h.Examples {
		fmt.Fprintf(w, ".TP\n%s\n.nf\n%s\n.fi\n", roff(e.For), roff(e.Call))
	}
}
