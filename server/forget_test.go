package server

import (
	"context"
	"testing"

	"hookproof/internal/client"
)

// With Options.Forget a client that has ended its side is reset; one that is turned away gets its FIN all the same.
func TestForget(t *testing.T) {
	for _, row := range []struct {
		name   string
		forget bool
		want   client.How
	}{{"a FIN for a FIN", false, client.FIN}, {"a reset for a FIN", true, client.RST}} {
		t.Run(row.name, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.Listen = []string{"127.0.0.1:0"}
			s, err := New(cfg, Options{Forget: row.forget})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Start(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 3*patienceOfTests)
			t.Cleanup(func() {
				cancel()
				s.Close()
			})
			f := &fixture{Server: s, t: t, ctx: ctx}
			first, second := f.publisher("cam"), f.connect()
			if err := second.Publish(f.ctx, "cam", "live"); err == nil {
				t.Error("two publish one stream")
			}
			if ev := f.gone(second); ev.How != client.FIN {
				t.Errorf("turned away: %s, want %s", ev.How, client.FIN)
			}
			f.must(first.HalfClose())
			if ev := f.gone(first); ev.How != row.want {
				t.Errorf("gone: %s, want %s", ev.How, row.want)
			}
		})
	}
}
