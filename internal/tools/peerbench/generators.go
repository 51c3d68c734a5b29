package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/prometheus/procfs"

	"hookproof/internal/media"
	"hookproof/internal/rtmp/flv"
	"hookproof/loadgen/measure"
)

// generatorClients is how many players or publishers generators are measured with.
const (
	generatorPlayers    = 500
	generatorPublishers = 100
	generatorRamp       = 5 * time.Second
)

// players measures what players cost a load generator, all on rtmpserver, and
// all beside the same publisher.
func players(b *bench, t *table) error {
	type generator struct {
		name    string
		command func(rtmp, run string) []string
	}
	all := []generator{{"loadgen", func(rtmp, run string) []string {
		return append([]string{filepath.Join(b.bin, "loadgen"), "-rtmp", rtmp, "-run", run, "-n",
			fmt.Sprint(generatorPlayers), "-publishers", "0", "-streams", "1",
			"-ramp", generatorRamp.String(), "-hold", (b.hold + 20*time.Second).String()}, quiet...)
	}}}
	if b.sbLoad != "" {
		all = append(all, generator{"sb_rtmp_load", func(rtmp, run string) []string {
			return []string{b.sbLoad, "-c", fmt.Sprint(generatorPlayers), "-r", rtmp + "/lg" + run + "s0", "-s",
				generatorRamp.String()[:1]}
		}})
	}
	for round := range b.rounds {
		for _, g := range all {
			share, err := b.besidePublisher(g.command)
			if err != nil {
				return err
			}
			fmt.Fprintf(b.out.Err, "  round %d  %-22s %.4g %s\n", round+1, g.name, share/generatorPlayers*100, t.unit)
			t.add(g.name, share/generatorPlayers*100)
		}
	}
	return nil
}

// besidePublisher runs a generator of players beside one publisher and gives
// its CPU use in percent of a core.
func (b *bench) besidePublisher(command func(rtmp, run string) []string) (float64, error) {
	p, rtmp, err := b.serve(ours("rtmpserver", ""), "")
	if err != nil {
		return 0, err
	}
	defer p.stop()
	const run = "peer"
	publisher, err := start(b.dir, append([]string{filepath.Join(b.bin, "loadgen"), "-rtmp", rtmp, "-run", run, "-n",
		"1", "-publishers", "1", "-bitrate", "600k",
		"-ramp", "0s", "-hold", (generatorRamp + b.hold + 20*time.Second).String()}, quiet...))
	if err != nil {
		return 0, err
	}
	defer publisher.stop()
	return b.watch(p, command(rtmp, run))
}

// watch runs a generator against a server and returns its CPU use once it has
// begun, in percent of a core; an error if next to no media moves.
func (b *bench) watch(server *process, args []string) (float64, error) {
	p, err := start(b.dir, args)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	w, err := measure.Watch(p.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := p.lasts(generatorRamp + 2*time.Second); err != nil {
		return 0, err
	}
	if _, err := w.Look(); err != nil {
		return 0, err
	}
	before, err := server.moved()
	if err != nil {
		return 0, err
	}
	if err := p.lasts(b.hold - 2*time.Second); err != nil {
		return 0, err
	}
	c, err := w.Look()
	if err != nil {
		return 0, err
	}
	after, err := server.moved()
	const least = 60 // clients' 600 kbit/s
	if rate := float64(after-before) / (b.hold - 2*time.Second).Seconds(); err == nil && rate < least*600_000/8 {
		err = fmt.Errorf("%s moves no more than %.0f bytes a second", args[0], rate)
	}
	return 100 * c.CPU, err
}

// moved is how many bytes a process has read and written.
func (p *process) moved() (int64, error) {
	proc, err := procfs.NewProc(p.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	io, err := proc.IO()
	return int64(io.RChar + io.WChar), err
}

// lasts lets a process run for a while.
func (p *process) lasts(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-p.done:
		out, _ := os.ReadFile(p.log.Name())
		return fmt.Errorf("%s ended by itself\n%s", p.cmd.Path, out)
	}
}

// publishers measures what publishers cost a load generator, all on rtmpserver.
func publishers(b *bench, t *table) error {
	file := filepath.Join(b.dir, "600k.flv")
	if err := writeClip(file); err != nil {
		return err
	}
	for range b.rounds {
		for _, burst := range []string{"300ms", "0s"} {
			rep, err := b.load(ours("rtmpserver", ""), "-n", strconv.Itoa(generatorPublishers), "-publishers", "100%",
				"-burst", burst,
				"-media", file, "-ramp", generatorRamp.String(), "-hold", b.hold.String(), "-down", "2s")
			if err != nil {
				return err
			}
			w := between(rep, generatorRamp+2*time.Second, generatorRamp+b.hold)
			t.add("loadgen -burst "+burst, 100*w.own/w.seconds/generatorPublishers*100)
		}
		if b.sbPublish == "" {
			continue
		}
		p, rtmp, err := b.serve(ours("rtmpserver", ""), "")
		if err != nil {
			return err
		}
		share, err := b.watch(p, []string{b.sbPublish, "-i", file, "-c", strconv.Itoa(generatorPublishers), "-r",
			rtmp + "/sb_{i}", "-s", "5"})
		p.stop()
		if err != nil {
			return err
		}
		t.add("sb_rtmp_publish", share/generatorPublishers*100)
	}
	return nil
}

// writeClip writes two minutes of the synthetic stream as FLV.
func writeClip(file string) error {
	source, err := media.Synthetic(600_000)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := flv.NewWriter(f, true, true)
	if err != nil {
		return err
	}
	feed, err := media.NewFeed(source, 0)
	if err != nil {
		return err
	}
	for {
		due, tags := feed.Next()
		if due > 2*time.Minute {
			return f.Close()
		}
		for i := range tags {
			if err := w.Write(&tags[i]); err != nil {
				return err
			}
		}
	}
}
