package redact

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, in, line, lines string }{
		{"plain", "café – 相机 1", "café – 相机 1", "café – 相机 1"},
		{"empty", "", "", ""},
		{"escape sequence", "\x1b[31mred\x07", `\x1b[31mred\a`, `\x1b[31mred\a`},
		{"8-bit escape sequence", "\u009b31mred", `\u009b31mred`, `\u009b31mred`},
		{"line feed", "a\nb", `a\nb`, "a\nb"},
		{"carriage return", "a\r\nb", `a\r\nb`, "a\\r\nb"},
		{"other line ends", "a\v\f\u0085\u2028\u2029b", `a\v\f\u0085\u2028\u2029b`, `a\v\f\u0085\u2028\u2029b`},
		{"tab and NUL", "a\tb\x00", `a\tb\x00`, `a\tb\x00`},
		{"right to left", "a\u202eb\u2066", `a\u202eb\u2066`, `a\u202eb\u2066`},
		{"invisible", "\u200b\u00a0\ufeff\U000e0041", `\u200b\u00a0\ufeff\U000e0041`, `\u200b\u00a0\ufeff\U000e0041`},
		{"invalid UTF-8", "a\xffb\xed\xa0\x80", `a\xffb\xed\xa0\x80`, `a\xffb\xed\xa0\x80`},
		{"a true replacement character", "a\ufffdb", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Line(c.in); got != c.line {
				t.Errorf("Line gives %q, want %q", got, c.line)
			}
			if got := Lines(c.in); got != c.lines {
				t.Errorf("Lines gives %q, want %q", got, c.lines)
			}
		})
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"aéb", 2, "a…"}, {"é", 1, "…"}, {"a\nb", 2, `a\n…`},
		{"\x80\x80\x80", 1, "…"}, {"", 0, ""},
	} {
		if got := Short(c.in, c.most); got != c.want {
			t.Errorf("Short(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äö…"}, {"a", 1, "a"}, {"ab", 1, "…"},
		{"", 5, ""}, {"\xff\xfe\xfd", 2, "\xff…"},
	} {
		if got := Clip(c.in, c.most); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

func TestCommands(t *testing.T) {
	for in, want := range map[string]string{
		"a :: b\n":                 "a :: b\n",
		"::error::x":               `\x3a:error::x`,
		"a\n  ::set-output name=x": "a\n  \\x3a:set-output name=x",
		"a\r\n\u00a0::group::":     "a\r\n\u00a0\\x3a:group::",
		"seen: ##[error]x":         `seen: #\x23[error]x`,
		"##vso[task.complete]":     `#\x23vso[task.complete]`,
		"###[error]":               `#\x23#[error]`,
		"####[error]":              `#\x23#\x23[error]`,
		"# one":                    "# one",
	} {
		if got := Commands(in); got != want {
			t.Errorf("%q is printed as %q, want %q", in, got, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"cam1":                       "cam1",
		"?":                          "?",
		"?a=b":                       "?a=***",
		"?a=b?a=c&d":                 "?a=***?a=***&***",
		"?a=&=b&&":                   "?a=***&=***&&",
		"cam1?token=x":               "cam1?token=***",
		"cam1#token=x?y":             "cam1#token=***?***",
		"rtmp://h/app?token=x/s":     "rtmp://h/app?token=***",
		"rtmp://u:p@h:1935/app/a@b":  "rtmp://***@h:1935/app/a@b",
		"rtmp://u@p@h":               "rtmp://***@h",
		"http://h/?u=http://a:b@c/?": "http://h/?u=***?",
		"http://h:8085/a/b":          "http://h:8085/a/b",
	} {
		if got := Secrets(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ name, text, source, want string }{
		{"a parameter", `got "bad token secret1"`, "?token=secret1", `got "bad token ***"`},
		{"one without a name", "no secret1 here", "cam?secret1", "no *** here"},
		{"a password", "hunter2 of alice", "rtmp://alice:hunter2@h/live", "*** of ***"},
		{"too short to look for", `got "1"`, "?a=1&b=100", `got "1"`},
		{"several sources' worth", "aaaa bbbb", "?x=aaaa?y=bbbb", "*** ***"},
		{"one in another", "password pass1", "?a=pass&b=password", "*** ***1"},
		{"nothing", "got 0", "", "got 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Without(c.text, c.source); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzClean holds what the functions promise of every text.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[2J\n::error::x", "##[x]\u202e\xff",
		"rtmp://u:secret@h/app?token=secret&secret#secret"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := Line(s); !utf8.ValidString(got) || strings.ContainsFunc(got,
			func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("Line(%q) = %q", s, got)
		}
		if got := Lines(s); strings.Count(got, "\n") != strings.Count(s, "\n") || Lines(got) != got {
			t.Errorf("Lines(%q) = %q", s, got)
		}
		printed := Commands(Lines(s))
		for line := range strings.SplitSeq(printed, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##") {
				t.Errorf("%q is printed as %q", s, printed)
			}
		}
		if got := Secrets(s); Secrets(got) != got {
			t.Errorf("Secrets(%q) = %q, which has secrets", s, got)
		}
		if got := Secrets("rtmp://h/app?token=" + strings.Trim(s, "&?#") + "x9x9"); strings.Contains(got, "x9x9") &&
			!strings.ContainsAny(s, "=&?#") {
			t.Errorf("Secrets shows a value: %q", got)
		}
	})
}
