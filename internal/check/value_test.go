package check

import (
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/reports"
)

// valueScript has two streams of one client, with these param; "-" leaves the
// key out.
func valueScript(t *testing.T, params ...string) []reports.Observation {
	obs := script("A on_publish\nA on_unpublish\nA on_publish\nA on_unpublish")
	for i, param := range params {
		body, err := hook.SRS6.Encode(nil, &hook.Payload{Action: obs[2*i].Event, ClientID: "1", Param: param})
		if err != nil {
			t.Fatal(err)
		}
		obs[2*i].Body = strings.Replace(string(body), `"param":"-",`, "", 1)
	}
	return obs
}

func TestValue(t *testing.T) {
	both := valueScript(t, "?k=1", "?k=1", "?k=2", "?k=1")
	publish := []hook.Event{hook.OnPublish}
	for _, c := range []struct {
		name   string
		obs    []reports.Observation
		param  string
		events []hook.Event
		last   bool
		want   string // "", or the id that it needs, or "found"
	}{
		{"right everywhere", valueScript(t, "?k=1", "?k=1", "?k=1", "?k=1"), "?k=1", nil, false, ""},
		{"wrong once", both, "?k=1", nil, false, "found"},
		{"of one event", both, "?k=1", []hook.Event{hook.OnUnpublish}, false, ""},
		{"of the last stream", both, "?k=2", publish, true, ""},
		{"of the first stream, and not the last", both, "?k=1", publish, true, "found"},
		{"of an event that did not come", both, "?k=1", []hook.Event{hook.OnPlay}, false, "found"},
		{"absent from some", valueScript(t, "-", "?k=1", "-", "?k=1"), "?k=1", nil, false, ""},
		{"absent from all of that event", valueScript(t, "-", "?k=1", "-", "?k=1"), "?k=1", publish, false, "S-KEY-03"},
		{"absent from one, wrong in another", valueScript(t, "-", "?k=2", "-", "?k=1"), "?k=1", nil, false, "found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Value{Key: "param", Want: c.param, OK: func(got string) bool { return got == c.param },
				Events: c.events, Last: c.last}
			err := v.Check(hook.SRS6, c.obs, "A")
			lacking, notRun := err.(*NotRun)
			_, found := err.(*Finding)
			switch {
			case c.want == "" && err != nil, c.want == "found" && !found:
				t.Errorf("got %v, want %q", err, c.want)
			case strings.HasPrefix(c.want, "S-") && (!notRun || !strings.Contains(lacking.Reason, "needs "+c.want)):
				t.Errorf("got %v, want not run for %s", err, c.want)
			}
		})
	}
}

// TestValueOfNamed: what comes with the stream's name is not asked of events that came before it.
func TestValueOfNamed(t *testing.T) {
	session := func(stream, vhost string) []reports.Observation {
		obs := script("A on_connect\nA on_publish\nA on_close")
		for i, pl := range []hook.Payload{{Stream: stream, VHost: vhost}, {Stream: "cam", VHost: "v"}, {VHost: vhost}} {
			pl.Action, pl.ClientID = obs[2*i].Event, "1"
			body, err := hook.SRS6.Encode(nil, &pl)
			if err != nil {
				t.Fatal(err)
			}
			obs[2*i].Body = string(body)
		}
		return obs
	}
	for _, c := range []struct {
		name  string
		obs   []reports.Observation
		named bool
		found bool
	}{
		{"on_connect of the stream", session("cam", "v"), true, false},
		{"on_connect of the stream, elsewhere", session("cam", "w"), true, true},
		{"on_connect before the stream", session("", "w"), true, false},
		{"on_connect before the stream, asked of all", session("", "w"), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Value{Key: "vhost", Want: "v", OK: func(got string) bool { return got == "v" }, Named: c.named}
			if err := v.Check(hook.SRS6, c.obs, "A"); (err != nil) != c.found {
				t.Errorf("got %v, want a finding: %v", err, c.found)
			}
		})
	}
}
