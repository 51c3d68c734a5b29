package builtin

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/client"
	"hookproof/internal/endpoint"
	"hookproof/internal/test/recorder"
)

func TestMain(m *testing.M) {
	ServeAsChild()
	goleak.VerifyTestMain(m)
}

// TestChild runs the server in a process of its own.
func TestChild(t *testing.T) {
	hooks := recorder.New(t, endpoint.Options{})
	c, err := StartChild(Order{Hooks: hooks.URL(), Profile: "srs6", Clients: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	one, err := client.Dial(ctx, client.Options{URL: "rtmp://" + c.Addr + "/live"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(one.Connect(ctx), one.Publish(ctx, "s", "live"), one.Leave()); err != nil {
		t.Fatal(err)
	}
	if err := c.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if n := len(hooks.Requests()); n != 4 {
		t.Errorf("got %d events, want 4", n)
	}
}

func TestChildThatCannotServe(t *testing.T) {
	if c, err := StartChild(Order{Hooks: "nonsense", Profile: "srs1"}); err == nil {
		c.Kill()
		t.Error("a server with a wrong URL starts")
	}
}
