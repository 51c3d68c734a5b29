package steps

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario/rtmptarget"
)

func TestExpected(t *testing.T) {
	partial := []hook.Event{hook.OnPublish, hook.OnStop, hook.OnClose}
	all := hook.Events[:]
	for _, c := range []struct {
		list       string
		called     []hook.Event
		srs1, srs6 string // "" is an error
	}{
		{"none", all, "none", "none"},
		{"on_connect, on_close", all, "on_connect, on_close", "on_connect, on_close"},
		{"on_connect, with or without on_close after it", all, "on_connect, [on_close]", ""},
		{"on_close, with or without on_connect before it", all, "", "[on_connect], on_close"},
		{"on_connect, on_publish, on_close", all, "on_connect, on_publish, on_close",
			"on_connect, on_publish, on_close"},
		{"on_connect, on_play", all, "on_connect, on_play", "on_connect, on_play"},
		{"on_connect, on_publish, on_close, with or without on_unpublish before it", all,
			"on_connect, on_publish, [on_unpublish], on_close", "on_connect, on_publish, [on_unpublish], on_close"},
		{"on_connect, on_play, on_stop, on_play, on_stop, on_close", all,
			"on_connect, on_play, on_stop, on_play, on_stop, on_close",
			"on_connect, on_play, on_stop, [on_connect], on_play, on_stop, on_close"},
		{"on_connect, on_connect, on_close", all, "", ""},
		{"on_connect, on_publish, on_publish", all, "", ""},
		{"on_publish, on_close", partial, "on_publish, on_close", "on_publish, on_close"},
		{"on_stop, on_close", partial, "on_stop, on_close", "on_stop, on_close"},
		{"on_stop, on_close", all, "", ""},
	} {
		for p, want := range map[*hook.Profile]string{hook.SRS1: c.srs1, hook.SRS6: c.srs6} {
			got, err := expected(p, c.list, c.called)
			if want == "" && err == nil || want != "" && (err != nil || got.String() != want) {
				t.Errorf("%s, %q: got %s, %v; want %q", p, c.list, got, err, want)
			}
		}
	}
}

// TestEveryListIsExpected: each list of events in the scenarios is what its
// profile expects of some client.
func TestEveryListIsExpected(t *testing.T) {
	cases, err := features.Cases(features.RoleServer)
	if err != nil {
		t.Fatal(err)
	}
	lists := regexp.MustCompile(`^the events of [A-Z][a-z]+(?: so far)? are (?:exactly )?(none|on_.+)$`)
	vhosts := regexp.MustCompile(`^the clients use the vhost (.+)$`)
	found := 0
	for _, c := range cases {
		p, err := hook.ProfileByName(c.Profile)
		if err != nil {
			t.Fatal(err)
		}
		called := hook.Events[:]
		for _, s := range c.Steps {
			if m := vhosts.FindStringSubmatch(s.Text); m != nil {
				v, err := rtmptarget.VHostSpoken(strings.Trim(m[1], `"`))
				if err != nil {
					t.Fatal(err)
				}
				called = slices.Clone(v.Called())
			}
			m := lists.FindStringSubmatch(s.Text)
			if m == nil {
				continue
			}
			found++
			_, err := expected(p, m[1], called)
			if err != nil && c.Has(string(rtmptarget.ServesHTTP)) {
				_, err = expectedOfViewer(p, m[1])
			}
			if err != nil {
				t.Errorf("%s/%s: %v", c.ID, c.Profile, err)
			}
		}
	}
	if found == 0 {
		t.Error("no list found")
	}
}
