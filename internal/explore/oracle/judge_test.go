package oracle

import (
	"strings"
	"testing"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// tape writes a timeline, one thing every 10 ms.
type tape struct{ obs []reports.Observation }

func (t *tape) add(o reports.Observation) int {
	o.N, o.T = len(t.obs), float64(len(t.obs)+1)/100
	t.obs = append(t.obs, o)
	return o.N
}

// line adds what a line of a script says: "Alice publish cam", say.
func (t *tape) line(text string) {
	w := append(strings.Fields(text), "", "", "")
	actor, what, arg := w[0], w[1], w[2]
	note := func(name, words string) {
		t.add(reports.Observation{Kind: reports.KindNote, Actor: actor, Name: name, Text: words})
	}
	switch what {
	case "connect":
		t.add(reports.Observation{Kind: reports.KindSent, Actor: actor, Name: what, Text: "[]"})
		t.add(reports.Observation{Kind: reports.KindStatus, Actor: actor, Name: "_result", Code: check.ConnectSuccess})
	case "publish", "play", "FCUnpublish", "closeStream", "pause":
		t.add(reports.Observation{Kind: reports.KindSent, Actor: actor, Name: what, Text: `<nil>, "` + arg + `"`})
	case "told":
		code := map[string]string{"publish": check.PublishStart, "play": check.PlayStart}[arg]
		t.add(reports.Observation{Kind: reports.KindStatus, Actor: actor, Name: "onStatus", Code: code})
	case "gets":
		t.add(reports.Observation{Kind: reports.KindMedia, Actor: actor, Name: "video",
			Data: &reports.Details{Media: reports.Media{Publisher: arg}}})
	case "leaves":
		note(check.GoingNote, "")
		t.add(reports.Observation{Kind: reports.KindDisconnect, Actor: actor, Name: "local"})
	case "vanishes":
		note(check.GoingNote, check.Vanishes)
		t.add(reports.Observation{Kind: reports.KindDisconnect, Actor: actor, Name: "local"})
	case "goes": // and is not gone yet
		note(check.GoingNote, "")
	case "gone":
		t.add(reports.Observation{Kind: reports.KindDisconnect, Actor: actor, Name: "local"})
	case "off":
		t.add(reports.Observation{Kind: reports.KindDisconnect, Actor: actor, Name: "fin"})
	case "kicked":
		note(check.KickNote, "")
	case "late": // the answer to an event that had none
		for i := range t.obs {
			if o := &t.obs[i]; o.Kind == reports.KindHook && o.Actor == actor && o.Event == arg {
				t.answer(actor, arg, "0", o.N)
			}
		}
	case "runs": // the fence
		t.add(reports.Observation{Kind: reports.KindFence, Actor: timeline.MarkerName(1)})
	default: // an event, and its answer: "on_publish 0", "on_publish 1", "on_publish" without
		t.hook(actor, what, arg, w[3])
	}
}

// hook adds an event; of is the client_id where that is not the actor's.
func (t *tape) hook(actor, event, answer, of string) {
	id := actor
	if of != "" {
		id = of
	}
	if actor == "nobody" {
		actor = ""
	}
	n := t.add(reports.Observation{Kind: reports.KindHook, Actor: actor, ClientID: id, Event: event,
		Data: &reports.Details{Request: reports.Request{URLNumber: 1}}})
	if answer != "" {
		t.answer(actor, event, answer, n)
	}
}

func (t *tape) answer(actor, event, answer string, n int) {
	t.add(reports.Observation{Kind: reports.KindAnswer, Actor: actor, Event: event, Code: "200", Refs: []int{n},
		Data: &reports.Details{Answer: reports.Answer{Accept: answer == "0"}}})
}

func tapeOf(script string) []reports.Observation {
	var t tape
	for line := range strings.FieldsFuncSeq(script, func(r rune) bool { return r == '\n' || r == ';' }) {
		if line = strings.TrimSpace(line); line != "" {
			t.line(line)
		}
	}
	return t.obs
}

// Whole lives in few words.
const (
	alice   = "Alice connect; Alice on_connect 0; Alice publish cam; Alice on_publish 0; Alice told publish;"
	bob     = "Bob connect; Bob on_connect 0; Bob play cam; Bob on_play 0; Bob told play;"
	carol   = "Carol connect; Carol on_connect 0; Carol publish cam; Carol on_publish 0;"
	fence   = "marker runs;"
	aliceGo = "Alice leaves; Alice on_unpublish 0; Alice on_close 0;"
	bobGo   = "Bob leaves; Bob on_stop 0; Bob on_close 0;"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name, script string
		want         string // ids of what is found, the first first; "" for nothing
	}{
		{"a publisher and a player", alice + bob + "Bob gets Alice;" + fence + bobGo + aliceGo + fence, ""},
		{"nobody", fence, ""},
		{"a client that connects and leaves", "Alice connect; Alice leaves; Alice on_close 0;" + fence, ""},
		{"its on_close names nobody", "Alice connect; Alice leaves; nobody on_close 0;" + fence, ""},
		{"it causes nothing", "Alice connect; Alice leaves;" + fence, "S-ORD-04"},
		{"on_unpublish is missing", alice + fence + "Alice leaves; Alice on_close 0;" + fence, "S-ORD-01"},
		{"on_close is missing", alice + fence + "Alice leaves; Alice on_unpublish 0;" + fence, "S-ORD-01"},
		{"on_unpublish comes twice", alice + fence + "Alice leaves; Alice on_unpublish 0; Alice on_unpublish 0;" +
			"Alice on_close 0;" + fence, "S-ORD-01"},
		{"on_publish is missing", "Alice connect; Alice on_connect 0; Alice publish cam; Alice told publish;" + fence +
			aliceGo + fence, "S-ORD-01"},
		{"a publisher vanishes, and nothing tells of its stream", alice + fence +
			"Alice vanishes; Alice on_close 0;" + fence, "S-ORD-05"},
		{"a publisher is kicked, and nothing tells of its stream", alice + fence +
			"Alice kicked; Alice off; Alice on_close 0;" + fence, "S-ORD-06"},
		{"a publisher leaves while it is asked about", "Alice connect; Alice on_connect 0; Alice publish cam;" +
			"Alice goes; Alice on_publish 0; Alice gone; Alice on_unpublish 0; Alice on_close 0;" + fence, ""},
		{"what it published may have been lost", "Alice connect; Alice publish cam; Alice leaves; Alice on_close 0;" +
			fence, ""},
		{"an event of nobody", alice + fence + aliceGo + "nobody on_stop 0 42;" + fence, "S-ID-01"},
		{"two client_ids", alice + fence + "Alice leaves; Alice on_unpublish 0 other; Alice on_close 0;" + fence,
			"S-ID-01"},
		{"a client_id of two clients", alice + "Bob connect; Bob on_connect 0 Alice;" + fence +
			"Bob leaves; Bob on_close 0 Alice;" + aliceGo + fence, "S-ID-02"},

		{"a refused publisher", "Alice connect; Alice on_connect 0; Alice publish cam; Alice on_publish 1;" +
			"Alice off; Alice on_close 0;" + fence, ""},
		{"its on_unpublish comes", "Alice connect; Alice on_connect 0; Alice publish cam; Alice on_publish 1;" +
			"Alice off; Alice on_unpublish 0; Alice on_close 0;" + fence, "S-ANS-04"},
		{"it is told that it is on", "Alice connect; Alice on_connect 0; Alice publish cam; Alice on_publish 1;" +
			"Alice told publish; Alice off; Alice on_close 0;" + fence, "S-ANS-04"},
		{"its media reaches a player", bob + "Alice connect; Alice on_connect 0; Alice publish cam;" +
			"Alice on_publish 1; Bob gets Alice; Alice off; Alice on_close 0;" + bobGo + fence, "S-ANS-04"},
		{"a refused player gets media", alice + "Bob connect; Bob on_connect 0; Bob play cam; Bob on_play 1;" +
			"Bob gets Alice; Bob off; Bob on_close 0;" + aliceGo + fence, "S-ANS-05"},
		{"a player gets media before it is accepted", alice + "Bob connect; Bob on_connect 0; Bob play cam;" +
			"Bob gets Alice; Bob on_play 0; Bob told play;" + bobGo + aliceGo + fence, "S-ANS-06"},
		{"a player gets another stream", alice + "Bob connect; Bob on_connect 0; Bob play door; Bob on_play 0;" +
			"Bob gets Alice; Bob told play;" + bobGo + aliceGo + fence, "S-ANS-06"},
		{"refused at on_connect, and on_publish comes", "Alice connect; Alice on_connect 1; Alice publish cam;" +
			"Alice on_publish 0; Alice off; Alice on_close 0;" + fence, "S-ANS-03"},

		{"the second publisher loses", alice + fence + carol + "Carol off; Carol on_close 0;" + aliceGo + fence, ""},
		{"it was told before it was asked about, and has ended what it never had", alice + fence +
			"Carol connect; Carol on_connect 0; Carol publish cam; Carol told publish; Carol on_publish 0;" +
			"Carol FCUnpublish cam; Carol off; Carol on_close 0;" + aliceGo + fence, ""},
		{"it loses, and is connected still while its on_close is unanswered", alice + fence + carol +
			"Carol told publish; Carol on_close;" + fence + "Carol late on_close; Carol off;" + aliceGo + fence, ""},
		{"it has on_unpublish", alice + fence + carol + "Carol off; Carol on_unpublish 0; Carol on_close 0;" +
			aliceGo + fence, "S-CON-04 S-CON-04"},
		{"it loses to nobody", carol + "Carol off; Carol on_close 0;" + fence, "S-ANS-01"},
		{"it loses to one who has left", alice + fence + aliceGo + fence + carol + "Carol off; Carol on_close 0;" +
			fence, "S-ANS-01"},
		{"it loses to one who was refused", "Alice connect; Alice on_connect 0; Alice publish cam;" +
			"Alice on_publish 1; Alice off; Alice on_close 0;" + fence + carol +
			"Carol off; Carol on_close 0;" + fence, "S-ANS-08"},
		{"two publishers are on", alice + carol + "Carol told publish;" + fence + aliceGo +
			"Carol leaves; Carol on_unpublish 0; Carol on_close 0;" + fence, "S-CON-04"},
		{"late media of what it published before, and it loses now", bob + alice + "Alice FCUnpublish cam;" +
			"Alice on_unpublish 0;" + carol + "Carol told publish;" + fence + "Alice publish cam; Alice on_publish 0;" +
			"Alice off; Alice on_close 0; Bob gets Alice; Bob gets Carol;" + bobGo +
			"Carol leaves; Carol on_unpublish 0; Carol on_close 0;" + fence, ""},
		{"one after the other", alice + fence + aliceGo + carol + "Carol told publish;" + fence +
			"Carol leaves; Carol on_unpublish 0; Carol on_close 0;" + fence, ""},
		{"the second takes over", alice + bob + "Bob gets Alice;" + carol + "Alice off; Alice on_unpublish 0;" +
			"Alice on_close 0; Carol told publish;" + fence + bobGo +
			"Carol leaves; Carol on_unpublish 0; Carol on_close 0;" + fence, "S-CON-04"},
		{"it left while it was asked about, and somebody was live", alice + fence +
			"Carol connect; Carol on_connect 0; Carol publish cam; Carol goes; Carol on_publish 0; Carol gone;" +
			"Carol on_close 0;" + aliceGo + fence, ""},
		{"it left while it was asked about, and nobody was live", "Carol connect; Carol on_connect 0;" +
			"Carol publish cam; Carol goes; Carol on_publish 0; Carol gone; Carol on_close 0;" + fence, "S-ANS-10"},

		{"kicked while it is asked about, and on_close does not wait", "Carol connect; Carol on_connect 0;" +
			"Carol publish cam; Carol on_publish; Carol kicked; Carol on_close 0; Carol off;" +
			"Carol late on_publish;" + fence, "S-ORD-03"},
		{"a player is dropped when its publisher leaves", alice + bob + "Bob gets Alice;" + fence + aliceGo +
			"Bob off; Bob on_stop 0; Bob on_close 0;" + fence, "S-ORD-08"},
		{"on_stop at pause", alice + bob + fence + "Bob pause; Bob on_stop 0;" + fence + "Bob leaves; Bob on_stop 0;" +
			"Bob on_close 0;" + aliceGo + fence, "S-ORD-13"},
		{"published again without on_unpublish", alice + "Alice FCUnpublish cam; Alice publish door;" +
			"Alice on_publish 0; Alice told publish;" + fence + aliceGo + fence, "S-ORD-10"},
		{"published again", alice + "Alice FCUnpublish cam; Alice on_unpublish 0; Alice publish door;" +
			"Alice on_publish 0; Alice told publish;" + fence + aliceGo + fence, ""},
		{"a bad answer to on_unpublish, and no on_close", alice + fence + "Alice leaves; Alice on_unpublish 1;" + fence,
			"S-ANS-09"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range Judge(hook.SRS7, tapeOf(c.script)) {
				got = append(got, f.Requirement)
				if f.Cause == "" || f.Expected == "" || f.Seen == "" {
					t.Errorf("a finding says too little: %+v", f)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("found %q, want %q:", got, c.want)
				for _, f := range Judge(hook.SRS7, tapeOf(c.script)) {
					t.Log(f.Requirement, f.Cause, f)
				}
			}
		})
	}
}

func TestSettled(t *testing.T) {
	media := reports.Observation{Kind: reports.KindNote, Actor: "Alice", Name: check.MediaNote, T: 0.3}
	for _, c := range []struct {
		name, script, want string
		media              bool
	}{
		{"on, and seen", alice + bob + "Bob gets Alice;", "", true},
		{"on, and not seen", alice + bob, "S-ANS-01", true},
		{"on, and not seen by who came first", bob + alice, "S-ORD-09", true},
		{"nothing is sent", alice + bob, "", false},
		{"accepted, and not told", carol, "S-ANS-01", false},
		{"refused, and on", "Carol connect; Carol on_connect 1;", "S-ANS-02", false},
		{"refused, and off", "Carol connect; Carol on_connect 1; Carol off;", "", false},
		{"kicked, and on", alice + "Alice kicked;", "S-ORD-06", false},
		{"asked still", "Carol connect; Carol on_connect;", "", false},
	} {
		obs := tapeOf(c.script)
		if c.media {
			media.N = len(obs)
			obs = append(obs, media)
		}
		got := ""
		if f := Settled(hook.SRS7, obs); f != nil {
			got = f.Requirement
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestComplete(t *testing.T) {
	for script, want := range map[string]bool{
		"": true, alice: true, alice + "Alice leaves;": false, alice + aliceGo: true,
		alice + "Alice leaves; Alice on_unpublish 0; Alice on_close;": false,
	} {
		if got := Complete(hook.SRS7, tapeOf(script)); got != want {
			t.Errorf("%q: %v, want %v", script, got, want)
		}
	}
}

// TestIDs: what can be found broken is in the catalogue.
func TestIDs(t *testing.T) {
	for _, id := range IDs {
		if features.Requirement(id) == nil {
			t.Errorf("no requirement %s", id)
		}
	}
}
