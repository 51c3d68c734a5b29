package hookserver

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"hookproof/hook"
)

func TestShow(t *testing.T) {
	for in, want := range map[string]string{
		"cam1 é 相机":             "cam1 é 相机",
		"a\x00\n\x1b[31m\u202e": `a\x00\n\x1b[31m\u202e`,
		"a\xffb":                `a\xffb`,
		"\u200b\u00a0":          `\u200b\u00a0`,
	} {
		if got := show(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	long := show(strings.Repeat("é", maxShown) + "\xff")
	if !utf8.ValidString(long) || len(long) > maxShown+10 || !strings.HasSuffix(long, "…") {
		t.Errorf("a long text is shown as %q", long)
	}
}

// TestLog: what the document's server logs, refusals as warnings, no secrets
// unless they are asked for, one line an event.
func TestLog(t *testing.T) {
	for _, c := range []struct {
		name string
		show bool
		want []string
	}{
		{"masked", false, []string{
			`level=INFO msg=on_connect outcome=accepted code=0 client_id=1985 ip=192.168.1.20 vhost=__defaultVhost__ app=live stream=cam1 pageUrl=http://page.example/ param="?token=***" tcUrl="rtmp://127.0.0.1/live?token=***"`,
			`level=WARN msg=on_play outcome=refused code=401 client_id=1985 ip=192.168.1.20 vhost=__defaultVhost__ app=live stream=a\nb pageUrl=http://page.example/ param="?token=***" tcUrl="rtmp://127.0.0.1/live?token=***" reason="wrong token"`,
			`level=WARN msg=POST outcome=rejected code=100`,
			`msg=request outcome=rejected code=400 client_id="" ip="" vhost="" app="" stream="" pageUrl="" reason="request line \"POST /x?key=***`,
		}},
		{"shown", true, []string{`param="?token=good"`, `param="?token=bad"`, `outcome=rejected`,
			`POST /x?key=secret`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log logText
			o := guarded(t, hook.SRS6)
			o.Logger, o.ShowParams = log.logger(), c.show
			s := serve(t, o)
			send(t, s, hook.OnConnect, sample(t, hook.SRS6, hook.OnConnect, nil))
			send(t, s, hook.OnPlay, sample(t, hook.SRS6, hook.OnPlay, func(pl *hook.Payload) {
				pl.Param,
					pl.Stream = "?token=bad", "a\nb"
			}))
			do(t, s, "POST", "/api/v1/clients", "")
			nc := dial(t, s)
			write(t, nc, "POST /x?key=secret HTTP/9\r\n\r\n")
			if _, err := io.Copy(io.Discard, nc); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("the log is\n%s", log.String())
			}
			for i, want := range c.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("the line is\n%s\nwant\n%s", lines[i], want)
				}
			}
		})
	}
}
