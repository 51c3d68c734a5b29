package server

import (
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"unicode"

	"hookproof/hook"
	"hookproof/internal/client"
	"hookproof/internal/rtmp/chunk"
)

// names that end a line, a string or an object, or climb.
var injections = []string{
	"a\nb", "a\r\nlevel=ERROR msg=forged", `a"b`, `a","msg":"forged`, `a\`, "a\x00b", "a\x1b[2Jb", "../../etc/passwd",
	"a\u2028b\u2029", "a\xffb", "a=b c=d", "a?token=\n\"}", "a\u202eb", strings.Repeat("n", 2000),
	"'; DROP TABLE x; --", "%s%n", "${x}",
}

// Whatever clients call themselves, an event is one line of the log, and a log of JSON stays one.
func TestLogLines(t *testing.T) {
	handlers := map[string]func(io.Writer, *slog.HandlerOptions) slog.Handler{
		"text": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) },
		"json": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) },
	}
	for kind, handler := range handlers {
		t.Run(kind, func(t *testing.T) {
			var log lockedBuffer
			cfg := DefaultConfig()
			cfg.Listen, cfg.LogParams = []string{"127.0.0.1:0"}, true
			s, err := New(cfg, Options{Logger: slog.New(handler(&log, nil))})
			if err == nil {
				err = s.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			f := &fixture{Server: s, t: t, ctx: t.Context()}
			defer s.Close()
			for _, name := range injections {
				f.misname(name)
			}
			f.must(s.Shutdown(f.ctx))
			checkLines(t, kind, log.String())
		})
	}
}

// misname is clients that put a name wherever one goes: one publishes by it, one plays, one is refused, one breaks
// the rules.
func (f *fixture) misname(name string) {
	everywhere := func(o *client.Options) {
		o.TCURL, o.PageURL, o.SWFURL, o.FlashVer = f.url("live/"+name+"?"+name), name, name, name
	}
	publisher := f.connect(everywhere)
	f.must(publisher.Publish(f.ctx, name, ""))
	f.must(f.player(name).Close())
	f.must(publisher.Close())
	refused := f.dial(func(o *client.Options) { o.TCURL = name })
	if err := refused.Connect(f.ctx); err == nil {
		f.t.Errorf("a tcUrl %q was let in", name)
	}
	f.gone(refused)
	broken := f.shaken()
	broken.send(bytesOf(chunk.DefaultSize, call(0, name, 1)))
	broken.cut()
}

func checkLines(t *testing.T, kind, log string) {
	t.Helper()
	if !strings.HasSuffix(log, "\n") {
		t.Error("the log does not end with its last line")
	}
	counts := map[string]int{}
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		if i := strings.IndexFunc(line, func(r rune) bool {
			return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
		}); i >= 0 {
			t.Errorf("a control character stands in %q", line)
		}
		var fields struct{ Time, Level, Msg string }
		if kind == "json" {
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Errorf("%v: %s", err, line)
			}
		} else {
			words := strings.Fields(line)
			if len(words) < 3 || !strings.HasPrefix(words[0], "time=") || !strings.HasPrefix(words[1], "level=INFO") {
				t.Errorf("what line is this: %q", line)
				continue
			}
			fields.Msg = strings.TrimPrefix(words[2], "msg=")
		}
		counts[fields.Msg]++
	}
	n := len(injections)
	want := map[string]int{"listening": 1, "connect": 2 * n, "publish": n, "play": n, "stop": n, "unpublish": n,
		"refused": n, "close": 3 * n}
	for msg, times := range want {
		if counts[msg] != times {
			t.Errorf("%d lines %s, want %d", counts[msg], msg, times)
		}
		delete(counts, msg)
	}
	if len(counts) > 0 {
		t.Errorf("lines of other events: %v", counts)
	}
}

// The payloads of such names are JSON, one object each, and carry them byte for byte as far as they are UTF-8.
func TestInjectedPayloads(t *testing.T) {
	f := start(t, hook.SRS6)
	for _, name := range injections {
		f.misname(name) // the hook server of the tests decodes each payload strictly
	}
	f.must(f.Shutdown(f.ctx))
	f.checkPairs()
	for _, name := range injections {
		want, _ := cutParam(strings.ToValidUTF8(name, "\ufffd"))
		if _, base, ok := cutLast(want, "/"); ok {
			want = base
		}
		want = blanks.Replace(want)
		all := f.hooks.await("nothing more", func([]seen) bool { return true })
		if !slices.ContainsFunc(all, func(s seen) bool { return s.event == onPublish && s.pl.Stream == want }) {
			t.Errorf("no on_publish of %q", want)
		}
	}
}
