package soak

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The size of TestBooks: that of "go test ./..." unless said otherwise. "make
// soak" is 10 minutes at 200 a second.
var (
	flagFor   = flag.Duration("soak.for", 2*time.Second, "churn for so long")
	flagRound = flag.Duration("soak.round", 30*time.Second, "settle the books after each `duration` of churn")
	flagRate  = flag.Float64("soak.rate", 40, "clients a second")
	flagSeed  = flag.Uint64("soak.seed", 1, "decides what clients and links do")
	flagEvery = flag.Duration("soak.every", 10*time.Second, "a line of progress, with -v")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestBooks has churn while all links fail, and settles the books (S-CON-06).
func TestBooks(t *testing.T) {
	for _, row := range []struct {
		name  string
		retry time.Duration
	}{
		{"strict", 0},               // what a link loses is lost, and known to be
		{"retry", 10 * time.Second}, // closing events are sent again until they arrive
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			cfg := Config{
				For: *flagFor, Round: *flagRound, Warmup: min(*flagRound, max(500*time.Millisecond, *flagFor/20)),
				Rate: *flagRate, Seed: *flagSeed, Every: *flagEvery, Retry: row.retry,
			}
			if testing.Verbose() {
				cfg.Out = os.Stdout
			}
			res, err := Run(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			check(t, res)
			t.Logf("seed %d\n%s", *flagSeed, res.Summary())
		})
	}
}

// check reports violations, and a run in which too little happened to say that
// there are none.
func check(t *testing.T, res *Result) {
	t.Helper()
	for _, v := range res.Violations {
		t.Errorf("%s: %s", v.Rule, v.Text)
	}
	if res.More > 0 {
		t.Errorf("and %d more", res.More)
	}
	n := &res.Total
	for e, count := range n.Records {
		if count == 0 {
			t.Errorf("no event of kind %d", e)
		}
	}
	if n.Let == 0 || n.Fed == 0 || n.Unhurt == 0 || sum(n.Failed) == 0 {
		t.Errorf("nothing was tried: %+v", *n)
	}
}
