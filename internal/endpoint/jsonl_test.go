package endpoint

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/hook/order"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a recording with everything that a line can hold.
func sample() *Recording {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	head := "POST /api/v1/streams HTTP/1.1\r\nHost: h\r\n\r\n"
	text := body(hook.OnPublish, "c1", "cam1", `?a="<&>`)
	return &Recording{Profile: "srs7", Start: start, Dropped: 3, Requests: []*Request{
		{
			Seq: 4, Conn: 2, ConnRequest: 1, Remote: "127.0.0.1:5000", TLS: true,
			Accepted: at(1), Arrived: at(2), Read: at(3), Answered: at(4), Done: at(5),
			Head: head, Body: []byte(text), BodySize: int64(len(text)), Rule: "bad token", Note: "case 7",
			Answer: Answer{Status: 403, Body: "no", Header: http.Header{"X-A": {"b"}}, Delay: time.Millisecond, Fault: Drip, Pace: time.Second, Piece: 2},
		},
		{
			Seq: 5, Conn: 3, ConnRequest: 2, Accepted: at(1), Arrived: at(6), Read: at(7), Done: at(8), GaveUp: at(8),
			Head: head, Body: []byte("\xff\x00"), BodySize: 2, BodyErr: errors.New("body: broken"), Trailing: 9,
			Answer: Answer{Fault: Hang}, WriteErr: errors.New("EOF"),
		},
		{
			Seq: 6, Conn: 4, ConnRequest: 1, Accepted: at(9), Arrived: at(9), Read: at(9), Answered: at(9), Done: at(9),
			Head: "\x16\x03\xff", HeadErr: errors.New("no HTTP request"), Answer: Answer{Raw: "\x00\xff"},
		},
		{Seq: 7, Conn: 5, ConnRequest: 1, Accepted: at(10), Arrived: at(10), Read: at(10), Head: head},
	}}
}

func TestGoldenRecording(t *testing.T) {
	const file = "testdata/golden.jsonl"
	var buf bytes.Buffer
	if err := WriteJSONL(&buf, sample()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(buf.Bytes(), want) {
		t.Errorf("wrote\n%s\nwant\n%s", buf.Bytes(), want)
	}
	rec, err := ReadJSONL(bytes.NewReader(want), nil)
	if err != nil {
		t.Fatal(err)
	}
	in := sample()
	if rec.Profile != in.Profile || !rec.Start.Equal(in.Start) || rec.Dropped != in.Dropped || rec.Skipped != 0 {
		t.Errorf("head: %+v", rec)
	}
	for i, r := range rec.Requests {
		w := in.Requests[i]
		if !reflect.DeepEqual(r.Answer, w.Answer) || string(r.Body) != string(w.Body) || r.Head != w.Head ||
			!r.Arrived.Equal(w.Arrived) || !r.Answered.Equal(w.Answered) || !r.GaveUp.Equal(w.GaveUp) ||
			errText(r.BodyErr) != errText(w.BodyErr) || errText(r.HeadErr) != errText(w.HeadErr) || errText(r.WriteErr) != errText(w.WriteErr) {
			t.Errorf("request %d: got %+v, want %+v", i, r, w)
		}
	}
	if r := rec.Requests[0]; r.Event != hook.OnPublish || r.ClientID() != "c1" || r.DecodeErr != nil || r.Header.Get("host") != "h" {
		t.Errorf("event: %+v, %v", r.Payload, r.DecodeErr)
	}
}

func TestReadJSONLErrors(t *testing.T) {
	const head = `{"kind":"recording","version":1,"start":"2026-01-02T03:04:05Z"}` + "\n"
	tests := []struct{ name, text, want string }{
		{"no JSON", head + "x", "line 2: invalid character"},
		{"version", `{"kind":"recording","version":2}`, "line 1: format version 2, this reader knows 1"},
		{"profile", `{"kind":"recording","version":1,"profile":"srs9"}`, `hook profile "srs9"`},
		{"fault", head + `{"kind":"request","head":"GET / HTTP/1.1\r\n\r\n","answer":{"fault":"gone"}}`, `fault "gone"`},
		{"head", head + `{"kind":"request","head":"GET"}`, "line 2: head: "},
		{"base64", head + `{"kind":"request","head":{"base64":"!"}}`, "line 2: "},
		{"lab time", `{"kind":"hook","t":-1,"request_line":"GET / HTTP/1.1"}`, "want seconds"},
		{"lab head", `{"kind":"hook","t":1,"request_line":"GET"}`, "line 1: head: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadJSONL(strings.NewReader(tt.text), nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestRecordedRun runs events through the endpoint with the checker watching,
// writes the recording, reads it, and judges it again.
func TestRecordedRun(t *testing.T) {
	live := order.New(order.Options{Profile: hook.SRS7})
	e := serve(t, Options{Profile: hook.SRS7, Observe: Watch(live, hook.SRS7)})
	e.AddRule(Rule{Match: Match{Events: []hook.Event{hook.OnPublish}, Query: "token=bad"}, Answer: Status(403, "")})
	e.AddRule(Rule{Match: Match{Events: []hook.Event{hook.OnPlay}}, Answer: Answer{Fault: Reset}})
	caller := hook.NewCaller(hook.CallerOptions{Profile: hook.SRS7, Timeout: patience})
	defer caller.Close()
	runs := []struct{ client, param, events string }{
		{"good", "?token=ok", "connect publish unpublish close"},
		{"refused", "?token=bad", "connect publish close"},
		{"wrong", "?token=bad", "connect publish unpublish close"}, // S-ANS-04
		{"player", "", "connect play close"},
	}
	n := 0
	for _, run := range runs {
		for name := range strings.FieldsSeq(run.events) {
			caller.Call(context.Background(), []string{e.URL() + "/hook"}, &hook.Payload{
				Action: "on_" + name, ClientID: run.client, Stream: "s", Param: run.param,
				ServerID: "s", ServiceID: "p", StreamID: "v", VHost: "v", App: "live",
			})
			n++
		}
	}
	last(t, e, n)
	var buf bytes.Buffer
	if err := WriteJSONL(&buf, e.Recording()); err != nil {
		t.Fatal(err)
	}
	rec, err := ReadJSONL(&buf, nil)
	if err != nil || len(rec.Requests) != n {
		t.Fatalf("read %d of %d: %v", len(rec.Requests), n, err)
	}
	again := order.New(order.Options{Profile: hook.SRS7})
	Feed(again, hook.SRS7, rec.Requests)
	for name, k := range map[string]*order.Checker{"live": live, "read back": again} {
		k.Finish(false)
		problems := k.Problems()
		if len(problems) != 1 || problems[0].ID != "S-ANS-04" || problems[0].Client != "wrong" {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func FuzzReadJSONL(f *testing.F) {
	golden, err := os.ReadFile("testdata/golden.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(golden) { // short seeds: minimizing takes long
		f.Add(line)
	}
	f.Add(golden[:bytes.LastIndexByte(golden[:len(golden)-1], '\n')])
	lab, err := os.ReadFile("testdata/recordings/02_order_pub_kill.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(lab) {
		if bytes.Contains(line, []byte(`"kind": "hook"`)) {
			f.Add(line)
		}
	}
	f.Add([]byte(`{"kind":"hook","t":1e999,"headers":[["a"]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rec, err := ReadJSONL(bytes.NewReader(text), nil)
		if err != nil {
			return
		}
		Feed(order.New(order.Options{}), hook.SRS1, rec.Requests)
		var first, second bytes.Buffer
		if err := WriteJSONL(&first, rec); err != nil {
			return // a time that JSON cannot hold
		}
		again, err := ReadJSONL(bytes.NewReader(first.Bytes()), nil)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first.Bytes())
		}
		if err := WriteJSONL(&second, again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) && again.Profile == rec.Profile {
			t.Fatalf("written\n%s\nthen\n%s", first.Bytes(), second.Bytes())
		}
	})
}
