package order

import (
	"testing"

	"hookproof/hook"
)

// did reads deeds as in "connect publish! unpublish close": "!" marks a refused
// one, "=" one that lost to a live publisher, "~" one whose answer is not
// known, "?" one that may not have reached the server.
func did(t testing.TB, text string) []Deed {
	t.Helper()
	var all []Deed
	for _, word := range fields(text) {
		d := Deed{Answer: Accepted}
		switch word[len(word)-1] {
		case '!':
			d.Answer = Refused
		case '=':
			d.Answer = Lost
		case '~':
			d.Answer = Unknown
		case '?':
			d.Answer, d.Unsure = Unknown, true
		}
		d.Event = eventOf(t, word)
		all = append(all, d)
	}
	return all
}

func TestExpect(t *testing.T) {
	for _, c := range []struct{ did, srs1, srs6 string }{
		{"", "none", "none"},
		{"connect", "on_connect", "[on_connect]"},
		{"connect close", "on_connect, on_close", "[on_connect], on_close"},
		{"close", "on_connect, on_close", "[on_connect], on_close"},
		{"connect? close", "[on_connect], [on_close]", "[on_connect], [on_close]"},
		{"connect~ close", "on_connect, [on_close]", "[on_connect], on_close"},
		{"connect! close", "on_connect, [on_close]", "on_connect, on_close"},
		{"connect publish", "on_connect, on_publish", "on_connect, on_publish"},
		{"publish unpublish", "on_connect, on_publish, on_unpublish", "on_connect, on_publish, on_unpublish"},
		{"publish close", "on_connect, on_publish, on_unpublish, on_close",
			"on_connect, on_publish, on_unpublish, on_close"},
		{"publish unpublish close", "on_connect, on_publish, on_unpublish, on_close",
			"on_connect, on_publish, on_unpublish, on_close"},
		{"play close", "on_connect, on_play, on_stop, on_close", "on_connect, on_play, on_stop, on_close"},
		{"publish! close", "on_connect, on_publish, on_close", "on_connect, on_publish, on_close"},
		{"play! close", "on_connect, on_play, on_close", "on_connect, on_play, on_close"},
		{"play~ close", "on_connect, on_play, [on_stop], on_close", "on_connect, on_play, [on_stop], on_close"},
		{"connect publish? close", "on_connect, [on_publish], [on_unpublish], on_close",
			"[on_connect], [on_publish], [on_unpublish], on_close"},
		{"publish= close", "on_connect, [on_publish], [on_unpublish], on_close", "on_connect, [on_publish], on_close"},
		{"publish publish close", "on_connect, on_publish, on_unpublish, on_publish, on_unpublish, on_close",
			"on_connect, on_publish, on_unpublish, [on_connect], on_publish, on_unpublish, on_close"},
		{"play publish! close", "on_connect, on_play, on_stop, on_publish, on_close",
			"on_connect, on_play, on_stop, [on_connect], on_publish, on_close"},
		{"play unpublish", "on_connect, on_play, on_stop", "on_connect, on_play, on_stop"},
	} {
		t.Run(c.did, func(t *testing.T) {
			for p, want := range map[*hook.Profile]string{hook.SRS1: c.srs1, hook.SRS6: c.srs6} {
				if got := Expect(p, did(t, c.did)...).String(); got != want {
					t.Errorf("%s: got  %s\nwant %s", p, got, want)
				}
			}
		})
	}
}

func TestFit(t *testing.T) {
	both, srs1, srs6 := hook.Profiles(), []*hook.Profile{hook.SRS1}, []*hook.Profile{hook.SRS6}
	for _, c := range []struct {
		did      string
		profiles []*hook.Profile
		came     string
		want     Fit
	}{
		{"", both, "", Complete},
		{"", both, "connect", Wrong},
		{"publish close", both, "", Begun},
		{"publish close", both, "connect publish", Begun},
		{"publish close", both, "connect publish unpublish close", Complete},
		{"publish close", both, "connect connect publish unpublish close", Wrong},
		{"publish close", both, "connect connect", Wrong},
		{"publish close", both, "connect publish unpublish connect close", Wrong},
		{"publish close", both, "connect publish unpublish close connect", Wrong},
		{"publish close", both, "connect publish close unpublish", Wrong},
		{"publish close", both, "connect publish unpublish unpublish close", Wrong},
		{"publish close", both, "connect play stop close", Wrong},
		{"publish! close", both, "connect publish unpublish close", Wrong},
		{"publish publish close", both, "connect publish unpublish publish unpublish close", Complete},
		{"publish publish close", srs6, "connect publish unpublish connect publish unpublish close", Complete},
		{"publish publish close", srs1, "connect publish unpublish connect publish unpublish close", Wrong},
		{"publish publish close", srs6, "connect publish unpublish connect connect", Wrong},
		{"close", srs6, "close", Complete},
		{"close", srs1, "close", Wrong},
		{"close", both, "connect close", Complete},
		{"connect! close", srs1, "connect", Complete},
		{"connect! close", srs6, "connect", Begun},
		{"connect publish? close", both, "connect unpublish close", Wrong},
		{"connect publish? publish close", both, "connect publish unpublish close", Complete},
		{"publish= close", srs6, "connect publish unpublish close", Wrong},
		{"publish= close", srs1, "connect publish unpublish close", Complete},
		{"publish= close", both, "connect close", Complete},
	} {
		for _, p := range c.profiles {
			t.Run(p.Name+" "+c.did+": "+c.came, func(t *testing.T) {
				if got := Expect(p, did(t, c.did)...).Fit(eventsOf(t, c.came)...); got != c.want {
					t.Errorf("got %v, want %v", got, c.want)
				}
			})
		}
	}
}

// TestConfiguredExpectation: what has no URL is neither due nor missed.
func TestConfiguredExpectation(t *testing.T) {
	x := Expect(hook.SRS6, did(t, "publish close")...).Configured(hook.OnPublish, hook.OnStop, hook.OnClose)
	if got := x.String(); got != "on_publish, on_close" {
		t.Errorf("got %s", got)
	}
	for came, want := range map[string]Fit{"publish close": Complete, "publish": Begun, "connect publish close": Wrong,
		"stop": Wrong} {
		if got := x.Fit(eventsOf(t, came)...); got != want {
			t.Errorf("%s: got %v, want %v", came, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	x := Expect(hook.SRS6, did(t, "publish publish? close")...)
	for e, want := range map[hook.Event][2]int{hook.OnConnect: {1, 2}, hook.OnPublish: {1, 2},
		hook.OnUnpublish: {1, 2}, hook.OnClose: {1, 1}, hook.OnStop: {0, 0}} {
		if least, most := x.Count(e); least != want[0] || most != want[1] {
			t.Errorf("%s: %d to %d times, want %v", e, least, most, want)
		}
	}
}
