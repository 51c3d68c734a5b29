package endpoint

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	gate := make(chan struct{})
	e := serve(t, Options{Default: first(Answer{Body: "1", Gate: gate})})
	nc := dial(t, e.Addr())
	send(t, nc, post("a")+post("b")) // the second waits for the first
	e.came(t, 1)
	if r := e.requests.All()[0]; !r.Answered.IsZero() {
		t.Error("answered before the gate opened")
	}
	opened := time.Now()
	close(gate)
	expect(t, nc, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"+plainAnswer)
	if r := last(t, e, 2); r.ConnRequest != 2 {
		t.Errorf("second: %+v", r)
	}
	if r := e.requests.All()[0]; r.Answered.Before(opened) || !r.GaveUp.IsZero() {
		t.Errorf("first: answered %v, opened %v", r.Answered, opened)
	}
}

func TestPipelinedWhileHeld(t *testing.T) {
	gate := make(chan struct{})
	e := serve(t, Options{Default: first(Answer{Body: "0", Gate: gate})})
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	e.came(t, 1)
	send(t, nc, post("b")) // comes in while the first is held
	close(gate)
	expect(t, nc, plainAnswer+plainAnswer)
	if r := last(t, e, 2); string(r.Body) != "b" || r.ConnRequest != 2 {
		t.Errorf("second: %+v", r)
	}
}

func TestDelay(t *testing.T) {
	const delay = 30 * time.Millisecond
	e := serve(t, Options{Default: first(Answer{Body: "0", Delay: delay})})
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	expect(t, nc, plainAnswer)
	if r := last(t, e, 1); r.Answered.Sub(r.Arrived) < delay {
		t.Errorf("answered after %v", r.Answered.Sub(r.Arrived))
	}
}

func TestCallerGivesUp(t *testing.T) {
	reset := func(nc interface{ SetLinger(int) error }) error { return nc.SetLinger(0) }
	tests := []struct {
		name    string
		answer  Answer
		reset   bool
		answers bool // the answer is tried all the same
	}{
		{"closes while hanging", Answer{Fault: Hang}, false, false},
		{"resets while hanging", Answer{Fault: Hang}, true, false},
		{"resets while delayed", Answer{Delay: time.Hour}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, Options{Default: func(*Request) Answer { return tt.answer }})
			nc := dial(t, e.Addr())
			send(t, nc, post("a"))
			e.came(t, 1)
			if tt.reset {
				if err := reset(nc); err != nil {
					t.Fatal(err)
				}
			}
			nc.Close()
			if r := last(t, e, 1); r.GaveUp.IsZero() || !r.Answered.IsZero() || r.WriteErr == nil {
				t.Errorf("gave up %v, answered %v, %v", r.GaveUp, r.Answered, r.WriteErr)
			}
		})
	}
}

func TestHalfClosedCallerIsAnswered(t *testing.T) {
	gate := make(chan struct{})
	e := serve(t, Options{Default: first(Answer{Body: "0", Gate: gate})})
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	if err := nc.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	e.came(t, 1)
	close(gate)
	if got, err := io.ReadAll(nc); string(got) != plainAnswer || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestTimeouts(t *testing.T) {
	const short = 20 * time.Millisecond
	tests := []struct {
		name  string
		sends string
		opts  Options
		want  string
	}{
		{"idle", "", Options{IdleTimeout: short}, ""},
		{"head", "POST / HT", Options{ReadTimeout: short}, "HTTP/1.1 400 Bad Request"},
		{"body", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", Options{ReadTimeout: short},
			"HTTP/1.1 400 Bad Request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, tt.opts)
			nc := dial(t, e.Addr())
			send(t, nc, tt.sends)
			got, err := io.ReadAll(nc)
			if err != nil || len(got) < len(tt.want) || string(got[:len(tt.want)]) != tt.want {
				t.Errorf("read %q, %v", got, err)
			}
			for _, r := range e.requests.All() {
				if r.HeadErr == nil && r.BodyErr == nil {
					t.Errorf("no error recorded: %+v", r)
				}
			}
		})
	}
}

// TestMakeRoom: silent connections shut nobody out, whether they never said
// anything or are idle; the ones that have waited longest go, and those whose
// request is under way stay.
func TestMakeRoom(t *testing.T) {
	gate := make(chan struct{})
	e := serve(t, Options{MaxConns: 3, MakeRoom: true, Default: first(Answer{Body: "0", Gate: gate})})
	busy := dial(t, e.Addr())
	send(t, busy, post("a"))
	e.came(t, 1)
	idle := dial(t, e.Addr())
	send(t, idle, post("b"))
	expect(t, idle, plainAnswer)
	silent := dial(t, e.Addr())
	for range 5 {
		nc := dial(t, e.Addr())
		send(t, nc, post("c"))
		expect(t, nc, plainAnswer)
	}
	for name, nc := range map[string]io.Reader{"idle": idle, "silent": silent} {
		if b, err := io.ReadAll(nc); len(b) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: want it closed, got %q, %v", name, b, err)
		}
	}
	close(gate)
	expect(t, busy, plainAnswer)
}

// TestFirstTimeout: a connection has little time to begin its first request,
// empty lines or not, and more between requests.
func TestFirstTimeout(t *testing.T) {
	const short = 50 * time.Millisecond
	e := serve(t, Options{FirstTimeout: short, IdleTimeout: time.Hour})
	silent, patient := dial(t, e.Addr()), dial(t, e.Addr())
	send(t, patient, post("a"))
	expect(t, patient, plainAnswer)
	send(t, silent, "\r\n")
	if b, err := io.ReadAll(silent); len(b) > 0 || err != nil {
		t.Errorf("the silent one: want it closed, got %q, %v", b, err)
	}
	send(t, patient, post("b"))
	expect(t, patient, plainAnswer)
}
