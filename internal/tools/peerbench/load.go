package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hookproof/loadgen/result"
)

// quiet are the options of loads in which nobody is refused or vanishes.
var quiet = []string{"-refused", "0%", "-vanish", "0%", "-quiet", "-profile", "srs6"}

// load runs loadgen against a fresh instance of a contender and returns its report.
func (b *bench) load(c contender, args ...string) (*result.Report, error) {
	listen, hooks := "", ""
	if c.hooks {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		listen = fmt.Sprintf("127.0.0.1:%d", port)
		hooks = "http://" + listen
	}
	p, rtmp, err := b.serve(c, hooks)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	all := append([]string{"-rtmp", rtmp, "-pid", strconv.Itoa(p.cmd.Process.Pid)}, args...)
	if listen != "" {
		all = append(all, "-listen", listen)
	}
	rep, err := b.loadgen(all...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	for _, text := range append(rep.Void, rep.Partial) {
		if text != "" {
			fmt.Fprintf(b.out.Err, "  %s: %s\n", c.name, text)
		}
	}
	if rep.Sessions.Failed > 0 {
		fmt.Fprintf(b.out.Err, "  %s: %d of %d sessions failed\n", c.name, rep.Sessions.Failed, rep.Sessions.Started)
	}
	return rep, nil
}

// loadgen runs the load generator and reads its report, whatever its verdict.
func (b *bench) loadgen(args ...string) (*result.Report, error) {
	dir, err := os.MkdirTemp(b.dir, "report")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(b.bin, "loadgen"), append(append([]string{"-report", dir}, quiet...), args...)...)
	out, err := cmd.CombinedOutput()
	text, rerr := os.ReadFile(filepath.Join(dir, "report.json"))
	if rerr != nil {
		return nil, fmt.Errorf("loadgen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	rep := new(result.Report)
	return rep, json.Unmarshal(text, rep)
}

// window sums up the series between two times of the run.
type window struct {
	seconds, server, own float64 // CPU seconds
	frames               int64
	serverRSS, ownRSS    int64 // at its end
}

func between(rep *result.Report, from, until time.Duration) (w window) {
	var last *result.Sample
	for i := range rep.Series {
		s := &rep.Series[i]
		if s.At < from.Seconds() || s.At > until.Seconds() {
			continue
		}
		if last != nil {
			dt := s.At - last.At
			w.seconds += dt
			w.server += s.ServerCPU * dt
			w.own += s.OwnCPU * dt
			w.frames += s.Frames - last.Frames
			w.serverRSS, w.ownRSS = s.ServerRSS, s.OwnRSS
		}
		last = s
	}
	return w
}
