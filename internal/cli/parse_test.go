package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// settings are flags of every kind.
type settings struct {
	n    int
	hold time.Duration
	rate float64
	on   bool
	ids  []string
}

func (o *settings) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	fs.IntVar(&o.n, "n", 1, "play `N` sessions")
	fs.DurationVar(&o.hold, "hold", time.Second, "stay for this `TIME`")
	fs.Float64Var(&o.rate, "rate", 0, "come at this `RATE`")
	fs.BoolVar(&o.on, "on", false, "be on")
	fs.Func("id", "run `ID`; may be given again", func(v string) error { o.ids = append(o.ids, v); return nil })
	return fs
}

func TestParseExplains(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"mistyped flag", []string{"-hodl", "10s"}, "unknown option -hodl: did you mean -hold?"},
		{"beginning of a flag", []string{"-ra", "1"}, "unknown option -ra: did you mean -rate?"},
		{"unknown flag", []string{"-zzzzzz"}, "unknown option -zzzzzz\n"},
		{"no unit", []string{"-hold", "10"}, `-hold is "10", which has no unit: want a time such as 10s`},
		{"no time", []string{"-hold", "long"},
			`-hold: want a time with its unit, such as 500ms, 10s or 2m, got "long"`},
		{"no whole number", []string{"-n", "1.5"}, `-n: want a whole number, got "1.5"`},
		{"no number", []string{"-rate", "fast"}, `-rate: want a number, got "fast"`},
		{"no bool", []string{"-on=maybe"}, `-on: want true or false, got "maybe"`},
		{"no value", []string{"-n"}, "flag needs an argument: -n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var errs bytes.Buffer
			code, done := Parse(Streams{Out: &errs, Err: &errs}, new(settings).flags(), Help{Name: "demo"}, c.args)
			if code != ExitUsage || !done || !strings.Contains(errs.String(), c.want) {
				t.Errorf("got %d, %v, %q; want exit code %d and %q", code, done, errs.String(), ExitUsage, c.want)
			}
		})
	}
}

func TestParseMixed(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		operands []string
		n        int
	}{
		{"flags first", []string{"-n", "2", "a", "b"}, []string{"a", "b"}, 2},
		{"flags last", []string{"a", "b", "-n", "3"}, []string{"a", "b"}, 3},
		{"flags between", []string{"a", "-n", "4", "b"}, []string{"a", "b"}, 4},
		{"after the end of flags", []string{"a", "--", "-n", "5"}, []string{"a", "-n", "5"}, 1},
		{"none", nil, nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o settings
			var errs bytes.Buffer
			fs := o.flags()
			_, done := Parse(Streams{Out: &errs, Err: &errs}, fs, Help{Name: "demo", Operands: "FILE..."}, c.args)
			if done || o.n != c.n || !slices.Equal(fs.Args(), c.operands) {
				t.Errorf("got n %d, operands %q, %s; want n %d, operands %q", o.n, fs.Args(), errs.String(), c.n,
					c.operands)
			}
		})
	}
}

func TestParseFromElsewhere(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		file string
		want settings
		err  string
	}{
		{name: "environment", env: map[string]string{"HOOKPROOF_DEMO_N": "7"}, want: settings{n: 7, hold: time.Second}},
		{name: "file", file: "n: 8\nhold: 2s\n\"on\": true\nid: [a, b]\n",
			want: settings{n: 8, hold: 2 * time.Second, on: true, ids: []string{"a", "b"}}},
		{name: "line before environment before file", args: []string{"-n", "1"},
			env:  map[string]string{"HOOKPROOF_DEMO_N": "2", "HOOKPROOF_DEMO_HOLD": "3s"},
			file: "n: 4\nhold: 5s\nrate: 6\n",
			want: settings{n: 1, hold: 3 * time.Second, rate: 6}},
		{name: "lists do not add up", args: []string{"-id", "x"}, file: "id: [a, b]\n",
			want: settings{n: 1, hold: time.Second, ids: []string{"x"}}},
		{name: "empty file", file: "# nothing\n", want: settings{n: 1, hold: time.Second}},
		{name: "wrong variable", env: map[string]string{"HOOKPROOF_DEMO_HOLD": "9"},
			err: `HOOKPROOF_DEMO_HOLD: -hold is "9", which has no unit`},
		{name: "unknown key", file: "n: 1\nhodl: 2s\n", err: "unknown option -hodl: did you mean -hold?"},
		{name: "the place of an error", file: "n: 1\nhold: 2\n", err: "2 | hold: 2"},
		{name: "no value", file: "n: {a: b}\n", err: "-n: want a value or a list of values, got a mapping"},
		{name: "no mapping", file: "- n\n", err: "want a mapping of options to values, got a list"},
		{name: "no YAML", file: "n: [1\n", err: "sequence end token ']' not found"},
		{name: "a file in a file", file: "config: x\n", err: "unknown option -config"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			if c.file != "" {
				path := filepath.Join(t.TempDir(), "options.yaml")
				if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
				c.args = append(c.args, "-config", path)
			}
			var got settings
			var errs bytes.Buffer
			code, done := Parse(Streams{Out: &errs, Err: &errs}, got.flags(), Help{Name: "demo"}, c.args)
			if c.err != "" {
				if code != ExitUsage || !strings.Contains(errs.String(), c.err) {
					t.Errorf("got %d, %q; want exit code %d and %q", code, errs.String(), ExitUsage, c.err)
				}
				return
			}
			if done || got.n != c.want.n || got.hold != c.want.hold || got.rate != c.want.rate || got.on != c.want.on ||
				!slices.Equal(got.ids, c.want.ids) {
				t.Errorf("got %+v, %s; want %+v", got, errs.String(), c.want)
			}
		})
	}
	t.Run("no such file", func(t *testing.T) {
		var errs bytes.Buffer
		code, _ := Parse(Streams{Out: &errs, Err: &errs}, new(settings).flags(), Help{Name: "demo"},
			[]string{"-config", "/none"})
		if code != ExitUsage || !strings.Contains(errs.String(), "/none: no such file") {
			t.Errorf("got %d, %q; want a usage error", code, errs.String())
		}
	})
}

// FuzzReadOptions: no text of a file ends the process or sets what is given.
func FuzzReadOptions(f *testing.F) {
	for _, seed := range []string{"n: 1\nid: [a, b]", "- a", "n: {a: b}", "a: &a [*a]", "\"\\x\": ? : |"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var o settings
		fs := o.flags()
		_ = readOptions(fs, map[string]bool{"n": true}, "f", text)
		if o.n != 1 {
			t.Errorf("n is %d, want 1 as given", o.n)
		}
	})
}
