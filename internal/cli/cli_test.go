package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, ExitOK},
		{"usage", Usagef("-x and -y exclude each other"), ExitUsage},
		{"wrapped usage", fmt.Errorf("while reading: %w", Usagef("no")), ExitUsage},
		{"anything else", errors.New("port taken"), ExitCouldNotRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Code(c.err); got != c.want {
				t.Errorf("Code(%v) = %d, want %d", c.err, got, c.want)
			}
		})
	}
}

// newFlags returns a flag set as a command would make it, and its help.
func newFlags() (*flag.FlagSet, Help) {
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	fs.String("listen", "127.0.0.1:0", "serve on `ADDR`\n(host and port)")
	fs.Bool("t", false, "test only")
	return fs, Help{
		Name:        "demo",
		Synopsis:    []string{"-listen ADDR", "-t"},
		About:       "Demo shows how.",
		Sections:    []Section{{Title: "Signals", Text: "SIGHUP reloads\n\nSIGTERM stops"}},
		Examples:    []Example{{"serve", "demo -listen 127.0.0.1:80"}},
		FailedMeans: "something does not hold",
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		operands string
		code     int
		done     bool
		out, err string
	}{
		{"right", []string{"-t"}, "", ExitOK, false, "", ""},
		{"help", []string{"-h"}, "", ExitOK, true, "usage: demo -listen ADDR", ""},
		{"long help", []string{"--help"}, "", ExitOK, true, "Examples:", ""},
		{"unknown flag", []string{"-nope"}, "", ExitUsage, true, "",
			"demo: unknown option -nope\nRun \"demo -h\" for help.\n"},
		{"operand", []string{"file"}, "", ExitUsage, true, "", `unexpected argument "file"`},
		{"operand allowed", []string{"file"}, "FILE", ExitOK, false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			fs, help := newFlags()
			help.Operands = c.operands
			code, done := Parse(Streams{Out: &out, Err: &errs}, fs, help, c.args)
			if code != c.code || done != c.done {
				t.Errorf("Parse gives %d, %v, want %d, %v", code, done, c.code, c.done)
			}
			if !strings.Contains(out.String(), c.out) || (c.out == "" && out.Len() > 0) {
				t.Errorf("stdout is %q, want %q in it", out.String(), c.out)
			}
			if !strings.Contains(errs.String(), c.err) || (c.err == "" && errs.Len() > 0) {
				t.Errorf("stderr is %q, want %q in it", errs.String(), c.err)
			}
		})
	}
}

func TestHelpIsWhole(t *testing.T) {
	var b bytes.Buffer
	fs, help := newFlags()
	help.Write(&b, fs, Short)
	const want = `usage: demo -listen ADDR
       demo -t

Demo shows how.

Options:
  -listen ADDR
        serve on ADDR
        (host and port)
        default: 127.0.0.1:0
  -t
        test only

Signals:
  SIGHUP reloads

  SIGTERM stops

Exit codes:
  0  done
  1  something does not hold
  2  the command line is wrong
  3  could not run

Examples:
  # serve
  demo -listen 127.0.0.1:80
`
	if b.String() != want {
		t.Errorf("help is\n%s\nwant\n%s", b.String(), want)
	}
}

func TestVersion(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26"}
	info.Main.Version = "v1.2.3"
	info.Settings = []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.modified", Value: "true"},
	}
	got := describe(info)
	if !strings.HasPrefix(got, "v1.2.3, revision 0123456789ab, modified, go1.26, ") {
		t.Errorf("describe gives %q", got)
	}
	if got := describe(&debug.BuildInfo{}); !strings.HasPrefix(got, "development build, ") {
		t.Errorf("describe of an unversioned build gives %q", got)
	}
	if Version() == "" {
		t.Error("Version is empty")
	}
}

func TestColor(t *testing.T) {
	if Color(&bytes.Buffer{}) {
		t.Error("a buffer is taken for a terminal")
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if Terminal(null) {
		t.Error("the null device is taken for a terminal")
	}
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer tty.Close()
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	if !Color(tty) {
		t.Error("a terminal gets no colour")
	}
	t.Setenv("NO_COLOR", "1")
	if Color(tty) {
		t.Error("NO_COLOR is ignored")
	}
}

// TestSurroundings: what the environment says of colours and columns.
func TestSurroundings(t *testing.T) {
	for _, c := range []struct {
		name, noColor, force, columns string
		color                         bool
		wide                          int
	}{
		{"nothing", "", "", "", false, 0},
		{"forced", "", "1", "60", true, 60},
		{"forced off", "", "0", "-3", false, 0},
		{"forced and forbidden", "1", "1", "wide", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", c.noColor)
			t.Setenv("CLICOLOR_FORCE", c.force)
			t.Setenv("COLUMNS", c.columns)
			var b bytes.Buffer
			if Color(&b) != c.color || Columns(&b) != c.wide {
				t.Errorf("color %t, %d columns; want %t, %d", Color(&b), Columns(&b), c.color, c.wide)
			}
		})
	}
}

func TestLogger(t *testing.T) {
	for _, c := range []struct{ name, format, level, want, err string }{
		{"text", "text", "info", "level=INFO msg=hello", ""},
		{"json", "json", "debug", `"msg":"hello"`, ""},
		{"below the level", "text", "error", "", ""},
		{"wrong format", "xml", "info", "", `-log: want text or json, got "xml"`},
		{"wrong level", "text", "loud", "", `-log-level: want debug, info, warn or error, got "loud"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			o := LogOptions{Format: c.format, Level: c.level}
			log, err := o.Logger(&b)
			if c.err != "" {
				if err == nil || err.Error() != c.err || Code(err) != ExitUsage {
					t.Fatalf("error is %v, want %q", err, c.err)
				}
				return
			}
			log.Info("hello")
			if !strings.Contains(b.String(), c.want) || (c.want == "") != (b.Len() == 0) {
				t.Errorf("log is %q, want %q in it", b.String(), c.want)
			}
		})
	}
}

func TestRaiseOpenFiles(t *testing.T) {
	before, err := RaiseOpenFiles(1)
	if err != nil || before == 0 {
		t.Fatalf("RaiseOpenFiles(1) = %d, %v", before, err)
	}
	after, err := RaiseOpenFiles(before)
	if err != nil || after < before {
		t.Errorf("RaiseOpenFiles(%d) = %d, %v: a limit was lowered", before, after, err)
	}
	if now, err := RaiseOpenFiles(before + 1); now < before {
		t.Errorf("RaiseOpenFiles(%d) = %d, %v: a limit was lowered", before+1, now, err)
	}
}
