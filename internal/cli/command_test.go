package cli

import (
	"bytes"
	"flag"
	"os/exec"
	"strings"
	"testing"
)

func demo() Command {
	return Command{
		Help: Help{Name: "demo", Synopsis: []string{"[options]"}, About: "Demo shows how. It is short.",
			Groups: []Group{{Title: "What", Flags: []string{"n"}}, {Title: "Rarely", Flags: []string{"rate"},
				Rare: true}},
			Sections: []Section{{Title: "Notes", Text: ".starts with a dot\n\\ and ' too"}},
			Examples: []Example{{For: "five", Call: "demo -n 5"}}, FailedMeans: "it does not hold"},
		Flags: func() *flag.FlagSet { return new(settings).flags() },
		Commands: []Command{{
			Help: Help{Name: "demo judge", Operands: "DIR", About: "Judges again."},
			Flags: FlagsOf(func(args []string, s Streams) int {
				fs := flag.NewFlagSet("demo judge", flag.ContinueOnError)
				fs.Bool("again", false, "judge again")
				code, _ := Parse(s, fs, Help{Name: "demo judge"}, args)
				return code
			}),
		}},
	}
}

func TestBuiltin(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		done bool
		want string // in stdout or stderr
	}{
		{"no argument", nil, ExitOK, false, ""},
		{"an option", []string{"-n", "1"}, ExitOK, false, ""},
		{"a command", []string{"judge", "x"}, ExitOK, false, ""},
		{"help", []string{"help"}, ExitOK, true, "More options:\n"},
		{"help of a command", []string{"help", "judge"}, ExitOK, true, "  -again\n"},
		{"help of none", []string{"help", "jugde"}, ExitUsage, true, `did you mean "judge"?`},
		{"version", []string{"version"}, ExitOK, true, "demo "},
		{"mistyped command", []string{"jugde"}, ExitUsage, true, `unknown command "jugde": did you mean "judge"?`},
		{"unknown command", []string{"frobnicate"}, ExitUsage, true,
			"want an option or one of completion, help, judge, man, version"},
		{"no shell", []string{"completion"}, ExitUsage, true, "want one shell, bash, zsh or fish"},
		{"bash", []string{"completion", "bash"}, ExitOK, true, "complete -o default -F _demo demo"},
		{"zsh", []string{"completion", "zsh"}, ExitOK, true, "#compdef demo"},
		{"fish", []string{"completion", "fish"}, ExitOK, true,
			"complete -c demo -n __fish_use_subcommand -o hold -d 'stay for this TIME'"},
		{"manual", []string{"man"}, ExitOK, true, ".TH DEMO 1"},
		{"manual of a command", []string{"man", "judge"}, ExitOK, true, ".TH DEMO\\-JUDGE 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			code, done := demo().Builtin(Streams{Out: &out, Err: &out}, c.args)
			if code != c.code || done != c.done || !strings.Contains(out.String(), c.want) {
				t.Errorf("got %d, %v, %q; want %d, %v, %q", code, done, out.String(), c.code, c.done, c.want)
			}
		})
	}
}

// The short help has the common groups, the long one every flag.
func TestHelpLengths(t *testing.T) {
	var short, long bytes.Buffer
	c := demo()
	c.Help.Write(&short, c.flags(), Short)
	c.Help.Write(&long, c.flags(), Long)
	if s := short.String(); !strings.Contains(s, "  -n N\n") || strings.Contains(s, "-hold") ||
		strings.Contains(s, "-rate") ||
		!strings.Contains(s, `"demo -h all" prints everything.`) {
		t.Errorf("short help:\n%s", s)
	}
	for _, want := range []string{"  -n N\n", "Rarely:\n  -rate RATE", "More options:\n  -config FILE", "-hold TIME",
		"HOOKPROOF_DEMO_CONFIG"} {
		if !strings.Contains(long.String(), want) {
			t.Errorf("long help lacks %q:\n%s", want, long.String())
		}
	}
}

// A shell takes the script, and completes by it.
func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash on this machine")
	}
	var script bytes.Buffer
	if err := demo().writeCompletion(&script, []string{"bash"}); err != nil {
		t.Fatal(err)
	}
	script.WriteString("COMP_WORDS=(demo -ho); COMP_CWORD=1; _demo; echo \"${COMPREPLY[@]}\"\n")
	cmd := exec.Command(bash, "--norc", "-c", script.String())
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "-hold" {
		t.Errorf("got %q, %v; want -hold", out, err)
	}
}
