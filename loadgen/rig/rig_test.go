package rig

import (
	"context"
	"net/url"
	"os"
	"slices"
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

func TestParseSources(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"one", "127.0.0.1", []string{"127.0.0.1"}},
		{"range", "127.0.0.2-127.0.0.4", []string{"127.0.0.2", "127.0.0.3", "127.0.0.4"}},
		{"both", "::1, 127.0.0.2", []string{"::1", "127.0.0.2"}},
		{"backwards", "127.0.0.4-127.0.0.2", nil},
		{"mixed", "127.0.0.4-::1", nil},
		{"name", "localhost", nil},
		{"endless", "127.0.0.0-127.255.255.255", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseSources(c.text)
			if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// TestChild runs the server in a process of its own, with hooks that are
// passed on to another endpoint.
func TestChild(t *testing.T) {
	theirs := recorder.New(t, endpoint.Options{})
	base, _ := url.Parse(theirs.URL())
	f := NewForwarder(base, 10*time.Second)
	defer f.Close()
	ours := recorder.New(t, endpoint.Options{Default: f.Ask})
	c, err := StartChild(Order{Hooks: ours.URL(), Profile: "srs7", Clients: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	one, err := client.RunPublisher(ctx, client.PublishRun{Options: client.Options{URL: "rtmp://" + c.Addr + "/live"}, Name: "s"})
	if err != nil {
		t.Fatal(err)
	}
	<-one.Done()
	if err := c.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if n, m := len(theirs.Requests()), len(ours.Requests()); n != 4 || m != 4 || string(theirs.Requests()[1].Body) != string(ours.Requests()[1].Body) {
		t.Errorf("%d events came here, %d there", m, n)
	}
}

func TestForwarderWithoutServer(t *testing.T) {
	base, _ := url.Parse("http://127.0.0.1:1")
	f := NewForwarder(base, time.Second)
	if a := f.Ask(&endpoint.Request{Method: "POST", Target: "/x"}); a.Fault != endpoint.CloseWithoutAnswer {
		t.Errorf("the answer is %+v", a)
	}
}

func TestChildThatCannotServe(t *testing.T) {
	if c, err := StartChild(Order{Hooks: "nonsense", Profile: "srs1"}); err == nil {
		c.Kill()
		t.Error("a server with a wrong URL starts")
	}
	if _, err := os.Stat("/proc"); err == nil {
		if n, ok := Ports(); !ok || n < 100 {
			t.Errorf("there are %d ports", n)
		}
	}
}
