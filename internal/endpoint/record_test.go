package endpoint

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hookproof/hook"
)

func TestBoundsOfTheRecording(t *testing.T) {
	size := int64(len(post(strings.Repeat("x", 100))))
	tests := []struct {
		name    string
		opts    Options
		kept    int
		dropped int64
		bodies  bool
	}{
		{"all", Options{}, 10, 0, true},
		{"three", Options{MaxRequests: 3}, 3, 7, true},
		{"bytes for two", Options{MaxBytes: 2*size + 1}, 2, 8, true},
		{"no bodies", Options{DropBodies: true}, 10, 0, false},
		{"nothing", Options{MaxRequests: -1}, 0, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, tt.opts)
			nc := dial(t, e.Addr())
			for range 10 {
				send(t, nc, post(strings.Repeat("x", 100)))
				expect(t, nc, plainAnswer)
			}
			all := e.Requests()
			if len(all) != tt.kept || e.Dropped() != tt.dropped || e.Counts().Total() != 10 {
				t.Fatalf("%d kept, %d dropped, %d in all", len(all), e.Dropped(), e.Counts().Total())
			}
			for i, r := range all {
				if r.Seq != int64(11-len(all)+i) || (r.Body != nil) != tt.bodies || r.BodySize != 100 || r.Header.Get("Host") != "h" {
					t.Errorf("kept %d: %+v", i, r)
				}
			}
			e.Clear()
			if len(e.Requests()) != 0 || e.Counts().Total() != 10 {
				t.Error("not cleared")
			}
		})
	}
}

func TestClearBetween(t *testing.T) {
	e := serve(t, Options{})
	gate := NewGate()
	e.AddRule(Rule{Answer: gate.Hold(Accept()), Match: Match{Times: 1}})
	held, other := dial(t, e.Addr()), dial(t, e.Addr())
	send(t, held, post("a"))
	if err := e.Await(withPatience(t), func(all []*Request) bool { return len(all) == 1 }); err != nil {
		t.Fatal(err)
	}
	e.Clear() // while the first is not answered
	send(t, other, post("b"))
	expect(t, other, plainAnswer)
	gate.Open()
	expect(t, held, plainAnswer)
	if r := last(t, e, 1); string(r.Body) != "b" || r.Seq != 2 {
		t.Errorf("kept %+v", r)
	}
}

func TestAwaitTellsWhatCame(t *testing.T) {
	e := serve(t, Options{})
	nc := dial(t, e.Addr())
	for _, text := range []string{body(hook.OnConnect, "1", "s", ""), body(hook.OnPlay, "1", "s", ""), "?"} {
		send(t, nc, post(text))
		expect(t, nc, plainAnswer)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := e.Await(ctx, func([]*Request) bool { return false })
	want := "endpoint: await: context canceled; so far: 1 on_connect, 1 on_play, 1 that are no event"
	if fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	e.Clear()
	if err := e.Await(ctx, func([]*Request) bool { return false }); !strings.HasSuffix(fmt.Sprint(err), "so far: no request") {
		t.Errorf("got %v", err)
	}
	if _, err := e.AwaitRequest(ctx, func(*Request) bool { return true }); err == nil {
		t.Error("AwaitRequest: no error")
	}
}
