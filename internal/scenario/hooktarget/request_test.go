package hooktarget

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/identity"
)

// What goes over the wire is a request as net/http reads it.
func TestWire(t *testing.T) {
	for name, c := range map[string]struct {
		q    Request
		want string // Content-Type
	}{
		"plain": {q: Request{URL: "http://127.0.0.1:8085/api/v1/streams?x=1",
			Body: Body{Before: []byte(`{"a":1}`)}}, want: "application/json"},
		"chunked": {q: Request{URL: "http://127.0.0.1:8085/", Body: Body{Before: []byte(`{"a":1}`)}, Chunked: true},
			want: "application/json"},
		"filled": {q: Request{URL: "http://127.0.0.1:8085/", Body: Body{Before: []byte("<"), Fill: 'x', Count: 1000,
			After: []byte(">")}}, want: "application/json"},
		"other": {q: Request{URL: "http://[::1]:8085/", Method: "PUT", Body: Body{Before: []byte("x")},
			Header: [][2]string{{"Content-Type", "text/plain"}}, Close: true}, want: "text/plain"},
		"untyped": {q: Request{URL: "http://127.0.0.1/", Body: Body{Before: []byte("x")},
			Header: [][2]string{{"Content-Type", ""}}}},
		"no body":   {q: Request{URL: "http://127.0.0.1/", Method: "GET"}, want: "application/json"},
		"empty one": {q: Request{URL: "http://127.0.0.1/"}, want: "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(c.q.wire())))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil || !bytes.Equal(body, c.q.Body.bytes()) {
				t.Errorf("body %q, %v", body, err)
			}
			if r.Method != c.q.method() || r.Header.Get("Content-Type") != c.want || r.Close != c.q.Close ||
				!strings.HasSuffix(c.q.URL, r.RequestURI) {
				t.Errorf("%s %s, %v", r.Method, r.RequestURI, r.Header)
			}
		})
	}
}

func TestNetcat(t *testing.T) {
	const want = `{ printf 'POST / HTTP/1.1\r\n'; sleep 5; printf 'x'; } | nc '127.0.0.1' 8085`
	if got := netcat("http://127.0.0.1:8085/", raw([]byte("POST / HTTP/1.1\r\n")), raw([]byte("x"))); got != want {
		t.Errorf("want %s\ngot  %s", want, got)
	}
}

// A shell makes of the line exactly the bytes that were sent.
func TestPrintf(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh")
	}
	all := make([]byte, 0, 255)
	for c := 1; c < 256; c++ {
		all = append(all, byte(c))
	}
	b := Body{Before: all, Fill: '[', Count: 5000, After: []byte("'%s\\n'")}
	got, err := exec.Command(sh, "-c", b.shell()).Output()
	if err != nil || !bytes.Equal(got, b.bytes()) {
		t.Errorf("%v: %d bytes, want %d\n%q", err, len(got), b.size(), got[:min(len(got), 300)])
	}
}

func TestNearMisses(t *testing.T) {
	good := identity.Token("user=Ann1&sig=Good1")
	for what, miss := range nearMisses {
		for i := range good.Pairs() {
			near, ok := miss(good, i)
			if !ok || near == good {
				t.Errorf("%s at key %d of %s: got %q, %v; want another credential", what, i, good, near, ok)
			}
		}
	}
	for _, c := range []struct {
		what string
		good identity.Token
		want bool
	}{
		{"the other case", "token=1", false},
		{"the other case", "sig=0123456789abcdef0123", false}, // the same digits
		{"the beginning", "token=1", false},
		{"more after the value", "token=1", true},
		{"the key left out", "token=1", false},
		{"the value of another key", "token=1", false},
		{"the value of another key", "a=1&b=1", false},
		{"an empty value", "token=", false},
	} {
		if near, ok := nearMisses[c.what](c.good, 0); ok != c.want {
			t.Errorf("%s of %s: got %q, %v; want %v", c.what, c.good, near, ok, c.want)
		}
	}
}

// tester makes a visitor that is accepted for a token.
func tester(p *hook.Profile, token identity.Token) *visitor {
	ids := &identity.Set{
		Accept: []identity.Sample{{Event: hook.OnPublish, Token: token}, {Event: hook.OnPlay, Token: token}},
	}
	return &visitor{n: 7, stream: "cam", p: p, ids: ids}
}

// Every variant of a body means the same to a decoder that reads JSON.
func TestVariants(t *testing.T) {
	pl := tester(hook.SRS6, "token=good").payload(hook.OnPlay)
	body, err := hook.SRS6.Encode(nil, pl)
	if err != nil {
		t.Fatal(err)
	}
	o, err := parseObject(body)
	if err != nil || !bytes.Equal(o.bytes(""), body) {
		t.Fatalf("%s, %v; want %s", o.bytes(""), err, body)
	}
	for what, vary := range variants {
		got, err := hook.DecodeAny(vary(o, false))
		if err != nil || got.Action != pl.Action || got.Param != pl.Param || got.Stream != pl.Stream ||
			got.TCURL != pl.TCURL {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestPayloadCarriesTheToken(t *testing.T) {
	if pl := tester(hook.SRS6, "token=good").payload(hook.OnPublish); pl.Param != "?token=good" || pl.Stream != "cam" ||
		!strings.HasSuffix(pl.TCURL, "/live?token=good") {
		t.Errorf("srs6: %+v", pl)
	}
	if pl := tester(hook.SRS1, "token=good").payload(hook.OnPublish); pl.Stream != "cam?token=good" {
		t.Errorf("srs1 has no param: %+v", pl)
	}
}
