package hookserver

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

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
		rec, err := endpoint.ReadJSONL(&text, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(rec.Requests, func(a, b *endpoint.Request) int { return int(a.Seq - b.Seq) })
		if rec.Profile != p.Name || len(rec.Requests) != 5 || rec.Skipped != 0 {
			t.Fatalf("profile %s, %d requests, %d skipped", rec.Profile, len(rec.Requests), rec.Skipped)
		}
		for i, want := range []string{"0", "0", "100"} {
			if got := rec.Requests[i].Answer.Body; got != codeText(p, want) {
				t.Errorf("request %d was answered %q", i, got)
			}
		}
		if r := rec.Requests[0]; r.DecodeErr != nil || !r.Verdict(p).Accept || !strings.Contains(string(r.Body), "token=good") && p == hook.SRS7 {
			t.Errorf("the first is %+v", r)
		}
		if r := rec.Requests[1]; r.Rule != "late" || r.Event != hook.OnPublish {
			t.Errorf("the second has the rule %q, event %v", r.Rule, r.Event)
		}
		if rec.Requests[4].HeadErr == nil {
			t.Error("what is no HTTP has no error")
		}
	})
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
	s := New(Options{Record: disk, Logger: log.logger()})
	defer s.Close()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if got := send(t, s, hook.OnClose, sample(t, hook.SRS7, hook.OnClose, nil)); got != codeText(hook.SRS7, "0") {
			t.Fatalf("answered %q", got)
		}
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("the end says %v", err)
	}
	if n := strings.Count(log.String(), "nothing more is recorded"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if rec, err := endpoint.ReadJSONL(&disk.text, nil); err != nil || len(rec.Requests) == 0 {
		t.Errorf("the rest is not readable: %v", err)
	}
}
