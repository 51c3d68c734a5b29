package steps

import "testing"

func TestSequence(t *testing.T) {
	for text, want := range map[string]string{
		"none":                 "none",
		"on_connect, on_close": "on_connect, on_close",
		"on_connect, with or without on_close after it":  "on_connect, [on_close]",
		"on_close, with or without on_connect before it": "[on_connect], on_close",
	} {
		s, err := sequence(text)
		if err != nil || s.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, s, err, want)
		}
	}
}
