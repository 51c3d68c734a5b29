package identity

import (
	"testing"

	"hookproof/hook"
)

func TestToken(t *testing.T) {
	token := Token("a=1&b=2&c=")
	if got := token.Pairs(); len(got) != 3 || got[1] != (Pair{"b", "2"}) || got[2] != (Pair{"c", ""}) {
		t.Errorf("pairs: got %v", got)
	}
	if got := token.With(1, "x=y"); got != "a=1&b=x=y&c=" {
		t.Errorf("with: got %q", got)
	}
	if got := token.Without(0); got != "b=2&c=" {
		t.Errorf("without: got %q", got)
	}
}

// A client's credential is found and replaced wherever the sample has it.
func TestCredential(t *testing.T) {
	for _, c := range []struct {
		name   string
		sample Sample
		was    Token
		to     Token
		want   Sample
	}{
		{"token", Sample{Token: "t=1"}, "t=1", "t=2", Sample{Token: "t=2"}},
		{"token taken away", Sample{Token: "t=1"}, "t=1", "", Sample{}},
		{"param", Sample{Param: "?t=1&u=2"}, "t=1&u=2", "u=2", Sample{Param: "?u=2"}},
		{"param taken away", Sample{Stream: "cam", Param: "?t=1"}, "t=1", "", Sample{Stream: "cam"}},
		{"tcUrl", Sample{TCURL: "rtmp://h/live?t=1"}, "t=1", "", Sample{TCURL: "rtmp://h/live"}},
		{"param and tcUrl", Sample{Param: "?t=1", TCURL: "rtmp://h/live?t=1"}, "t=1", "t=2",
			Sample{Param: "?t=2", TCURL: "rtmp://h/live?t=2"}},
		{"none", Sample{IP: "203.0.113.9"}, "", "x=y", Sample{IP: "203.0.113.9", Token: "x=y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.sample.Credential(); got != c.was {
				t.Errorf("credential: want %q, got %q", c.was, got)
			}
			if got := c.sample.With(c.to); got != c.want {
				t.Errorf("with %q: want %+v, got %+v", c.to, c.want, got)
			}
		})
	}
}

// The samples of an event take turns; a closing event goes with its opening one.
func TestTurns(t *testing.T) {
	id := Set{Accept: []Sample{{Event: hook.OnPublish, Stream: "a"}, {Event: hook.OnPublish, Stream: "b"}}}
	for turn, want := range []string{"a", "b", "a"} {
		if got := id.Accepted(hook.OnUnpublish, turn); got.Stream != want || got.Event != hook.OnUnpublish {
			t.Errorf("turn %d: want the stream %s, got %+v", turn, want, got)
		}
	}
	if got := id.Accepted(hook.OnPlay, 1); got != (Sample{Event: hook.OnPlay}) {
		t.Errorf("on_play: want a sample without fields, got %+v", got)
	}
}

func TestWrong(t *testing.T) {
	id := Set{Refuse: []Sample{{Param: "?u=2"}, {Token: "t=bad"}}}
	for good, want := range map[Token]Token{"t=good": "t=bad", "u=1": "u=2", "a=1&b=2": "a=not-1&b=not-2"} {
		if got := id.Wrong(good); got != want {
			t.Errorf("%q: want %q, got %q", good, want, got)
		}
	}
}
