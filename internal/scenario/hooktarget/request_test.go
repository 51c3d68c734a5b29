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
		"plain":     {q: Request{URL: "http://127.0.0.1:8085/api/v1/streams?x=1", Body: Body{Before: []byte(`{"a":1}`)}}, want: "application/json"},
		"chunked":   {q: Request{URL: "http://127.0.0.1:8085/", Body: Body{Before: []byte(`{"a":1}`)}, Chunked: true}, want: "application/json"},
		"filled":    {q: Request{URL: "http://127.0.0.1:8085/", Body: Body{Before: []byte("<"), Fill: 'x', Count: 1000, After: []byte(">")}}, want: "application/json"},
		"other":     {q: Request{URL: "http://[::1]:8085/", Method: "PUT", Body: Body{Before: []byte("x")}, Header: [][2]string{{"Content-Type", "text/plain"}}, Close: true}, want: "text/plain"},
		"untyped":   {q: Request{URL: "http://127.0.0.1/", Body: Body{Before: []byte("x")}, Header: [][2]string{{"Content-Type", ""}}}},
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
			if r.Method != c.q.method() || r.Header.Get("Content-Type") != c.want || r.Close != c.q.Close || !strings.HasSuffix(c.q.URL, r.RequestURI) {
				t.Errorf("%s %s, %v", r.Method, r.RequestURI, r.Header)
			}
		})
	}
}

func TestCurl(t *testing.T) {
	for name, c := range map[string]struct {
		q    Request
		want string
	}{
		"plain": {Request{URL: "http://h/a?b=c", Body: Body{Before: []byte(`{"a":"it's"}`)}},
			`curl -sS -i -H 'Content-Type: application/json' --data-binary '{"a":"it'\''s"}' 'http://h/a?b=c'`},
		"bytes": {Request{URL: "https://h/", Body: Body{Before: []byte("\"\xff%\\\"")}},
			`printf '"\377%%\\"' | curl -sS -i -k -H 'Content-Type: application/json' --data-binary @- 'https://h/'`},
		"huge": {Request{URL: "http://h/", Body: Body{Before: []byte("<"), Fill: 'x', Count: 9, After: []byte(">")}},
			`{ printf '<'; head -c 9 /dev/zero | tr '\0' 'x'; printf '>'; } | curl -sS -i -H 'Content-Type: application/json' --data-binary @- 'http://h/'`},
		"a file's name": {Request{URL: "http://h/", Body: Body{Before: []byte("@x")}},
			`printf '@x' | curl -sS -i -H 'Content-Type: application/json' --data-binary @- 'http://h/'`},
		"method": {Request{URL: "http://h/", Method: "GET", Header: [][2]string{{"Content-Type", ""}}},
			`curl -sS -i -X GET -H 'Content-Type:' 'http://h/'`},
	} {
		if got := c.q.curl(); got != c.want {
			t.Errorf("%s:\n%s\n%s", name, got, c.want)
		}
	}
	const want = `{ printf 'POST / HTTP/1.1\r\n'; sleep 5; printf 'x'; } | nc '127.0.0.1' 8085`
	if got := netcat("http://127.0.0.1:8085/", raw([]byte("POST / HTTP/1.1\r\n")), raw([]byte("x"))); got != want {
		t.Errorf("%s\n%s", got, want)
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
	good, bad := identity.Token{Key: "token", Value: "Good1"}, identity.Token{Key: "token", Value: "bad"}
	for what, miss := range nearMisses {
		q, ok := miss(good, bad)
		if !ok {
			t.Errorf("%s: none of %s", what, good)
		}
		if q == good.String() && what != "a wrong one in tcUrl, the right one" {
			t.Errorf("%s is the token itself", what)
		}
	}
	for what, want := range map[string]bool{"the other case": false, "the beginning of the token": false, "more behind it": true} {
		if _, ok := nearMisses[what](identity.Token{Key: "token", Value: "1"}, bad); ok != want {
			t.Errorf("%s of token=1: %v", what, ok)
		}
	}
}

// Every variant of a body means the same to a decoder that reads JSON.
func TestVariants(t *testing.T) {
	v := visitor{n: 7, stream: "cam"}
	pl := v.payload(hook.SRS7, identity.Sample{Event: hook.OnPlay, Token: identity.Token{Key: "token", Value: "good"}})
	body, err := hook.SRS7.Encode(nil, pl)
	if err != nil {
		t.Fatal(err)
	}
	o, err := parseObject(body)
	if err != nil || !bytes.Equal(o.bytes(""), body) {
		t.Fatalf("%s, %v; want %s", o.bytes(""), err, body)
	}
	for what, vary := range variants {
		got, err := hook.DecodeAny(vary(o, false))
		if err != nil || got.Action != pl.Action || got.Param != pl.Param || got.Stream != pl.Stream || got.TCURL != pl.TCURL {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestPayloadCarriesTheToken(t *testing.T) {
	sm := identity.Sample{Event: hook.OnPublish, Token: identity.Token{Key: "token", Value: "good"}}
	v := visitor{n: 7, stream: "cam"}
	if pl := v.payload(hook.SRS7, sm); pl.Param != "?token=good" || pl.Stream != "cam" || !strings.HasSuffix(pl.TCURL, "/live?token=good") {
		t.Errorf("srs7: %+v", pl)
	}
	if pl := v.payload(hook.SRS1, sm); pl.Stream != "cam?token=good" {
		t.Errorf("srs1 has no param: %+v", pl)
	}
}
