package check

import (
	"fmt"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/hook/order"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// script makes observations from lines of "actor what [detail]", one every
// millisecond: an event's name is a request that is answered at once, with
// "refused" with a refusal, with "held" not at all.
func script(text string) []reports.Observation {
	var obs []reports.Observation
	add := func(o reports.Observation) int {
		o.N, o.T = len(obs), float64(len(obs))/1000
		obs = append(obs, o)
		return o.N
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		actor, what, rest := f[0], f[1], strings.Join(f[2:], " ")
		if actor == "-" {
			actor = ""
		}
		switch {
		case strings.HasPrefix(what, "on_"):
			ev, _ := hook.ParseEvent(what)
			body, err := hook.SRS6.Encode(nil, &hook.Payload{Action: what, ClientID: "id" + actor, IP: "127.0.0.1",
				VHost: "v", App: "a", Stream: "s", TCURL: "rtmp://h/a"})
			if err != nil {
				panic(err)
			}
			n := add(reports.Observation{Kind: reports.KindHook, Actor: actor, ClientID: "id" + actor,
				Event: ev.String(), URL: "/x", Body: string(body),
				Data: &reports.Details{Request: reports.Request{Method: "POST", Target: "/x", URLNumber: 1,
					VHost: "default",
					Type:  "application/json", Agent: "T", Length: fmt.Sprint(len(body))}}})
			if rest != "held" {
				add(reports.Observation{Kind: reports.KindAnswer, Actor: actor, Event: ev.String(), Refs: []int{n},
					Data: &reports.Details{Answer: reports.Answer{Accept: rest != "refused"}}})
			}
		case what == "told":
			add(reports.Observation{Kind: reports.KindStatus, Name: "onStatus", Actor: actor, Code: rest})
		case what == "media":
			add(reports.Observation{Kind: reports.KindMedia, Name: "video", Actor: actor,
				Data: &reports.Details{Media: reports.Media{Publisher: rest}}})
		case what == "off":
			add(reports.Observation{Kind: reports.KindDisconnect, Actor: actor, Name: rest})
		case what == "sent":
			add(reports.Observation{Kind: reports.KindSent, Actor: actor, Name: rest})
		default:
			panic("script: " + line)
		}
	}
	return obs
}

// expect is what is expected of a client that publishes or plays, and leaves.
func expect(p *hook.Profile, did ...order.Deed) order.Expectation {
	return order.Expect(p, append(did, order.Deed{Event: hook.OnClose})...)
}

var publishes = order.Deed{Event: hook.OnPublish, Answer: order.Accepted}

const published = `
A on_connect
A on_publish
A told NetStream.Publish.Start
A on_unpublish
A on_close
A off local`

// Each check passes what is right and finds what is wrong, and only that.
func TestChecks(t *testing.T) {
	plan := func(p timeline.Plan, text string, more ...reports.Observation) []reports.Observation {
		return append(append([]reports.Observation{p.Observation()}, script(text)...), more...)
	}
	const plays, stops = "A on_connect\nA on_play\nA told NetStream.Play.Start\n", "A on_stop\nA on_close\nA off local"
	accepted := timeline.Plan{Name: "A", Stream: "s", Refuse: -1, Vanish: -1}
	refused := timeline.Plan{Name: "A", Stream: "s", Refuse: int(hook.OnPublish), Vanish: -1}
	// The player's own publisher vanishes while its hook is asked.
	const vanishes = "V on_connect\nV on_publish\nV on_unpublish\nV on_close\nV off local\n"
	vanished := timeline.Plan{Name: "V", Stream: "s", Refuse: -1, Vanish: int(hook.OnPublish)}
	waiting := timeline.Plan{Name: "A", Stream: "s", Plays: true, Refuse: -1, Vanish: -1}
	player := timeline.Plan{Name: "A", Stream: "s", Plays: true, Source: "P", Refuse: -1, Vanish: -1}
	for _, c := range []struct {
		name  string
		found *Finding
		want  string // part of Seen; "" wants no finding
	}{
		{"exactly", Exactly(expect(hook.SRS1, publishes), script(published), "A"), ""},
		{"exactly, one too many", Exactly(expect(hook.SRS1), script(published), "A"), "on_publish"},
		{"exactly, one missing", Exactly(expect(hook.SRS1, publishes),
			script("A on_connect\nA on_publish\nA on_close"), "A"), "on_publish"},
		{"exactly, on_connect twice", Exactly(expect(hook.SRS6, publishes), script("A on_connect\n"+published), "A"),
			"on_connect"},
		{"exactly, on_connect after on_close", Exactly(expect(hook.SRS6, publishes),
			script(published+"\nA on_connect"), "A"), "on_connect"},
		{"no overlap", NoOverlap(script(published), "A"), ""},
		{"overlap", NoOverlap(script("A on_connect held\nA on_publish"), "A"), "never answered"},
		{"nothing after", NothingAfter(script("A on_connect\nA on_publish held"), "A", hook.OnPublish), ""},
		{"something after", NothingAfter(script("A on_publish held\nA on_close"), "A", hook.OnPublish), "on_close"},
		{"only markers", NoEventButMarkers(script("marker-1 on_connect")), ""},
		{"not only markers", NoEventButMarkers(script("- on_close")), "on_close"},
		{"post", PostToURL(script(published)), ""},
		{"sound", SoundBody(script(published)), ""},
		{"type", HasType(script(published), "application/json"), ""},
		{"another type", HasType(script(published), "text/plain"), "application/json"},
		{"agent", HasAgent(script(published)), ""},
		{"keys", CarriesKeys(hook.SRS6, script(published), "A", hook.OnPublish), ""},
		{"keys of another profile", CarriesKeys(hook.SRS1, script(published), "A", hook.OnPublish), "client_id"},
		{"no such event", CarriesKeys(hook.SRS6, script(published), "A", hook.OnPlay), "on_connect"},
		{"one id", OneID(script(published), "A"), ""},
		{"own ids", OwnIDs(script("A on_connect\nB on_connect")), ""},
		{"told", NotTold(script(published), "A", PublishStart), "Publish.Start"},
		{"not told", NotTold(script("A on_publish refused"), "A", PublishStart), ""},
		{"on", LetOn(script("A on_publish\nA told NetStream.Publish.Start"), "A", Entry{Asked: true}), ""},
		{"told before it was asked", LetOn(script("A told NetStream.Play.Start"), "A",
			Entry{Plays: true, Asked: true}), "still connected"},
		{"not on any more", LetOn(script("A on_publish\nA told NetStream.Publish.Start\nA off fin"), "A",
			Entry{Asked: true}), "disconnected"},
		{"off", Off(script("A off rst"), "A"), ""},
		{"went itself", Off(script("A off local"), "A"), "local"},
		{"refused at", RefusedAt(script("A on_connect\nA on_publish refused\nA on_close\nA off fin"), "A",
			hook.OnPublish), ""},
		{"went on after the refusal", RefusedAt(script("A on_connect refused\nA on_publish\nA off fin"), "A",
			hook.OnConnect), "on_publish"},
		{"off in time", OffWithin(script("A on_publish refused\nA off fin"), "A", 1), ""},
		{"off late", OffWithin(script("A on_publish refused\nA off fin"), "A", 0.0001), "off at"},
		{"no media", NoMedia(script("A media P"), "A", "Q"), ""},
		{"media", NoMedia(script("A media P"), "A", ""), "video"},
		{"media of a refused one", NoMediaOfRefused(script("P on_publish refused\nA media P")), "A received one"},
		{"media of an accepted one", NoMediaOfRefused(script("P on_publish\nA media P")), ""},
		{"accounted for", Accounted(hook.SRS1, plan(accepted, published)), ""},
		{"false refusal", Accounted(hook.SRS1,
			plan(accepted, "A on_connect\nA on_publish\nA on_unpublish\nA on_close\nA off fin")), "disconnected"},
		{"lost event", Accounted(hook.SRS1,
			plan(accepted, "A on_connect\nA on_publish\nA told NetStream.Publish.Start\nA on_close\nA off local")),
			"on_publish"},
		{"refused as planned", Accounted(hook.SRS1,
			plan(refused, "A on_connect\nA on_publish refused\nA on_close\nA off fin")), ""},
		{"told that it is on, and off: S-ANS-04 alone says so",
			Accounted(hook.SRS1, plan(refused,
				"A on_connect\nA on_publish refused\nA told NetStream.Publish.Start\nA on_close\nA off fin")), ""},
		{"false accept", Accounted(hook.SRS1,
			plan(refused, "A on_connect\nA on_publish refused\nA told NetStream.Publish.Start\nA on_close\nA off "+
				"local")), "local"},
		{"plays", Accounted(hook.SRS1, plan(player, "P on_publish\n"+plays+"A media P\n"+stops)), ""},
		{"plays, no mark in some", Accounted(hook.SRS1, plan(player, "P on_publish\n"+plays+"A media P\nA media\n"+
			stops)), ""},
		{"plays another's frames", Accounted(hook.SRS1, plan(player, "P on_publish\n"+plays+"A media Q\n"+stops)),
			"video of Q"},
		{"plays nothing", Accounted(hook.SRS1, plan(player, "P on_publish\n"+plays+stops)), "none"},
		{"its publisher vanished, and was accepted later", Accounted(hook.SRS1, plan(waiting, vanishes+plays+
			"A media V\n"+stops, vanished.Observation())), ""},
		{"its publisher vanished, no media", Accounted(hook.SRS1, plan(waiting, vanishes+plays+stops,
			vanished.Observation())), ""},
		{"its publisher was refused", Accounted(hook.SRS1, append(plan(waiting, plays+"A media V\n"+stops),
			script("V on_publish refused")...)), "video of V"},
		{"media of nobody", Accounted(hook.SRS1, plan(waiting, plays+"A media\n"+stops)), "an unknown publisher"},
		{"waits", Waiting(script("A on_publish held"), "A"), ""},
		{"waits no more", Waiting(script("A on_publish"), "A"), "on_publish"},
	} {
		switch {
		case c.want == "" && c.found != nil:
			t.Errorf("%s: found %v", c.name, c.found)
		case c.want != "" && c.found == nil:
			t.Errorf("%s: found nothing", c.name)
		case c.want != "" && !strings.Contains(c.found.Seen, c.want):
			t.Errorf("%s: seen %q, want %q in it", c.name, c.found.Seen, c.want)
		}
	}
}

// Rivals A and B publish one stream; P plays it.
func TestRivals(t *testing.T) {
	const start = "told NetStream.Publish.Start\n"
	for _, c := range []struct {
		name, text string
		oneLive    string // part of what OneLive has seen; "" wants no finding
		rivalry    string // of Rivalry, in srs6
	}{
		{"one wins", "A on_connect\nA on_publish\nA " + start +
			"B on_connect\nB on_publish\nB on_close\nB off fin\nA on_unpublish\nA on_close\nA off local", "", ""},
		{"the loser is told that it is on, and is off at once",
			"A on_connect\nA on_publish\nA " + start + "B on_connect\nB " + start +
				"B on_publish\nB on_close\nB off fin\nA on_unpublish\nA on_close\nA off local", "", ""},
		{"the loser is not asked about",
			"A on_connect\nA on_publish\nB on_connect\nB on_close\nB off fin\nA on_unpublish\nA on_close\nA off local",
			"", ""},
		{"the loser gives on_unpublish",
			"A on_connect\nA on_publish\nB on_connect\nB on_publish\nB on_unpublish\nB on_close\nB off fin\nA " +
				"on_unpublish\nA on_close\nA off local",
			"", "on_unpublish"},
		{"the winner gives no on_unpublish",
			"A on_connect\nA on_publish\nB on_connect\nB on_publish\nB on_close\nB off fin\nA on_close\nA off local",
			"", "on_close"},
		{"two stay", "A on_connect\nA on_publish\nB on_connect\nB on_publish\nA on_unpublish\nA on_close\nA off " +
			"local\nB on_unpublish\nB on_close\nB off local", "2 still connected", ""},
		{"none stays", "A on_connect\nA on_publish\nA on_close\nA off fin\nB on_connect\nB on_publish\nB " +
			"on_close\nB off fin", "all were disconnected", ""},
		{"both are seen, one by one", "A on_publish\nP media A\nA off fin\nB on_publish\nP media B\nB off local", "",
			"on_publish"},
		{"both are seen at once", "A on_publish\nB on_publish\nP media A\nP media B\nP media A\nA off fin\nB off " +
			"local", "A again", "on_publish"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var obs []reports.Observation
			for _, name := range []string{"A", "B"} {
				p := timeline.Plan{Name: name, Refuse: -1, Vanish: -1}
				obs = append(obs, p.Observation())
			}
			obs = append(obs, script(c.text)...)
			for what, f := range map[string]*Finding{"one live: " + c.oneLive: OneLive(obs), "rivalry: " +
				c.rivalry: Rivalry(hook.SRS6, obs)} {
				_, want, _ := strings.Cut(what, ": ")
				if (f != nil) != (want != "") || f != nil && !strings.Contains(f.Seen, want) {
					t.Errorf("%s: found %v", what, f)
				}
			}
		})
	}
}

func TestOneStays(t *testing.T) {
	const on = " on_publish\nX told NetStream.Publish.Start\n"
	a, b := "A"+strings.ReplaceAll(on, "X", "A"), "B"+strings.ReplaceAll(on, "X", "B")
	for text, want := range map[string]string{
		a + b + "B off fin": "A", a + b + "A off rst": "B", a + b: "", a + b + "A off fin\nB off fin": "", a + b +
			"B off local": "",
	} {
		winner, _, f := OneStays(script(text), "A", "B")
		if winner != want || (f == nil) != (want != "") {
			t.Errorf("%q: winner %q, found %v; want %q", text, winner, f, want)
		}
	}
}

func TestBodyProblem(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"sound", `{"action":"on_close","n":1}`, ""},
		{"blanks round it", " {\"a\":1}\n", ""},
		{"control byte", "{\"a\":\"\x01\"}", "invalid character"},
		{"not UTF-8", "{\"a\":\"\xff\"}", "not UTF-8"},
		{"array", `[1]`, "no object"},
		{"empty", ``, "no JSON"},
		{"cut off", `{"a":1`, "no valid JSON"},
		{"key twice", `{"a":1,"a":2}`, "twice"},
		{"data after the object", `{"a":1}{"b":2}`, "unexpected data"},
		{"nested", `{"a":{"b":[1,{"c":null}]}}`, ""},
	} {
		if got := bodyProblem(c.body); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", c.name, got, c.want)
		}
	}
}

func FuzzBodyProblem(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{`, `[]`, `{"a":{"a":{"a":[[[[]]]]}}}`, "{\"a\":\"\\u0000\"} x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if bodyProblem(body) == "" {
			if _, err := object(body); err != nil {
				t.Errorf("sound, but %v", err)
			}
		}
	})
}

// TestEscaped: a key that the client's text has made, or changed, is found; keys
// that the profile does not list may have other values.
func TestEscaped(t *testing.T) {
	const extra = `,"clients":2,"x":{"list":[1]}}`
	for _, c := range []struct{ name, is, becomes, want string }{
		{"as a plain client's", "", "", ""},
		{"more keys, with values of their own", extra, `,"clients":3,"x":{"list":[2]}}`, ""},
		{"a further key", extra, `,"clients":2,"x":{"list":[1]},"y":""}`, `a key "y"`},
		{"a key less", extra, `,"clients":2}`, `"x" is missing`},
		{"a changed value", `"app":"a"`, `"app":"admin"`, `app is "admin"`},
		{"not JSON", `"app":"a"`, `"app":"a`, "no valid JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			obs := script("marker-1 on_publish\nA on_publish")
			for i := range obs {
				obs[i].Body = strings.TrimSuffix(obs[i].Body, "}") + extra
			}
			obs[2].Body = strings.Replace(obs[2].Body, c.is, c.becomes, 1)
			f := Escaped(hook.SRS6, obs, "A", "marker-1", "param")
			if (f != nil) != (c.want != "") || f != nil && !strings.Contains(f.Seen, c.want) {
				t.Errorf("found %v, want %q", f, c.want)
			}
		})
	}
}
