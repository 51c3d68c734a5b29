package check

import (
	"testing"

	"hookproof/hook"
)

// The last stream's values are looked at, not those of the streams before it.
func TestLastValue(t *testing.T) {
	obs := script("A on_publish\nA on_unpublish\nA on_publish\nA on_unpublish")
	for i, param := range map[int]string{0: "?k=1", 2: "?k=1", 4: "?k=2", 6: "?k=1"} {
		body, err := hook.SRS7.Encode(nil, &hook.Payload{Action: obs[i].Event, ClientID: "1", Param: param})
		if err != nil {
			t.Fatal(err)
		}
		obs[i].Body = string(body)
	}
	is := func(want string) func(string) bool { return func(got string) bool { return got == want } }
	for _, c := range []struct {
		name, param string
		ev          hook.Event
		right       bool
	}{
		{"of the last", "?k=2", hook.OnPublish, true},
		{"of the first", "?k=1", hook.OnPublish, false},
		{"of another event", "?k=1", hook.OnUnpublish, true},
		{"of an event that is not there", "?k=1", hook.OnPlay, false},
	} {
		if f := LastValue(hook.SRS7, obs, "A", "param", c.param, is(c.param), c.ev); (f == nil) != c.right {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
