package rtmptarget

import (
	"flag"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/endpoint"
	"hookproof/internal/timeline"
	"hookproof/reports"
	"hookproof/server/srsconf"
)

func TestMain(m *testing.M) {
	ServeAsChild()
	goleak.VerifyTestMain(m)
}

var update = flag.Bool("update", false, "write the golden files")

var addresses = Addresses{Main: "127.0.0.1:8085", Stoppable: "127.0.0.1:8086", TLS: "127.0.0.1:8087"}

// The stanza is what users paste; a change of it is a change of theirs.
func TestStanzaIsAsRecorded(t *testing.T) {
	got := Stanza(addresses, StanzaOptions{Profile: hook.SRS6})
	const golden = "testdata/stanza.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the stanza differs from %s (%v):\n%s", golden, err, got)
	}
}

func TestStanzaIsReadBack(t *testing.T) {
	cfg, _, err := srsconf.Parse("s", "listen 1935;\n"+Stanza(addresses,
		StanzaOptions{Profile: hook.SRS6, Own: true, Timeout: 1}))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.VHosts) != len(VHosts) {
		t.Fatalf("%d vhosts, want %d", len(cfg.VHosts), len(VHosts))
	}
	for i, v := range VHosts {
		got := cfg.VHosts[i]
		if got.Name != v.Name || got.Hooks.Enabled == (v.Off || v.Unset) {
			t.Errorf("%s: name %s, hooks enabled %v", v.Key, got.Name, got.Hooks.Enabled)
		}
		for _, ev := range hook.Events {
			urls := got.Hooks.URLs[ev]
			if want := v.calls(ev); want && len(urls) != v.urls() || !want && got.Hooks.Enabled && len(urls) != 0 {
				t.Errorf("%s %s: URLs %v", v.Key, ev, urls)
			}
			for n, u := range urls {
				_, target, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(u, "http://"), "https://"), "/")
				if vhost, no := parseTarget("/" + target); vhost.Key != v.Key || no != n+1 {
					t.Errorf("%s is read back as URL %d of %s", u, no, vhost.Key)
				}
			}
		}
	}
}

func TestListens(t *testing.T) {
	if at, err := Listens("127.0.0.1:8085"); err != nil || at != addresses {
		t.Errorf("%+v, %v", at, err)
	}
	for _, wrong := range []string{"8085", "127.0.0.1:0", "127.0.0.1:65534", "127.0.0.1:x"} {
		if _, err := Listens(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

func scene() *Scene {
	s := Recorded(timeline.Recorded([]reports.Observation{{Kind: reports.KindNote, Name: factsNote,
		Data: &reports.Details{SceneFacts: reports.SceneFacts{App: "live-hpt1z", Address: "127.0.0.1:1935",
			IP: "127.0.0.1"}}}}))
	s.key = "hpt1z"
	return s
}

func TestExpand(t *testing.T) {
	s := scene()
	for text, want := range map[string]string{
		"rtmp://{address}/{app}": "rtmp://127.0.0.1:1935/live-hpt1z",
		"a{LF}b{0x01}{0xff}":     "a\nb\x01\xff",
		"{4 bytes}":              "0123",
		`{"code":0}`:             `{"code":0}`,
		"{unknown}{":             "{unknown}{",
		"{vhost}":                "__defaultVhost__",
	} {
		if got := s.Expand(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := s.Expand("{257 bytes}"); len(got) != 257 {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzExpand(f *testing.F) {
	for _, text := range []string{"{app}", "{0x01}", "{255 bytes}", "{{}}", "{9999999 bytes}", "{0x}"} {
		f.Add(text)
	}
	s := scene()
	f.Fuzz(func(t *testing.T, text string) {
		if got := s.Expand(text); len(got) > len(text)*(1<<20) {
			t.Errorf("%q became %d bytes", text, len(got))
		}
	})
}

func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"/hooks/several/2/on_connect?x", "/hooks/x/y", "hooks",
		"/hooks/default/99999999999999999999/x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if v, _ := parseTarget(target); v == nil {
			t.Errorf("%q has no vhost", target)
		}
	})
}

// Whose a request is: by what only that client sent, then by its stream, then
// by its client_id, then because nobody else is left.
func TestAttribute(t *testing.T) {
	s := scene()
	for _, name := range []string{"Alice", "Bob"} {
		s.Actor(name).dialed = true
	}
	s.Actor("Alice").use("cam?token=1")
	s.Actor("Bob").use("door")
	for _, c := range []struct {
		name  string
		event hook.Event
		pl    hook.Payload
		want  string
	}{
		{"nobody can tell", hook.OnClose, hook.Payload{ClientID: "7"}, ""},
		{"its page", hook.OnConnect, hook.Payload{ClientID: "1", PageURL: "http://page.hookproof.test/hpt1z/Alice/"},
			"Alice"},
		{"its stream", hook.OnPublish, hook.Payload{ClientID: "9", Stream: "cam"}, "Alice"},
		{"its id", hook.OnClose, hook.Payload{ClientID: "1"}, "Alice"},
		{"the only one without an id", hook.OnClose, hook.Payload{ClientID: "5"}, "Bob"},
		{"another's page", hook.OnConnect, hook.Payload{ClientID: "1",
			PageURL: "http://page.hookproof.test/hpt2z/Bob/"},
			"Alice"},
	} {
		got := ""
		if a := s.attribute(&arrival{event: c.event, known: true}, &endpoint.Request{Payload: &c.pl}); a != nil {
			got = a.Name
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A child serves, tells where, and ends on SIGTERM.
func TestServerOfItsOwn(t *testing.T) {
	main, err := BuiltIn(BuiltInOptions{Profile: hook.SRS1, Nonce: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer main.Close()
	own, err := main.Own(t.Context(), OwnOptions{Silence: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	own.shared = true
	if err := own.Probe(t.Context(), timeline.New("", "srs1", time.Now(), nil), nil); err != nil {
		t.Error(err)
	}
	if m, err := own.Memory(t.Context()); err != nil || m.Resident < 1<<20 || m.Live < 64<<10 || m.Live > m.Resident {
		t.Errorf("memory %+v, %v", m, err)
	}
	if err := own.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is wrong with a target is said plainly.
func TestProbe(t *testing.T) {
	quiet, err := BuiltIn(BuiltInOptions{Profile: hook.SRS1, Nonce: "t", Between: func(l Links) (Links, func(), error) {
		l.Main = nobody
		return l, func() {}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Close()
	quiet.Scale, quiet.shared = 0.05, true
	err = quiet.Probe(t.Context(), timeline.New("", "srs1", time.Now(), nil), nil)
	if err == nil || !strings.Contains(err.Error(), "before any hook arrived") {
		t.Errorf("hooks that go elsewhere: %v", err)
	}
	gone := &Target{Profile: hook.SRS1, Addr: nobody, App: "live", Scale: 0.05, shared: true}
	if _, err := gone.endpoints(Addresses{Main: anyPort, Stoppable: anyPort, TLS: anyPort}, "t"); err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	err = gone.Probe(t.Context(), timeline.New("", "srs1", time.Now(), nil), nil)
	if err == nil || !strings.Contains(err.Error(), "no RTMP server answers at "+nobody) {
		t.Errorf("no server: %v", err)
	}
}

// A server that has ended is noticed, and nothing more is asked of it.
func TestCheckAlive(t *testing.T) {
	target, err := BuiltIn(BuiltInOptions{Profile: hook.SRS1, Nonce: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	log := timeline.New("x", "srs1", time.Now(), nil)
	s := NewScene(t.Context(), target, log)
	defer s.Close()
	if s.checkAlive(); target.Lacking(nil) != "" || check.Alive(log.All()) != nil {
		t.Errorf("gone while it serves: %s", target.Lacking(nil))
	}
	if err := target.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.checkAlive(); target.Lacking(nil) == "" {
		t.Error("not found gone")
	}
	if f := check.Alive(log.All()); f == nil || !f.Undecided {
		t.Errorf("judged %v", f)
	}
}

// A server that is being ended still has its connections taken for a while.
func TestCheckAliveWhileEnding(t *testing.T) {
	l, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = c.Read(make([]byte, 1)) // whoever asks has begun
		l.Close()
		_ = c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}()
	target := &Target{Profile: hook.SRS1, Addr: l.Addr().String(), Scale: 1}
	s := &Scene{Target: target}
	s.Init(t.Context(), timeline.New("x", "srs1", time.Now(), nil))
	s.checkAlive()
	<-ended
	if target.gone == "" {
		t.Error("not found gone")
	}
}

// TestTroubleOfOurOwn: a client that this machine cannot have connect is no failure of the target.
func TestTroubleOfOurOwn(t *testing.T) {
	target, err := BuiltIn(BuiltInOptions{Profile: hook.SRS1, Nonce: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	log := timeline.New("x", "srs1", time.Now(), nil)
	s := NewScene(t.Context(), target, log)
	defer s.Close()
	a := s.Actor("Alice")
	a.Local = "192.0.2.1" // for documentation alone: no machine has it
	if err := a.Connect(t.Context()); err == nil {
		t.Fatal("want an error, got none")
	}
	if reason, v := check.Disturbed(log.All()); v != reports.Error || !strings.Contains(reason,
		"no free port left to connect from, or not the address") {
		t.Errorf("want an error of this machine, got %q, %q", v, reason)
	}
	other := NewScene(t.Context(), target, timeline.New("y", "srs1", time.Now(), nil))
	defer other.Close()
	for range 3 {
		target.router.trouble(syscall.EMFILE)
	}
	if _, v := check.Disturbed(other.Log.All()); v != reports.Error || len(other.Log.All()) != 2 {
		t.Errorf("an endpoint without descriptors: want one note, got %q, %+v", v, other.Log.All())
	}
}
