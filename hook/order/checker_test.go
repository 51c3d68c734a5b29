package order

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
)

var start = time.Unix(1_800_000_000, 0)

// feed feeds one client events written as "connect publish! unpublish": a "!"
// marks a refusal, "?" an event that is never answered. Events are 10 ms
// apart and answered after 5 ms.
func feed(t testing.TB, k *Checker, id, events string) {
	t.Helper()
	at := start
	for word := range strings.FieldsSeq(events) {
		name := strings.TrimRight(word, "!?")
		ev, err := hook.ParseEvent("on_" + name)
		if err != nil {
			t.Fatal(err)
		}
		answered := at.Add(5 * time.Millisecond)
		if strings.HasSuffix(word, "?") {
			answered = time.Time{}
		}
		k.Feed(id, ev, at, answered, name == word)
		at = at.Add(10 * time.Millisecond)
	}
}

// ids returns what was found as "S-ORD-01/S-ORD-10 missing", one each.
func ids(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		id := p.ID
		if p.Also != "" {
			id += "/" + p.Also
		}
		if p.Verdict == Inconclusive {
			id += "?"
		}
		out = append(out, id+" "+p.Kind.String())
	}
	return out
}

func TestOneClient(t *testing.T) {
	both, srs1, srs6 := hook.Profiles(), []*hook.Profile{hook.SRS1}, []*hook.Profile{hook.SRS6}
	tests := []struct {
		events   string
		profiles []*hook.Profile
		want     []string
	}{
		{"connect publish unpublish close", both, nil},
		{"connect play stop close", both, nil},
		{"connect close", both, nil},
		{"close", srs6, nil},
		{"close", srs1, []string{"S-ORD-04/S-ID-01 missing"}},
		{"connect publish unpublish publish unpublish close", both, nil},
		{"connect play stop play stop close", both, nil},
		{"connect publish unpublish play stop close", both, nil},
		{"connect publish unpublish connect publish unpublish close", srs6, nil},
		{"connect publish unpublish connect publish unpublish close", srs1, []string{"S-ORD-01 doubled"}},
		{"connect play stop connect play stop close", srs6, nil},
		{"connect play stop connect play stop close", srs1, []string{"S-ORD-02 doubled"}},

		{"connect! close", both, nil},
		{"connect!", srs1, nil},
		{"connect!", srs6, []string{"S-ANS-03 missing"}},
		{"connect! publish unpublish close", both, []string{"S-ANS-03 after refusal"}},
		{"connect! play! close", both, []string{"S-ANS-03 after refusal"}},
		{"connect publish! close", both, nil},
		{"connect publish! unpublish close", both, []string{"S-ANS-04 after refusal"}},
		{"connect publish!", both, []string{"S-ANS-04 missing"}},
		{"connect play! close", both, nil},
		{"connect play! stop close", both, []string{"S-ANS-05 after refusal"}},
		{"connect play!", both, []string{"S-ANS-05 missing"}},
		{"connect publish? close", both, nil},

		{"connect publish close", both, []string{"S-ORD-01 missing"}},
		{"connect publish unpublish", both, []string{"S-ORD-01 missing"}},
		{"connect publish", both, []string{"S-ORD-01 missing"}},
		{"connect play close", both, []string{"S-ORD-02 missing"}},
		{"connect", both, []string{"S-ORD-04 missing"}},
		{"publish unpublish close", both, []string{"S-ORD-01/S-ID-01 missing"}},
		{"play stop close", both, []string{"S-ORD-02/S-ID-01 missing"}},
		{"unpublish close", both, []string{"S-ORD-01/S-ID-01 missing"}},
		{"connect unpublish close", both, []string{"S-ORD-01 missing"}},
		{"connect stop close", both, []string{"S-ORD-02 missing"}},

		{"connect connect publish unpublish close", both, []string{"S-ORD-01 doubled"}},
		{"connect connect play stop close", both, []string{"S-ORD-02 doubled"}},
		{"connect connect close", both, []string{"S-ORD-04 doubled"}},
		{"connect publish publish unpublish close", both, []string{"S-ORD-01/S-ORD-10 missing"}},
		{"connect play play stop close", both, []string{"S-ORD-02/S-ORD-13 missing"}},
		{"connect publish connect publish unpublish close", srs6, []string{"S-ORD-01/S-ORD-10 missing"}},
		{"connect publish connect unpublish close", srs1, []string{"S-ORD-01 doubled"}},
		{"connect publish unpublish unpublish close", both, []string{"S-ORD-01 doubled"}},
		{"connect play stop stop close", both, []string{"S-ORD-02 doubled"}},
		{"connect publish unpublish close close", both, []string{"S-ORD-01 doubled"}},
		{"connect publish unpublish stop close", both, []string{"S-ORD-02 doubled"}},
		{"connect publish stop unpublish close", both, []string{"S-ORD-02 missing"}},

		{"connect publish close unpublish", both, []string{"S-ORD-01 missing", "S-ORD-01 after close"}},
		{"connect play close stop", both, []string{"S-ORD-02 missing", "S-ORD-02 after close"}},
		{"connect close connect close", both, []string{"S-ID-02/S-ORD-04 after close"}},
		{"connect publish play stop close", both, []string{"S-ORD-01 missing"}},
	}
	for _, tt := range tests {
		for _, p := range tt.profiles {
			t.Run(p.Name+" "+tt.events, func(t *testing.T) {
				k := New(Options{Profile: p})
				feed(t, k, "c1", tt.events)
				k.Finish(false)
				got := k.Problems()
				if !slices.Equal(ids(got), tt.want) {
					t.Errorf("got %q, want %q\n%v", ids(got), tt.want, got)
				}
			})
		}
	}
}

func TestMessages(t *testing.T) {
	k := New(Options{Profile: hook.SRS6})
	feed(t, k, "a", "connect publish close")
	feed(t, k, "b", "connect play! stop close")
	feed(t, k, "c", "connect publish")
	feed(t, k, "", "close")
	k.Finish(false)
	want := []string{
		`S-ORD-01: client "a": expected on_unpublish before on_close, seen on_close after on_connect, on_publish`,
		`S-ANS-05: client "b": expected only on_close from a client that was refused at on_play, seen on_stop after on_connect, on_play (refused)`,
		`S-ID-02: client "": expected a client_id that is not empty, seen on_close with an empty one`,
		`S-ORD-01: client "c": expected on_unpublish and on_close at the end, seen nothing after on_connect, on_publish`,
	}
	for i, p := range k.Problems() {
		if i >= len(want) || p.String() != want[i] {
			t.Errorf("problem %d: got\n%s", i, p)
		}
	}
}

func TestCutOff(t *testing.T) {
	k := New(Options{Profile: hook.SRS6})
	feed(t, k, "a", "connect publish")
	feed(t, k, "b", "connect play?")
	k.Finish(true)
	if got := k.Problems(); got != nil {
		t.Errorf("got %v", got)
	}
	if got := k.Stats(); got.Clients != 2 || got.Live != 2 || got.Events[hook.OnConnect] != 2 {
		t.Errorf("stats %+v", got)
	}
}

func TestConfigured(t *testing.T) {
	three := map[hook.Event]int{
		hook.OnConnect: 2, hook.OnPublish: 2, hook.OnUnpublish: 2, hook.OnClose: 2,
	}
	tests := []struct {
		name   string
		opts   Options
		events string
		want   []string
	}{
		{"on_publish alone", Options{Events: []hook.Event{hook.OnPublish}}, "publish", nil},
		{"on_publish alone, twice", Options{Events: []hook.Event{hook.OnPublish}}, "publish publish", nil},
		{"no on_unpublish", Options{Events: []hook.Event{hook.OnConnect, hook.OnPublish, hook.OnClose}},
			"connect publish close", nil},
		{"two URLs", Options{URLs: three}, "connect connect publish publish unpublish unpublish close close", nil},
		{"two URLs, second refuses", Options{URLs: three}, "connect connect publish publish! close close", nil},
		{"two URLs, first refuses", Options{URLs: three}, "connect connect publish! close close", nil},
		{"two URLs, called after refusal", Options{URLs: three}, "connect connect publish! publish close close",
			[]string{"S-URL-02/S-ANS-04 after refusal", "S-URL-01 URL not called", "S-ORD-01 missing"}},
		{"two URLs, second of on_unpublish not called", Options{URLs: three},
			"connect connect publish publish unpublish! close close", []string{"S-URL-01 URL not called"}},
		{"two URLs, third call", Options{URLs: three},
			"connect connect publish publish unpublish unpublish close close close", []string{"S-ORD-01 doubled"}},
		{"HTTP player", Options{HTTPPlayers: true}, "play stop", nil},
		{"HTTP player, refused", Options{HTTPPlayers: true}, "play!", nil},
		{"HLS player, refused", Options{HTTPPlayers: true}, "play! stop", nil},
		{"HTTP player, never stopped", Options{HTTPPlayers: true}, "play", []string{"S-ORD-02 missing"}},
		{"HTTP player, stopped twice", Options{HTTPPlayers: true}, "play stop stop", []string{"S-ORD-02 doubled"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Profile = hook.SRS6
			k := New(tt.opts)
			feed(t, k, "c", tt.events)
			k.Finish(false)
			if got := k.Problems(); !slices.Equal(ids(got), tt.want) {
				t.Errorf("got %q %v, want %q", ids(got), got, tt.want)
			}
		})
	}
}
