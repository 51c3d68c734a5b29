package order

import (
	"testing"

	"hookproof/hook"
)

// A viewer over HTTP has on_play and on_stop, the latter also where on_play was refused.
func TestExpectViewer(t *testing.T) {
	play, stop := Deed{Event: hook.OnPlay}, Deed{Event: hook.OnStop}
	for _, p := range hook.Profiles() {
		for _, c := range []struct {
			name   string
			did    []Deed
			events []hook.Event
			want   Fit
		}{
			{"comes and leaves", []Deed{play, stop}, []hook.Event{hook.OnPlay, hook.OnStop}, Complete},
			{"on_stop is to come", []Deed{play, stop}, []hook.Event{hook.OnPlay}, Begun},
			{"nothing has come", []Deed{play}, nil, Begun},
			{"an on_stop too many", []Deed{play}, []hook.Event{hook.OnPlay, hook.OnStop}, Wrong},
			{"on_play twice", []Deed{play, stop}, []hook.Event{hook.OnPlay, hook.OnPlay}, Wrong},
			{"on_stop alone", []Deed{play, stop}, []hook.Event{hook.OnStop}, Wrong},
			{"with on_connect", []Deed{play, stop}, []hook.Event{hook.OnConnect}, Wrong},
			{"did nothing", nil, nil, Complete},
			{"did nothing, and was asked about", nil, []hook.Event{hook.OnPlay}, Wrong},
		} {
			if got := ExpectViewer(p, c.did...).Fit(c.events...); got != c.want {
				t.Errorf("%s, %s: %v, want %v", p, c.name, got, c.want)
			}
		}
	}
}
