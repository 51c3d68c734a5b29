package hookserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// TestRecord: what is recorded can be read back, requests that are no events
// among it and the page's left out.
func TestRecord(t *testing.T) {
	eachProfile(t, func(t *testing.T, p *hook.Profile) {
		var text bytes.Buffer
		o := guarded(t, p)
		o.Record, o.Rules = &text, rulesOf(t, "rules: [{name: late, stream: late, delay: 1ms}]")
		s := serve(t, o)
		send(t, s, hook.OnConnect, sample(t, p, hook.OnConnect, nil))
		send(t, s, hook.OnPublish, sample(t, p, hook.OnPublish, func(pl *hook.Payload) { pl.Stream = "late" }))
		do(t, s, "GET", "/", "")
		watch(t, s, "")
		do(t, s, "POST", "/api/v1/clients", "{")
		do(t, s, "GET", "/api/v1/clients", "")
		nc := dial(t, s)
		write(t, nc, "\x00\r\n\r\n")
		if _, err := nc.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		head, lines := recorded(t, &text)
		if head.Profile != p.Name || len(lines) != 5 {
			t.Fatalf("want 5 requests of %s, got %d of %s", p, len(lines), head.Profile)
		}
		for i, want := range []string{"0", "0", "100"} {
			if got := lines[i].Answer.Body; got != codeText(p, want) {
				t.Errorf("request %d: want the answer %q, got %q", i, codeText(p, want), got)
			}
		}
		if r := lines[0]; r.Problems != "" || r.Event != "on_connect" || !strings.Contains(r.Body, "token=good") &&
			p == hook.SRS6 {
			t.Errorf("the first is %+v", r)
		}
		if r := lines[1]; r.Rule != "late" || r.Event != "on_publish" {
			t.Errorf("the second has the rule %q, event %v", r.Rule, r.Event)
		}
		if lines[4].HeadError == "" {
			t.Error("what is not HTTP has no error")
		}
	})
}

// recordedLine is what the tests look at in a line of a recording.
type recordedLine struct {
	Kind, Profile, Event, Rule, Problems, Body string
	HeadError                                  string `json:"head_error"`
	Seq                                        int64
	Answer                                     struct{ Body string }
}

// recorded reads a recording; the requests come in order of arrival.
func recorded(t *testing.T, text *bytes.Buffer) (head recordedLine, requests []recordedLine) {
	t.Helper()
	for dec := json.NewDecoder(text); dec.More(); {
		var line recordedLine
		if err := dec.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Kind == "recording" {
			head = line
			continue
		}
		requests = append(requests, line)
	}
	slices.SortFunc(requests, func(a, b recordedLine) int { return cmp.Compare(a.Seq, b.Seq) })
	return head, requests
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldenLines: requests with everything that a line can hold.
func TestGoldenLines(t *testing.T) {
	const file = "testdata/golden.jsonl"
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	head := "POST /api/v1/streams HTTP/1.1\r\nHost: h\r\n\r\n"
	body := `{"action":"on_publish","param":"?a=\"<&>"}`
	var got bytes.Buffer
	err := writeLines(&got, start, []done{
		{rule: "bad token", problems: errors.New("ip: want a string"), Request: &endpoint.Request{
			Seq: 4, Conn: 2, ConnRequest: 1, Remote: "127.0.0.1:5000", TLS: true,
			Accepted: at(1), Arrived: at(2), Read: at(3), Answered: at(4), Done: at(5),
			Head: head, Body: []byte(body), BodySize: int64(len(body)), HasEvent: true, Event: hook.OnPublish,
			Payload: &hook.Payload{ClientID: "c1"},
			Answer: endpoint.Answer{
				Status: 403, Body: "no", Header: http.Header{"X-A": {"b"}}, Delay: time.Millisecond,
				Fault: endpoint.Drip, Pace: time.Second, Piece: 2,
			},
		}},
		{Request: &endpoint.Request{
			Seq: 5, Conn: 3, ConnRequest: 2, Accepted: at(1), Arrived: at(6), Read: at(7), Done: at(8), GaveUp: at(8),
			Head: head, Body: []byte("\xff\x00"), BodySize: 2, BodyErr: errors.New("body: broken"), Trailing: 9,
			Answer: endpoint.Answer{Fault: endpoint.Hang}, WriteErr: errors.New("EOF"),
		}},
		{Request: &endpoint.Request{
			Seq: 6, Conn: 4, ConnRequest: 1, Accepted: at(9), Arrived: at(9), Read: at(9), Answered: at(9), Done: at(9),
			Head: "\x16\x03\xff", HeadErr: errors.New("no HTTP request"), Answer: endpoint.Answer{Raw: "\x00\xff"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("want\n%s\ngot\n%s", want, got.Bytes())
	}
}

// fullDisk takes so many writes.
type fullDisk struct {
	left int
	text bytes.Buffer
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left--; d.left < 0 {
		return 0, errors.New("no space left")
	}
	return d.text.Write(p)
}

// TestRecordFails: a full disk keeps nobody from being answered; it is told
// once and at the end, and what was written before can be read.
func TestRecordFails(t *testing.T) {
	var log logText
	disk := &fullDisk{left: 2}
	s := New(Options{Profile: hook.SRS6, Record: disk, Logger: log.logger()})
	defer s.Close()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if got := send(t, s, hook.OnClose, sample(t, hook.SRS6, hook.OnClose, nil)); got != codeText(hook.SRS6, "0") {
			t.Fatalf("answered %q", got)
		}
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("the end says %v", err)
	}
	if n := strings.Count(log.String(), "nothing more is recorded"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if _, lines := recorded(t, &disk.text); len(lines) == 0 {
		t.Error("want what was written before, got nothing")
	}
}
