package main

import (
	"fmt"
	"strconv"
	"time"
)

// row is a question that is measured.
type row struct {
	id, title, unit string
	measure         func(*bench, *table) error
}

var rows = []row{
	{"P1", "a session with hooks: connect, publish, leave, 4 hooks; 800 a second, about the most that SRS takes",
		"server CPU ms/session", sessions(800, true)},
	{"P1light", "the same, 500 a second", "server CPU ms/session", sessions(500, true)},
	{"P1heavy", "the same, 2,000 a second, which is too much for SRS", "server CPU ms/session", sessions(2000, false)},
	{"P2", "fan-out: 1,000 players of one stream of 600 kbit/s", "server CPU µs/message", fanOut},
	{"P3", "memory of a player that waits, 10,000 of them (SRS: 2,000)", "KB/session", memory},
	{"P4", "way of a frame to 500 players, 600 kbit/s, p99", "ms", latency},
	{"P5a", "load generators: 500 players of one stream of 600 kbit/s, on rtmpserver", "generator CPU % per 100",
		players},
	{"P5b", "load generators: 100 publishers of 600 kbit/s, on rtmpserver", "generator CPU % per 100", publishers},
	{"P7", "growth: connect, play for 45 s, leave, with hooks; 1,000 and 10,000 at once", "server CPU ms/session",
		growth},
}

// withHooks are the servers that ask the hooks of this protocol.
func (b *bench) withHooks() []contender {
	all := []contender{ours("rtmpserver", "")}
	if b.srs != "" {
		all = append(all, srs(b))
	}
	return all
}

// turns measures every contender once a round.
func (b *bench) turns(t *table, all []contender, one func(contender) (float64, error)) error {
	for round := range b.rounds {
		for _, c := range all {
			v, err := one(c)
			if err != nil {
				return err
			}
			fmt.Fprintf(b.out.Err, "  round %d  %-22s %.4g %s\n", round+1, c.name, v, t.unit)
			t.add(c.name, v)
		}
	}
	return nil
}

// sessions measures clients that come and go at a rate a second, with peers or
// without.
func sessions(rate int, peers bool) func(*bench, *table) error {
	return func(b *bench, t *table) error {
		all := b.withHooks()
		if !peers {
			all = all[:1]
		}
		return b.turns(t, all, func(c contender) (float64, error) {
			rep, err := b.load(c, "-n", "100", "-publishers", "100%", "-no-media", "-churn", strconv.Itoa(rate),
				"-ramp", "4s", "-hold", b.hold.String(), "-down", "1s")
			if err != nil {
				return 0, err
			}
			return 1000 * rep.Server.CPUSeconds / float64(rep.Sessions.Published), nil
		})
	}
}

// fanOutRamp is how long players take to come.
const fanOutRamp = 10 * time.Second

func fanOut(b *bench, t *table) error {
	all := b.withHooks()
	if b.nginx != "" {
		all = append(all, nginx(b))
	}
	return b.turns(t, all, func(c contender) (float64, error) {
		rep, err := b.load(c, "-n", "1001", "-publishers", "1", "-streams", "1", "-bitrate", "600k",
			"-ramp", fanOutRamp.String(), "-hold", b.hold.String(), "-down", "3s")
		if err != nil {
			return 0, err
		}
		w := between(rep, fanOutRamp+2*time.Second, fanOutRamp+b.hold)
		if w.frames == 0 {
			return 0, fmt.Errorf("%s delivered nothing", c.name)
		}
		return 1e6 * w.server / float64(w.frames), nil
	})
}

// memory compares resident memory with players and before the first one came.
func memory(b *bench, t *table) error {
	all := b.withHooks()
	for round := range b.rounds {
		for _, c := range all {
			n, ramp := 10000, 40*time.Second
			if c.name == "SRS" {
				n, ramp = 2000, 8*time.Second
			}
			rep, err := b.load(c, "-n", fmt.Sprint(n), "-publishers", "0", "-no-media", "-ramp", ramp.String(),
				"-hold", "10s", "-down", "10s")
			if err != nil {
				return err
			}
			w := between(rep, ramp, ramp+10*time.Second)
			first := rep.Series[0]
			each := func(rss, before int64) float64 { return float64(rss-before) / float64(n) / 1024 }
			server, own := each(w.serverRSS, first.ServerRSS), each(w.ownRSS, first.OwnRSS)
			fmt.Fprintf(b.out.Err, "  round %d  %-22s %.1f KB, loadgen %.1f KB\n", round+1, c.name, server, own)
			t.add(c.name, server)
			if c.name != "SRS" {
				t.add("loadgen", own)
			}
		}
	}
	return nil
}

func latency(b *bench, t *table) error {
	all := b.withHooks()
	all = append(all[:1:1], append([]contender{ours("rtmpserver, mw_latency 0", "play { mw_latency 0; }\n")},
		all[1:]...)...)
	if b.nginx != "" {
		all = append(all, nginx(b))
	}
	return b.turns(t, all, func(c contender) (float64, error) {
		rep, err := b.load(c, "-n", "501", "-publishers", "1", "-streams", "1", "-bitrate", "600k",
			"-ramp", "5s", "-hold", b.hold.String(), "-down", "2s")
		if err != nil {
			return 0, err
		}
		l := rep.Latency("e2e")
		if l == nil {
			return 0, fmt.Errorf("%s: no frame came", c.name)
		}
		fmt.Fprintf(b.out.Err, "  %-31s p50 %.4g ms\n", c.name, l.P50)
		return l.P99, nil
	})
}

// growth measures clients that stay equally long, as few and as many.
func growth(b *bench, t *table) error {
	const stay = 45 * time.Second
	for range b.rounds {
		for _, n := range []int{1000, 10000} {
			ramp := time.Duration(n) * time.Second / 250
			rep, err := b.load(ours("rtmpserver", ""), "-n", fmt.Sprint(n), "-publishers", "0", "-no-media",
				"-ramp", ramp.String(), "-hold", (stay - ramp).String(), "-down", ramp.String())
			if err != nil {
				return err
			}
			t.add(fmt.Sprintf("%d at once", n), 1000*rep.Server.CPUSeconds/float64(rep.Sessions.Played))
		}
	}
	return nil
}
