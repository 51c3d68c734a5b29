package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// Color reports whether text written to w may be coloured: w is a terminal
// that is not "dumb" by TERM, or CLICOLOR_FORCE asks for it in a pipe, too.
// NO_COLOR (https://no-color.org) forbids it.
func Color(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	if force := os.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true
	}
	return Redraws(w)
}

// Redraws reports whether w is a terminal on which lines can be drawn anew.
func Redraws(w io.Writer) bool { return Terminal(w) && os.Getenv("TERM") != "dumb" }

// Terminal reports whether w is a terminal.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Columns returns how wide w is: what COLUMNS says, else what the terminal
// says, else 0.
func Columns(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	n, _, _ := term.GetSize(int(f.Fd())) // 0 where there is no terminal
	return n
}
