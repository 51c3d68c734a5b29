package endpoint

import (
	"errors"
	"io"
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	e := serve(t, Options{})
	gate := NewGate()
	e.AddRule(Rule{Name: "held", Match: Match{Times: 1}, Answer: gate.Hold(Refuse())})
	nc := dial(t, e.Addr())
	send(t, nc, post("a")+post("b")) // the second waits behind the first
	r, err := e.AwaitRequest(withPatience(t), func(r *Request) bool { return string(r.Body) == "a" })
	if err != nil {
		t.Fatal(err)
	}
	if !r.Answered.IsZero() {
		t.Error("answered before the gate opened")
	}
	opened := time.Now()
	gate.Open()
	gate.Open()
	expect(t, nc, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"+plainAnswer)
	if r := last(t, e, 2); r.ConnRequest != 2 || r.Rule != "" {
		t.Errorf("second: %+v", r)
	}
	if r := e.Requests()[0]; r.Answered.Before(opened) || r.Rule != "held" || !r.GaveUp.IsZero() {
		t.Errorf("first: answered %v, opened %v", r.Answered, opened)
	}
}

func TestPipelinedWhileHeld(t *testing.T) {
	e := serve(t, Options{})
	gate := NewGate()
	e.AddRule(Rule{Match: Match{Times: 1}, Answer: gate.Hold(Accept())})
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	if err := e.Await(withPatience(t), func(all []*Request) bool { return len(all) == 1 }); err != nil {
		t.Fatal(err)
	}
	send(t, nc, post("b")) // comes in while the first is held
	gate.Open()
	expect(t, nc, plainAnswer+plainAnswer)
	if r := last(t, e, 2); string(r.Body) != "b" || r.ConnRequest != 2 {
		t.Errorf("second: %+v", r)
	}
}

func TestDelay(t *testing.T) {
	const delay = 30 * time.Millisecond
	e := serve(t, Options{})
	e.SetDefault(func(*Request) Answer { a := Accept(); a.Delay = delay; return a })
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
			if err := e.Await(withPatience(t), func(all []*Request) bool { return len(all) == 1 }); err != nil {
				t.Fatal(err)
			}
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
	e := serve(t, Options{})
	gate := NewGate()
	e.SetDefault(func(*Request) Answer { return gate.Hold(Accept()) })
	nc := dial(t, e.Addr())
	send(t, nc, post("a"))
	if err := nc.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := e.Await(withPatience(t), func(all []*Request) bool { return len(all) == 1 }); err != nil {
		t.Fatal(err)
	}
	gate.Open()
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
		{"body", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", Options{ReadTimeout: short}, "HTTP/1.1 400 Bad Request"},
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
			for _, r := range e.Requests() {
				if r.HeadErr == nil && r.BodyErr == nil {
					t.Errorf("no error recorded: %+v", r)
				}
			}
		})
	}
}

func TestAwait(t *testing.T) {
	e := serve(t, Options{MaxRequests: -1})
	if err := e.Await(withPatience(t), func([]*Request) bool { return true }); err == nil || errors.Is(err, ErrClosed) {
		t.Errorf("with nothing recorded: %v", err)
	}
}
