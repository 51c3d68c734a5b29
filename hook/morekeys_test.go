package hook

import (
	"strings"
	"testing"
)

// later is SRS6 with keys on on_play that Payload has no field for: a change of
// the table alone.
var later = func() *Profile {
	p := *SRS6
	p.Name, p.Title = "later", "a profile made up"
	p.keys[OnPlay] = append(keys("viewers:count", "quality", "edge:text", "shard:number:optional"), p.keys[OnPlay]...)
	return &p
}()

// room is SRS6 with a string on on_play that may be empty, as a newcomer adds it.
var room = func() *Profile {
	p := *SRS6
	p.Name, p.Title = "room", "a profile made up"
	p.keys[OnPlay] = append(p.keys[OnPlay][:len(p.keys[OnPlay]):len(p.keys[OnPlay])], keys("room")...)
	return &p
}()

func TestMoreKeysAreSent(t *testing.T) {
	pl := &Payload{Action: "on_play", ClientID: "c1", ServerID: "s", ServiceID: "p", StreamID: "v",
		More: map[string]string{"viewers": "3", "edge": "e\"1", "other": "x"}}
	body, err := later.Encode(nil, pl)
	if want := `{"viewers":3,"quality":"","edge":"e\"1","shard":0,"server_id"`; err != nil ||
		!strings.HasPrefix(string(body), want) {
		t.Fatalf("want %s…, got %s, %v", want, body, err)
	}
	got, err := later.Decode(body)
	if err != nil || got.More["viewers"] != "3" || got.More["edge"] != `e"1` || len(got.More) != 4 {
		t.Errorf("read back: got %v, %v", got.More, err)
	}
	if d := Detect(Request{Body: body}); d.Profile != SRS6 {
		t.Errorf("want srs6, which forgives more keys, detected %+v", d)
	}
	for name, more := range map[string]map[string]string{"no number": {"viewers": "three", "edge": "e"},
		"empty": {"viewers": "3"}} {
		if _, err := later.Encode(nil, &Payload{Action: "on_play", ClientID: "c1", More: more}); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestMoreKeysAreAskedFor(t *testing.T) {
	body, err := SRS6.Encode(nil, &Payload{Action: "on_play", ClientID: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = later.Decode(body)
	for _, want := range []string{"viewers: want an integer", "quality: want a string, got no such key",
		"edge: want a non-empty string"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "shard") {
		t.Errorf("an optional key is asked for: %v", err)
	}
	body = append([]byte(`{"viewers":"3","quality":"","edge":"e",`), body[1:]...)
	if _, err = later.Decode(body); err == nil || !strings.Contains(err.Error(),
		`viewers: want an integer from 0 to 9223372036854775807, got the string "3"`) {
		t.Errorf("want viewers of a wrong type told, got %v", err)
	}
}
