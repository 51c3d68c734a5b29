package identity

import (
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
)

// set makes a Set of "accept token=good" and the like.
func set(t *testing.T, flags ...string) *Set {
	t.Helper()
	id := &Set{}
	for _, f := range flags {
		flag, text, _ := strings.Cut(f, " ")
		if err := id.Add(flag, text); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func TestClient(t *testing.T) {
	generic := []string{"accept token=good", "refuse token=bad"}
	each := []string{"accept on_connect:app=ours", "accept on_publish:token=good", "refuse on_publish:token=bad"}
	for _, c := range []struct {
		name    string
		flags   []string
		profile *hook.Profile
		place   Place
		who     Who
		want    Client
	}{
		{"nothing is known", nil, hook.SRS6, Auto, Who{Opens: hook.OnPublish}, Client{}},
		{"once, where all events of srs6 carry it", generic, hook.SRS6, Auto, Who{Opens: hook.OnPublish},
			Client{Param: "token=good"}},
		{"once, where srs1 carries it", generic, hook.SRS1, Auto, Who{Opens: hook.OnPlay}, Client{Query: "token=good"}},
		{"both", generic, hook.SRS6, Both, Who{Opens: hook.OnPlay}, Client{Query: "token=good", Param: "token=good"}},
		{"refused", generic, hook.SRS6, Auto, Who{Opens: hook.OnPlay, Refused: true, At: hook.OnConnect},
			Client{Param: "token=bad"}},
		{"refused in both places", generic, hook.SRS6, Both, Who{Opens: hook.OnPublish, Refused: true,
			At: hook.OnConnect},
			Client{Query: "token=bad", Param: "token=bad"}},
		{"refused later", generic, hook.SRS6, TCURL, Who{Opens: hook.OnPublish, Refused: true, At: hook.OnPublish},
			Client{Query: "token=bad"}},
		{"a token for each event", each, hook.SRS6, Auto, Who{Opens: hook.OnPublish},
			Client{Param: "app=ours&token=good"}},
		{"refused by its own event", each, hook.SRS6, Auto, Who{Opens: hook.OnPublish, Refused: true,
			At: hook.OnPublish},
			Client{Param: "app=ours&token=bad"}},
		{"one key, two values", []string{"accept on_connect:k=a", "accept on_play:k=b"}, hook.SRS6, Auto,
			Who{Opens: hook.OnPlay}, Client{Query: "k=a", Param: "k=b"}},
		{"turns", []string{"accept k=a", "accept k=b"}, hook.SRS6, Auto, Who{Opens: hook.OnPlay, Turn: 3},
			Client{Param: "k=b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := set(t, c.flags...).Client(c.who, c.place.In(c.profile)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestRefuseAt(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags []string
		want  []hook.Event
	}{
		{"one token for all", []string{"refuse k=bad"}, []hook.Event{hook.OnConnect}},
		{"by event", []string{"refuse on_publish:k=bad", "refuse on_play:k=bad"},
			[]hook.Event{hook.OnPublish, hook.OnPlay}},
		{"different ones", []string{"refuse on_connect:k=a", "refuse on_play:k=b"},
			[]hook.Event{hook.OnConnect, hook.OnPlay}},
		{"none", []string{"accept k=good"}, nil},
	} {
		if got := set(t, c.flags...).RefuseAt(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFileSamples(t *testing.T) {
	id := &Set{}
	if err := id.Parse("f", []byte("accept:\n  on_connect: [{app: ours, vhost: v.example, tcUrl: "+
		"'rtmp://v.example/ours?k=a'}]\n  on_play: [{param: '?k=b'}]\n")); err != nil {
		t.Fatal(err)
	}
	want := Client{VHost: "v.example", App: "ours", TCURL: "rtmp://v.example/ours?k=a", Param: "k=b"}
	if got := id.Client(Who{Opens: hook.OnPlay}, Param); got != want || id.OverRTMP() != nil {
		t.Errorf("got %+v, %v; want %+v", got, id.OverRTMP(), want)
	}
	for _, field := range []string{"ip: 192.0.2.1", "stream: cam1"} {
		id := &Set{}
		if err := id.Parse("f", []byte("refuse:\n  on_play: [{"+field+"}]")); err != nil {
			t.Fatal(err)
		}
		if err := id.OverRTMP(); err == nil || !strings.HasPrefix(err.Error(), "f:2: ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := ParsePlace("nowhere"); err == nil {
		t.Error("a place that is not known is taken")
	}
}
