package reexec

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// echo is a server that replies what it was told, and refuses "bad".
type echo struct{ stuck bool }

func (e *echo) Shutdown(context.Context) error {
	if e.stuck {
		return errors.New("not in order")
	}
	return nil
}
func (e *echo) Close() error { return nil }

type order struct{ Text string }

type echoed struct{ Text string }

func say(o order) (echoed, error) {
	switch o.Text {
	case "bad":
		return echoed{}, errors.New("refused")
	case "die":
		os.Exit(3)
	case "hang":
		select {}
	}
	return echoed(o), nil
}

var kind = Kind[order, echoed]{
	Mark: "HOOKPROOF_TEST_CHILD",
	Start: func(o order) (Server, echoed, error) {
		r, err := say(o)
		if err != nil {
			return nil, r, err
		}
		return &echo{stuck: o.Text == "stuck"}, r, nil
	},
	Again: func(_ Server, o order) (echoed, error) { return say(o) },
}

func TestMain(m *testing.M) {
	kind.Serve()
	goleak.VerifyTestMain(m)
}

// patience is far above what a child takes to start on a busy machine.
const patience = time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func run(t *testing.T, text string) *Process[order, echoed] {
	t.Helper()
	p, r, err := kind.Run(within(t), order{text})
	if err != nil || r.Text != text {
		t.Fatalf("replied %q, %v", r.Text, err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestOrdersAreObeyed(t *testing.T) {
	p := run(t, "one")
	if r, err := p.Order(within(t), order{"two"}); err != nil || r.Text != "two" {
		t.Errorf("replied %q, %v", r.Text, err)
	}
	if _, err := p.Order(within(t), order{"bad"}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("error %v", err)
	}
	if r, err := p.Order(within(t), order{"three"}); err != nil || r.Text != "three" || p.PID() <= 0 {
		t.Errorf("after a refusal: replied %q, %v", r.Text, err)
	}
}

func TestEnds(t *testing.T) {
	if err := run(t, "one").Shutdown(within(t)); err != nil {
		t.Errorf("in order: %v", err)
	}
	p := run(t, "stuck")
	if err := p.Shutdown(within(t)); err == nil {
		t.Error("an end out of order was none")
	}
	<-p.Ended()
	p.Kill()
	p.Kill()
}

// A child whose parent closes the pipe, as one that dies does, ends.
func TestParentGone(t *testing.T) {
	p := run(t, "one")
	p.in.Close()
	<-p.Ended()
	if p.err != nil {
		t.Errorf("ended with %v", p.err)
	}
}

func TestCannotServe(t *testing.T) {
	for _, text := range []string{"bad", "die"} {
		if p, _, err := kind.Run(within(t), order{text}); err == nil {
			p.Kill()
			t.Errorf("%s: it serves", text)
		}
	}
}

// A child that does not answer is ended, not waited for.
func TestHangs(t *testing.T) {
	p := run(t, "one")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Order(ctx, order{"hang"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	<-p.Ended()
}
