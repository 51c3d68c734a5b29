package hook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// golden reads the payloads of a profile as its server writes them. Those of
// srs6 were recorded from SRS 7.0.18.
func golden(t testing.TB, p *Profile) []string {
	b, err := os.ReadFile("testdata/payloads/" + p.Name + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// TestGolden: what a real server wrote is read without a problem and written
// again byte for byte.
func TestGolden(t *testing.T) {
	for _, p := range Profiles() {
		for i, line := range golden(t, p) {
			pl, err := p.Decode([]byte(line))
			if err != nil {
				t.Errorf("%s %s: %v", p, Events[i], err)
				continue
			}
			if e, ok := pl.Event(); !ok || e != Events[i] {
				t.Errorf("%s: action %q, want %s", p, pl.Action, Events[i])
			}
			got, err := p.Encode(nil, pl)
			want := line
			for _, k := range p.Keys(Events[i]) { // an optional key that the server left out is written empty
				if k.Optional && k.Kind == Text && !strings.Contains(line, `"`+k.Name+`"`) {
					got = bytes.Replace(got, []byte(`,"`+k.Name+`":""`), nil, 1)
				}
			}
			if err != nil || string(got) != want {
				t.Errorf("%s %s: %v\n got %s\nwant %s", p, Events[i], err, got, want)
			}
			checkLenient(t, []byte(line), pl)
		}
	}
}

var nasty = []string{
	"", `"`, `\`, `\"`, `"},{"`, `","action":"on_play`, "\x00", "\x01\x02\x1f\x7f", "\b\f\n\r\t", "\xff", "a\xc3",
	"\xed\xa0\x80",
	"\xf8\x88\x80\x80\x80", "\xc0\x80", "é", "日本語", "🎥", "\u2028\u2029", "</script>", `\u0000`, `\ud800`, "\ufeff",
	"\ufffd",
	strings.Repeat("x", 4096), strings.Repeat("é\xff", 300), "?token=a%20b&c==&d=\"q\"",
}

// checkLenient reads a body without a profile: the keys that only the
// profile's table has are the only difference.
func checkLenient(t *testing.T, body []byte, pl *Payload) {
	t.Helper()
	want := *pl
	want.More = nil
	if lenient, err := DecodeAny(body); err != nil || !reflect.DeepEqual(lenient, &want) {
		t.Fatalf("DecodeAny: %+v, %v, want %+v", lenient, err, &want)
	}
}

// TestEncodeAlwaysValid: S-REQ-03, by the judgement of encoding/json.
func TestEncodeAlwaysValid(t *testing.T) {
	for _, s := range nasty {
		for _, p := range append(Profiles(), room) {
			for _, e := range Events {
				checkEncode(t, p, &Payload{Action: e.String(), ClientID: "7", App: s, Stream: s, Param: s, TCURL: s,
					PageURL: s,
					VHost:   s, IP: s, ServerID: s, ServiceID: s, StreamURL: s, StreamID: s, SendBytes: 1<<63 - 1})
			}
		}
	}
}

// checkEncode encodes a payload and reads it back in three ways.
func checkEncode(t *testing.T, p *Profile, pl *Payload) {
	t.Helper()
	b, err := p.Encode([]byte("before"), pl)
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	b = b[len("before"):]
	var std map[string]any
	if err := json.Unmarshal(b, &std); err != nil || !utf8.Valid(b) {
		t.Fatalf("%s: %v: %q", p, err, b)
	}
	got, err := p.Decode(b)
	if err != nil {
		t.Fatalf("%s: %v: %q", p, err, b)
	}
	e, _ := pl.Event()
	if len(std) != len(p.Keys(e)) {
		t.Errorf("%s: %d keys, want %d: %s", p, len(std), len(p.Keys(e)), b)
	}
	for _, k := range p.Keys(e) {
		if k.Kind != Text && k.Kind != TextID || k.field == fieldUnknown {
			continue
		}
		// Each byte that is not UTF-8 becomes one U+FFFD, as for range has it.
		want := string([]rune(*pl.text(k.field)))
		if *got.text(k.field) != want || std[k.Name] != want {
			t.Errorf("%s: %s is %q and %q, want %q", p, k.Name, *got.text(k.field), std[k.Name], want)
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	tests := []struct {
		p    *Profile
		pl   Payload
		says string
	}{
		{SRS6, Payload{Action: "on_dvr", ClientID: "x"}, "on_dvr"},
		{SRS6, Payload{Action: "on_play"}, "client_id"},
		{SRS1, Payload{Action: "on_play"}, "client_id"},
		{SRS1, Payload{Action: "on_play", ClientID: "4s680b21"}, "client_id"},
		{SRS1, Payload{Action: "on_play", ClientID: "-1"}, "client_id"},
		{SRS1, Payload{Action: "on_play", ClientID: "01"}, "client_id"},
		{SRS1, Payload{Action: "on_play", ClientID: "9223372036854775808"}, "client_id"},
		{SRS6, Payload{Action: "on_close", ClientID: "x", SendBytes: -1}, "send_bytes"},
	}
	for _, test := range tests {
		b, err := test.p.Encode([]byte("kept"), &test.pl)
		if err == nil || !strings.Contains(err.Error(), test.says) || string(b) != "kept" {
			t.Errorf("%+v: %q, %v, want an error with %s", test.pl, b, err, test.says)
		}
	}
}

func TestDecodeProblems(t *testing.T) {
	const close7 = `{"server_id":"s","service_id":"s","action":"on_close","client_id":"c","ip":"i","vhost":"v","app":"a","send_bytes":1,"recv_bytes":2}`
	const play1 = `{"action":"on_play","client_id":100,"ip":"i","vhost":"v","app":"a","stream":"s"}`
	swap := func(body, old, other string) string {
		if !strings.Contains(body, old) {
			panic(old)
		}
		return strings.Replace(body, old, other, 1)
	}
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name string
		p    *Profile
		body string
		want string // problems, joined
	}{
		{"good srs6", SRS6, close7, ""},
		{"good srs1", SRS1, play1, ""},
		{"blanks round it", SRS1, " \r\n" + play1 + "\t\n", ""},
		{"unknown keys", SRS1, swap(play1, "{", `{"x":[{"x":1},null,-1.5e+3,"\u00e9"],"y":{},`), ""},
		{"999 levels in a key", SRS1, swap(play1, "{", `{"x":`+deep(999)+","), ""},
		{"1000 levels in a key", SRS1, swap(play1, "{", `{"x":`+deep(1000)+","),
			`body: want one JSON object in UTF-8, got byte 1004: want at most 1000 levels of nesting, got more`},
		{"key missing", SRS6, swap(close7, `"ip":"i",`, ``), `ip: want a string, got no such key`},
		{"wrong type", SRS6, swap(close7, `"ip":"i"`, `"ip":4`), `ip: want a string, got the number 4`},
		{"null", SRS6, swap(close7, `"ip":"i"`, `"ip":null`), `ip: want a string, got null`},
		{"object", SRS6, swap(close7, `"ip":"i"`, `"ip":{}`), `ip: want a string, got an object`},
		{"integer id in srs6", SRS6, swap(close7, `"c"`, `12`),
			`client_id: want a non-empty string, got the number 12`},
		{"empty id in srs6", SRS6, swap(close7, `"c"`, `""`),
			`client_id: want a non-empty string, got an empty string`},
		{"string id in srs1", SRS1, swap(play1, `100`, `"100"`),
			`client_id: want an integer from 0 to 9223372036854775807, got the string "100"`},
		{"fraction", SRS1, swap(play1, `100`, `100.0`),
			`client_id: want an integer from 0 to 9223372036854775807, got the number 100.0`},
		{"exponent", SRS1, swap(play1, `100`, `1e2`),
			`client_id: want an integer from 0 to 9223372036854775807, got the number 1e2`},
		{"negative", SRS6, swap(close7, `:1,`, `:-1,`),
			`send_bytes: want an integer from 0 to 9223372036854775807, got the number -1`},
		{"too large", SRS6, swap(close7, `:1,`, `:9223372036854775808,`),
			`send_bytes: want an integer from 0 to 9223372036854775807, got the number 9223372036854775808`},
		{"twice", SRS1, swap(play1, `"ip":"i"`, `"ip":"i","ip":"j"`), `ip: want the key once, got it twice`},
		{"twice, written otherwise", SRS1, swap(play1, `"ip":"i"`, `"ip":"i","\u0069p":"j"`),
			`ip: want the key once, got it twice`},
		{"unknown key twice", SRS1, swap(play1, `"ip"`, `"x":1,"x":2,"ip"`), `x: want the key once, got it twice`},
		{"no action", SRS1, swap(play1, `"action":"on_play",`, ``),
			`action: want one of on_connect, on_close, on_publish, on_unpublish, on_play, on_stop, got no such key`},
		{"other action", SRS1, swap(play1, `on_play`, `on_dvr`),
			`action: want one of on_connect, on_close, on_publish, on_unpublish, on_play, on_stop, got the string "on_dvr"`},
		{"several", SRS1, `{"action":"on_play","client_id":"x","ip":1,"ip":2,"app":"a","stream":"s"}`,
			`ip: want the key once, got it twice; client_id: want an integer from 0 to 9223372036854775807, got the string "x"; ip: want a string, got the number 2; vhost: want a string, got no such key`},
		{"trailing", SRS1, play1 + "x",
			`body: want one JSON object in UTF-8, got byte 80: unexpected data after the object: 'x'`},
		{"two", SRS1, play1 + play1, `body: want one JSON object in UTF-8, got byte 80: unexpected data after the object: '{'`},
		{"cut off", SRS1, play1[:20], `body: want one JSON object in UTF-8, got byte 20: want a key in quotes, got the end`},
		{"empty", SRS1, "", `body: want one JSON object in UTF-8, got an empty body`},
		{"blank", SRS1, " \n", `body: want one JSON object in UTF-8, got an empty body`},
		{"array", SRS1, "[" + play1 + "]", `body: want one JSON object in UTF-8, got byte 0: want an object, got '['`},
		{"number", SRS1, "0", `body: want one JSON object in UTF-8, got byte 0: want an object, got '0'`},
		{"byte order mark", SRS1, "\ufeff" + play1,
			`body: want one JSON object in UTF-8, got byte 0: want an object, got 0xef`},
		{"not UTF-8", SRS1, swap(play1, `:"s"`, ":\"s\xff\""),
			`body: want one JSON object in UTF-8, got byte 78: want UTF-8, got 0xff`},
		{"raw control byte", SRS1, swap(play1, `:"s"`, ":\"s\x01\""),
			`body: want one JSON object in UTF-8, got byte 78: want an escaped control character, got '\x01'`},
		{"bad escape", SRS1, swap(play1, `:"s"`, `:"\x"`),
			`body: want one JSON object in UTF-8, got byte 78: want an escape, got 'x'`},
		{"leading zero", SRS1, swap(play1, `100`, `0100`),
			`body: want one JSON object in UTF-8, got byte 33: want "," or "}", got '1'`},
	}
	for _, test := range tests {
		pl, err := test.p.Decode([]byte(test.body))
		if pl == nil {
			t.Fatalf("%s: no payload", test.name)
		}
		got := ""
		if err != nil {
			got = err.Error()
			if pe := (*PayloadError)(nil); !errors.As(err, &pe) || len(pe.Problems) == 0 {
				t.Errorf("%s: %T without problems", test.name, err)
			}
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

// TestDecodeProblemsBounded: a peer cannot make the list long.
func TestDecodeProblemsBounded(t *testing.T) {
	body := `{"x":0` + strings.Repeat(`,"x":0`, 100000) + `}`
	_, err := SRS6.Decode([]byte(body))
	var pe *PayloadError
	if !errors.As(err, &pe) || len(pe.Problems) != maxProblems {
		t.Errorf("%T with %d problems, want %d", err, len(pe.Problems), maxProblems)
	}
}

// TestDecodePartly: what can be read is there beside the error.
func TestDecodePartly(t *testing.T) {
	for _, body := range []string{
		`{"action":"on_play","client_id":7,"ip":1,"stream":"s\u00e9","send_bytes":5,"app":"a"`,
		`{"action":"on_play","client_id":7,"ip":1,"stream":"s\u00e9","send_bytes":5,"app":"a"} x`,
	} {
		pl, err := SRS1.Decode([]byte(body))
		want := Payload{Action: "on_play", ClientID: "7", Stream: "sé", SendBytes: 5, App: "a"}
		if err == nil || !reflect.DeepEqual(*pl, want) {
			t.Errorf("%+v, %v, want %+v and an error", pl, err, want)
		}
	}
}

func TestDecodeAny(t *testing.T) {
	tests := []struct {
		body, id string
		ok       bool
	}{
		{`{"action":"on_play","client_id":7}`, "7", true},
		{`{"action":"on_play","client_id":"x7"}`, "x7", true},
		{`{"action":"on_play","client_id":1,"client_id":"x7"}`, "x7", true},
		{"{\"action\":\"on_play\",\"client_id\":\"x7\",\"stream\":\"a\x01b\xff\"}", "x7", true},
		{`{"action":"on_play","client_id":7.5}`, "", false},
		{`{"action":"on_play","client_id":""}`, "", false},
		{`{"action":"on_play"}`, "", false},
		{`{"action":"on_hls","client_id":"x7"}`, "x7", false},
		{`{"client_id":"x7"}`, "x7", false},
		{`{"action":"on_play","client_id":"x7"}}`, "x7", false},
		{`[]`, "", false}, {``, "", false},
	}
	for _, test := range tests {
		pl, err := DecodeAny([]byte(test.body))
		if (err == nil) != test.ok || pl.ClientID != test.id {
			t.Errorf("%s: %+v, %v, want client %q and ok %v", test.body, pl, err, test.id, test.ok)
		}
	}
	pl, _ := DecodeAny([]byte("{\"action\":\"on_play\",\"client_id\":\"x\",\"stream\":\"a\x01b\xff\"}"))
	if pl.Stream != "a\x01b\ufffd" {
		t.Errorf("stream %q, want its bad byte replaced and the rest kept", pl.Stream)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, p := range Profiles() {
		b.Run(p.Name, func(b *testing.B) {
			pl := example(OnPublish)
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst, _ = p.Encode(dst[:0], pl)
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	body, err := SRS6.Encode(nil, example(OnPublish))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := SRS6.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleProblem() {
	_, err := SRS1.Decode([]byte(`{"action":"on_close","client_id":"7","ip":"192.0.2.10","vhost":"v"}`))
	fmt.Println(err)
	// Output:
	// client_id: want an integer from 0 to 9223372036854775807, got the string "7"; app: want a string, got no such key
}
