package hook

import (
	"reflect"
	"slices"
	"testing"
)

func TestEvents(t *testing.T) {
	want := []struct {
		name    string
		closing bool
		opening Event
	}{
		{"on_connect", false, OnConnect}, {"on_close", true, OnConnect},
		{"on_publish", false, OnPublish}, {"on_unpublish", true, OnPublish},
		{"on_play", false, OnPlay}, {"on_stop", true, OnPlay},
	}
	for i, w := range want {
		e, err := ParseEvent(w.name)
		if err != nil || e != Events[i] || e.String() != w.name || e.Closing() != w.closing ||
			e.Opening() != w.opening {
			t.Errorf("%s: %v %v, closing %v, opening %v", w.name, e, err, e.Closing(), e.Opening())
		}
	}
	for _, name := range []string{"", "on_dvr", "On_Play", "on_play "} {
		if e, err := ParseEvent(name); err == nil {
			t.Errorf("%q is %v, want an error", name, e)
		}
	}
}

func TestProfileByName(t *testing.T) {
	for _, p := range append(Profiles(), Previews()...) {
		if got, err := ProfileByName(p.Name); got != p || err != nil {
			t.Errorf("%s: %v, %v", p, got, err)
		}
	}
	if p, err := ProfileByName("srs9"); err == nil {
		t.Errorf("srs9 is %v", p)
	}
}

// TestPreviews: nothing takes a preview for what was seen.
func TestPreviews(t *testing.T) {
	for _, p := range Previews() {
		if !p.Preview || len(p.Agents) > 0 || slices.Contains(Profiles(), p) {
			t.Errorf("%s: a preview that is listed, or found by its User-Agent", p)
		}
	}
	for _, p := range Profiles() {
		if p.Preview {
			t.Errorf("%s is a preview", p)
		}
	}
	if !reflect.DeepEqual(SRS8.keys, SRS7.keys) {
		t.Error("srs8 has other keys than srs7")
	}
}

// TestTables repeats PROTOCOL.md section 1, where order does not matter.
func TestTables(t *testing.T) {
	base := []string{"action", "client_id", "ip", "vhost", "app"}
	with := func(row []string, more ...string) []string { return append(slices.Clone(row), more...) }
	stream3 := with(base, "stream", "param")
	stream4 := with(stream3, "server_id")
	stream7 := with(base, "stream", "server_id", "service_id", "tcUrl", "param", "stream_url", "stream_id")
	want := map[*Profile][eventCount][]string{
		SRS1: {
			OnConnect: with(base, "tcUrl", "pageUrl"), OnClose: base,
			OnPublish: with(base, "stream"), OnUnpublish: with(base, "stream"),
			OnPlay: with(base, "stream"), OnStop: with(base, "stream"),
		},
		SRS3: {
			OnConnect: with(base, "tcUrl", "pageUrl"), OnClose: with(base, "send_bytes", "recv_bytes"),
			OnPublish: with(stream3, "tcUrl"), OnUnpublish: stream3, OnPlay: with(stream3, "pageUrl"), OnStop: stream3,
		},
		SRS4: {
			OnConnect: with(stream4, "tcUrl", "pageUrl"), OnClose: with(base, "server_id", "send_bytes", "recv_bytes"),
			OnPublish: with(stream4, "tcUrl"), OnUnpublish: stream4, OnPlay: with(stream4, "pageUrl"), OnStop: stream4,
		},
		SRS6: {
			OnConnect: with(base, "tcUrl", "pageUrl", "server_id", "service_id", "stream", "param"),
			OnClose:   with(base, "server_id", "service_id", "send_bytes", "recv_bytes"),
			OnPublish: stream7, OnUnpublish: stream7,
			OnPlay: with(stream7, "pageUrl"), OnStop: with(stream7, "pageUrl"),
		},
		SRS7: {
			OnConnect: with(base, "tcUrl", "pageUrl", "server_id", "service_id", "stream", "param"),
			OnClose:   with(base, "server_id", "service_id", "send_bytes", "recv_bytes"),
			OnPublish: stream7, OnUnpublish: stream7,
			OnPlay: with(stream7, "pageUrl", "clients"), OnStop: with(stream7, "pageUrl", "clients"),
		},
	}
	for p, rows := range want {
		for _, e := range Events {
			var got []string
			for _, k := range p.Keys(e) {
				got = append(got, k.Name)
				if mayLack := e == OnStop && k.Name == "pageUrl" ||
					k.Name == "stream_id" && e != OnPublish || k.Name == "clients"; k.Optional != mayLack {
					t.Errorf("%s %s: %s: optional is %v", p, e, k.Name, k.Optional)
				}
			}
			slices.Sort(got)
			if w := rows[e]; !slices.Equal(got, slices.Sorted(slices.Values(w))) {
				t.Errorf("%s %s has %v, want %v", p, e, got, w)
			}
		}
	}
	for _, p := range Profiles() {
		if number := p == SRS1 || p == SRS3; number != (p.ClientIDKind() == NumberID) {
			t.Errorf("%s: client_id is %s", p, p.ClientIDKind())
		}
	}
}
