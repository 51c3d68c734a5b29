package client_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"hookproof/internal/client"
	"hookproof/server"
)

const patience = 20 * time.Second

// startServer starts the server of this module without hooks: everyone is
// accepted.
func startServer(t *testing.T) (url string) {
	cfg := server.DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	srv, err := server.New(cfg, server.Options{Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	must(t, srv.Start())
	t.Cleanup(func() { srv.Close() })
	return "rtmp://" + srv.Addr().String() + "/live"
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// TestManyClients has twenty publishers with three players each, all at once.
// Each player gets its own publisher's frames, all of them, and no other's.
func TestManyClients(t *testing.T) {
	const publishers, players = 20, 3
	url := startServer(t)
	ctx := patient(t)
	var all errgroup.Group
	for i := range uint64(publishers) {
		name, id := fmt.Sprintf("cam%d?token=%d", i, i), i+1
		ready, heard := make(chan struct{}, players), make(chan struct{})
		all.Go(func() error {
			for range players {
				select {
				case <-ready:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			style := client.Style(i % 2)
			_, err := client.RunPublisher(ctx, client.PublishRun{Options: client.Options{URL: url, Publisher: id,
				Style: style}, Name: name, Hold: heard})
			return err
		})
		var audience errgroup.Group
		for range players {
			audience.Go(func() error {
				asked := false // events of the read goroutine only come here
				c, err := client.RunPlayer(ctx, client.PlayRun{
					Options: client.Options{URL: url, Observe: func(ev client.Event) {
						if ev.Code == "NetStream.Play.Start" && !asked {
							asked = true
							ready <- struct{}{}
						}
					}},
					Name:  name,
					Until: func(k client.Counters) bool { return k.Marked == 206 },
				})
				if err != nil {
					return err
				}
				if seen := c.Publishers(); len(seen) != 1 || seen[0].Publisher != id || seen[0].Last.Seq != 205 {
					return fmt.Errorf("a player of publisher %d saw %+v", id, seen)
				}
				return nil
			})
		}
		all.Go(func() error {
			defer close(heard)
			return audience.Wait()
		})
	}
	must(t, all.Wait())
}

// TestOneConnectionManyStreams: republishing, two streams at once, and playing
// what one publishes, all on one connection.
func TestOneConnectionManyStreams(t *testing.T) {
	url := startServer(t)
	ctx := patient(t)
	c, err := client.Dial(ctx, client.Options{URL: url, Publisher: 5})
	must(t, err)
	defer c.Vanish()
	must(t, c.Connect(ctx))
	for range 2 {
		must(t, c.Publish(ctx, "a", ""))
		must(t, c.WriteMedia(client.Clip()[:10]...))
		must(t, c.SendFCUnpublish("a"))
		must(t, c.DeleteStream())
	}
	must(t, c.Publish(ctx, "a", ""))
	first := c.Stream()
	second, err := c.CreateStream(ctx)
	must(t, err)
	if second == first {
		t.Errorf("two streams with id %d", first)
	}
	must(t, c.Play(ctx, "a"))
	c.UseStream(first)
	must(t, c.WriteMedia(client.Clip()...))
	_, err = c.Await(ctx, func(client.Event) bool { return c.Counters().Marked >= 206 })
	must(t, err)
	must(t, c.Close())
}

// TestSecondPublisherIsTold: the refusal of a busy name reaches the publisher
// before the disconnect.
func TestSecondPublisherIsTold(t *testing.T) {
	url := startServer(t)
	ctx := patient(t)
	c, err := client.Dial(ctx, client.Options{URL: url})
	must(t, err)
	defer c.Vanish()
	must(t, c.Connect(ctx))
	must(t, c.Publish(ctx, "busy", ""))
	_, err = client.RunPublisher(ctx, client.PublishRun{Options: client.Options{URL: url}, Name: "busy"})
	var status *client.StatusError
	if !errors.As(err, &status) || status.Code != "NetStream.Publish.BadName" {
		t.Errorf("the second publisher got %v", err)
	}
	must(t, c.Leave())
}
