package hookserver

import (
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// TestToken is the table of what a token does (H-REJ-01 to H-REJ-03, H-REJ-05,
// H-REQ-04), with both profiles' rules.
func TestToken(t *testing.T) {
	const none = "-" // the key is not there
	for _, c := range []struct {
		name                string
		profile             *hook.Profile
		at                  []hook.Event
		event               hook.Event
		stream, param, tcQ  string // tcQ: query of tcUrl
		want                string
		alsoPlay, alsoOther bool // the same for on_play; for the other profile
	}{
		{name: "in param", event: hook.OnPublish, stream: "s", param: "?token=good", want: "", alsoPlay: true,
			alsoOther: true},
		{name: "in tcUrl", event: hook.OnPublish, stream: "s", tcQ: "?token=good", want: "", alsoPlay: true,
			alsoOther: true},
		{name: "in both", event: hook.OnPublish, stream: "s", param: "?token=good", tcQ: "?token=good", want: "",
			alsoPlay: true, alsoOther: true},
		{name: "doubled by SRS", event: hook.OnPublish, stream: "s", param: "?token=good?token=good",
			tcQ: "?token=good", want: "", alsoPlay: true, alsoOther: true},
		{name: "among others", event: hook.OnPublish, stream: "s", param: "?a=1&token=good&b==&", want: "",
			alsoPlay: true, alsoOther: true},

		{name: "wrong", event: hook.OnPublish, stream: "s", param: "?token=bad", want: "wrong token", alsoPlay: true,
			alsoOther: true},
		{name: "prefix", event: hook.OnPublish, stream: "s", param: "?token=goo", want: "wrong token", alsoPlay: true,
			alsoOther: true},
		{name: "suffix", event: hook.OnPublish, stream: "s", param: "?token=ood", want: "wrong token", alsoPlay: true,
			alsoOther: true},
		{name: "longer", event: hook.OnPublish, stream: "s", param: "?token=goodx", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "in the middle", event: hook.OnPublish, stream: "s", param: "?token=xgoodx", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "other case", event: hook.OnPublish, stream: "s", param: "?token=Good", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "escaped", event: hook.OnPublish, stream: "s", param: "?token=%67ood", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "blank behind", event: hook.OnPublish, stream: "s", param: "?token=good ", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "NUL behind", event: hook.OnPublish, stream: "s", param: "?token=good\x00", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "two signs", event: hook.OnPublish, stream: "s", param: "?token==good", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "semicolon", event: hook.OnPublish, stream: "s", param: "?token=good;x=1", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "path behind", event: hook.OnPublish, stream: "s", tcQ: "?token=good/s", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "fragment behind", event: hook.OnPublish, stream: "s", param: "?token=good#x", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "empty value", event: hook.OnPublish, stream: "s", param: "?token=", want: "wrong token",
			alsoPlay: true, alsoOther: true},
		{name: "no value", event: hook.OnPublish, stream: "s", param: "?token", want: "wrong token", alsoPlay: true,
			alsoOther: true},
		{name: "good, then bad", event: hook.OnPublish, stream: "s", param: "?token=good&token=bad",
			want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "bad, then good", event: hook.OnPublish, stream: "s", param: "?token=bad&token=good",
			want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "good, then empty", event: hook.OnPublish, stream: "s", param: "?token=good&token=",
			want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "good in param, bad in tcUrl", event: hook.OnPublish, stream: "s", param: "?token=good",
			tcQ: "?token=bad", want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "bad in param, good in tcUrl", event: hook.OnPublish, stream: "s", param: "?token=bad",
			tcQ: "?token=good", want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "doubled with one bad", event: hook.OnPublish, stream: "s", param: "?token=good?token=bad",
			want: "wrong token", alsoPlay: true, alsoOther: true},

		{name: "missing", event: hook.OnPublish, stream: "s", want: "no token", alsoPlay: true, alsoOther: true},
		{name: "another key", event: hook.OnPublish, stream: "s", param: "?xtoken=good&tokenx=good&TOKEN=good",
			want: "no token", alsoPlay: true, alsoOther: true},
		{name: "value alone", event: hook.OnPublish, stream: "s", param: "?good", want: "no token", alsoPlay: true,
			alsoOther: true},
		{name: "param without mark", event: hook.OnPublish, stream: "s", param: "token=good", want: "no token",
			alsoPlay: true, alsoOther: true},
		{name: "in the stream's name beside param", event: hook.OnPublish, stream: "s?token=good", want: "no token",
			alsoPlay: true, alsoOther: true},

		{name: "no place to look", profile: hook.SRS1, event: hook.OnPublish, stream: "s", param: none, tcQ: none,
			want: "", alsoPlay: true, alsoOther: true},
		{name: "no place, not asked at on_connect", profile: hook.SRS1, at: []hook.Event{hook.OnPublish, hook.OnPlay},
			event: hook.OnPublish, stream: "s", param: none, tcQ: none, want: "no token", alsoPlay: true,
			alsoOther: true},
		{name: "in the stream's name without param", event: hook.OnPublish, stream: "s?token=good", param: none,
			tcQ: none, want: "", alsoPlay: true, alsoOther: true},
		{name: "wrong in the stream's name", event: hook.OnPublish, stream: "s?token=bad", param: none, tcQ: none,
			want: "wrong token", alsoPlay: true, alsoOther: true},
		{name: "other parameters in the stream's name", event: hook.OnPublish, stream: "s?a=b", param: none, tcQ: none,
			want: "no token", alsoPlay: true, alsoOther: true},

		{name: "connect, good", event: hook.OnConnect, tcQ: "?token=good", want: "", alsoOther: true},
		{name: "connect, good behind the stream", event: hook.OnConnect, stream: "s", param: "?token=good", want: "",
			alsoOther: true},
		{name: "connect, bad", event: hook.OnConnect, tcQ: "?token=bad", want: "wrong token", alsoOther: true},
		{name: "connect, named stream without token", event: hook.OnConnect, stream: "s", want: "no token",
			alsoOther: true},
		{name: "connect, nothing named yet", profile: hook.SRS6, event: hook.OnConnect, want: ""},
		{name: "connect, nothing named ever", profile: hook.SRS1, event: hook.OnConnect, param: none, want: "no token"},
		{name: "connect, asked for", profile: hook.SRS6, at: []hook.Event{hook.OnConnect}, event: hook.OnConnect,
			want: "no token", alsoOther: true},
		{name: "connect, not asked for", profile: hook.SRS1, at: []hook.Event{hook.OnPublish}, event: hook.OnConnect,
			param: none, want: "", alsoOther: true},
		{name: "connect, not asked for, bad", profile: hook.SRS1, at: []hook.Event{hook.OnPublish},
			event: hook.OnConnect, tcQ: "?token=bad", want: "wrong token", alsoOther: true},
		{name: "publish, not asked for", at: []hook.Event{hook.OnPlay}, event: hook.OnPublish, stream: "s", want: "",
			alsoOther: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := ParseToken("token=good")
			if err == nil && c.at != nil {
				token, err = token.At(c.at...)
			}
			if err != nil {
				t.Fatal(err)
			}
			has := places{param: c.param != none, tcURL: c.tcQ != none}
			pl := &hook.Payload{Stream: c.stream, Param: strings.TrimPrefix(c.param, none),
				PageURL: "http://h/?token=good", App: "live?token=good"}
			if has.tcURL {
				pl.TCURL = "rtmp://h/live" + c.tcQ
			}
			for _, p := range hook.Profiles() {
				if !c.alsoOther && c.profile != nil && c.profile != p {
					continue
				}
				events := []hook.Event{c.event}
				if c.alsoPlay {
					events = append(events, hook.OnPlay)
				}
				for _, e := range events {
					if got := token.check(p, e, pl, has); got != c.want {
						t.Errorf("%s in %s: %q, want %q", e, p, got, c.want)
					}
				}
			}
		})
	}
}

// TestTokenOnTheWire: refusals are codes with HTTP 200, and closing events
// are never refused (H-REJ-04, H-ORD-01).
func TestTokenOnTheWire(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		s := serve(t, guarded(t, p))
		for _, e := range hook.Events {
			want := codeText(p, "401")
			if e.Closing() {
				want = codeText(p, "0")
			}
			for _, token := range []string{"bad", "goo", "GOOD", ""} {
				body := sample(t, hook.SRS6, e, func(pl *hook.Payload) {
					pl.Param, pl.TCURL = "?token="+token, "rtmp://h/live?token="+token
				})
				if got := do(t, s, "POST", pathOf(e), body); got.status != 200 || got.body != want {
					t.Errorf("%s with %q is answered %d %q, want %q", e, token, got.status, got.body, want)
				}
			}
		}
	})
}

func TestParseToken(t *testing.T) {
	for _, s := range []string{"", "token", "=", "token=", "=good", "a b=c", "a=b&c", "a=b?c", "a&b=c", "a=\x00",
		"a=\n", "a=" + strings.Repeat("x", maxToken)} {
		if _, err := ParseToken(s); err == nil {
			t.Errorf("%.20q is taken", s)
		}
	}
	for _, s := range []string{"a=b", "token=a=b", "é=%20", "a=" + strings.Repeat("x", maxToken-2)} {
		if _, err := ParseToken(s); err != nil {
			t.Errorf("%.20q: %v", s, err)
		}
	}
	token, err := ParseToken("a=b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.At(hook.OnClose); err == nil {
		t.Error("a token can be demanded at on_close")
	}
	if _, err := token.At(); err == nil {
		t.Error("a token can be demanded nowhere")
	}
}

// FuzzToken compares the matcher with a plain one: all values of the key in
// the pieces between "?" and "&".
func FuzzToken(f *testing.F) {
	for _, s := range []string{"", "?token=good", "?token=good?token=good", "?token=good&token=", "?a=b&&token=goo",
		"token=good", "?=&?=", "?token=good\x00"} {
		f.Add(s, "?token=good")
		f.Add(s, s)
	}
	token, err := ParseToken("token=good")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, param, query string) {
		pl := &hook.Payload{Stream: "s", Param: param, TCURL: "rtmp://h/app" + query}
		got := token.check(hook.SRS6, hook.OnPublish, pl, places{param: true, tcURL: true})
		pieces := strings.FieldsFunc(strings.TrimPrefix(param, "?"), isSplit)
		if !strings.HasPrefix(param, "?") {
			pieces = nil
		}
		if _, q, ok := strings.Cut(query, "?"); ok {
			pieces = append(pieces, strings.FieldsFunc(q, isSplit)...)
		}
		want, right := "no token", 0
		for _, p := range pieces {
			if p == "token=good" {
				right++
			} else if p == "token" || strings.HasPrefix(p, "token=") {
				want = "wrong token"
			}
		}
		if right > 0 && want == "no token" {
			want = ""
		}
		if got != want {
			t.Errorf("param %q, tcUrl's query %q: %q, want %q", param, query, got, want)
		}
		if shown := redact.Secrets(param); strings.HasPrefix(param, "?") && strings.Contains(shown, "=good") {
			t.Errorf("%q is shown as %q", param, shown)
		}
	})
}

func isSplit(r rune) bool { return r == '?' || r == '&' }
