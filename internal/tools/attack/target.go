package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"hookproof/hook"
	"hookproof/internal/client"
)

// target is the server under attack, a process of its own, with the hook server that it asks.
type target struct {
	cmd       *exec.Cmd
	addr, api string // host:port
	hooks     *http.Server
	hole      net.Listener // takes connections and says nothing
	ids       sync.Map     // client_id of a publisher that is to be kicked off, by its stream
	dir       string
}

// startTarget starts both. Clients of vhost hole.test are asked about at a hook server that never answers.
func startTarget(bin string) (_ *target, err error) {
	t := &target{}
	defer func() {
		if err != nil {
			t.stop()
		}
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t.hooks = &http.Server{Handler: http.HandlerFunc(t.hook)}
	go t.hooks.Serve(l) // ends with stop
	if t.hole, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go swallow(t.hole)
	if t.dir, err = os.MkdirTemp("", "attack"); err != nil {
		return nil, err
	}
	conf := filepath.Join(t.dir, "srs.conf")
	text := fmt.Sprintf("listen 127.0.0.1:0;\nmax_connections 2000;\nmedia_memory %d;\nhttp_api { enabled on; "+
		"listen 127.0.0.1:0; }\n", mediaMB) +
		vhost("__defaultVhost__", l.Addr(), "") + vhost("hole.test", t.hole.Addr(), "timeout 5;")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	t.cmd = exec.Command(filepath.Join(bin, "rtmpserver"), "-c", conf, "-log", "json", "-log-level", "info")
	log, err := t.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	return t, t.listening(bufio.NewScanner(log))
}

// hook accepts every event.
func (t *target) hook(w http.ResponseWriter, r *http.Request) {
	var event struct {
		Action, Stream string
		ClientID       string `json:"client_id"`
	}
	err := json.NewDecoder(r.Body).Decode(&event)
	if err == nil && event.Action == "on_publish" && strings.HasPrefix(event.Stream, "kicked") {
		t.ids.Store(event.Stream, event.ClientID)
	}
	fmt.Fprint(w, "0")
}

func vhost(name string, hooks net.Addr, more string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "vhost %s { http_hooks { enabled on; profile srs6; %s", name, more)
	for _, e := range hook.Events {
		fmt.Fprintf(&b, " %s http://%s/%s;", e, hooks, e)
	}
	return b.String() + " } }\n"
}

// swallow accepts connections and keeps them until the listener is closed.
func swallow(l net.Listener) {
	var all []net.Conn
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		all = append(all, c)
	}
	for _, c := range all {
		c.Close()
	}
}

// listening reads the addresses from the server's log, and goes on reading it.
func (t *target) listening(log *bufio.Scanner) error {
	for t.addr == "" || t.api == "" {
		if !log.Scan() {
			return errors.New("the server did not start")
		}
		var line struct{ Msg, Addr string }
		if json.Unmarshal(log.Bytes(), &line) != nil {
			continue
		}
		switch line.Msg {
		case "listening":
			t.addr = line.Addr
		case "HTTP API":
			t.api = line.Addr
		}
	}
	go func() { // ends with the server
		for log.Scan() {
		}
	}()
	return nil
}

func (t *target) stop() {
	if t.cmd != nil && t.cmd.Process != nil {
		t.cmd.Process.Kill()
		t.cmd.Wait()
	}
	if t.hooks != nil {
		t.hooks.Close()
	}
	if t.hole != nil {
		t.hole.Close()
	}
	os.RemoveAll(t.dir)
}

// rss is the server's resident memory, in bytes.
func (t *target) rss() (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", t.cmd.Process.Pid))
	var size, resident int64
	if err == nil {
		_, err = fmt.Sscan(string(raw), &size, &resident)
	}
	return resident * int64(os.Getpagesize()), err
}

// reload has the server read its configuration again.
func (t *target) reload() error { return t.cmd.Process.Signal(syscall.SIGHUP) }

// measure attacks a new server for a time, while honest clients come one after the other.
func measure(ctx context.Context, bin string, a attack, each time.Duration) (result, error) {
	r := result{name: a.name}
	t, err := startTarget(bin)
	if err != nil {
		return r, err
	}
	defer t.stop()
	ctx, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	var g sync.WaitGroup
	f := &force{target: t}
	g.Go(func() { a.run(ctx, f) })
	g.Go(func() { r.rss, err = watch(ctx, t) })
	r.honest(ctx, t)
	g.Wait()
	r.strength = fmt.Sprintf("%d %s", f.n.Load(), a.unit)
	return r, err
}

// watch returns the most memory that the server had.
func watch(ctx context.Context, t *target) (most int64, err error) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return most, nil
		case <-look.C:
			now, err := t.rss()
			if err != nil {
				return most, fmt.Errorf("the server is gone: %w", err)
			}
			most = max(most, now)
		}
	}
}

// honest visits the server until the time is over.
func (r *result) honest(ctx context.Context, t *target) {
	var took []time.Duration
	for n := 0; ctx.Err() == nil; n++ {
		begin := time.Now()
		err := visit(ctx, t.addr, fmt.Sprint("honest", n))
		switch {
		case ctx.Err() != nil: // cut off by the end
		case err != nil:
			r.failed++
			r.why = cmp.Or(r.why, err.Error())
		default:
			took = append(took, time.Since(begin))
		}
	}
	if r.served = len(took); r.served > 0 {
		slices.Sort(took)
		r.median, r.max = took[len(took)/2], took[len(took)-1]
	}
}

// visit is a publisher and its player, until the player's first picture.
func visit(ctx context.Context, addr, name string) error {
	publisher, err := client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/live"})
	if err != nil {
		return err
	}
	defer publisher.Leave()
	if err := errors.Join(publisher.Connect(ctx), publisher.Publish(ctx, name, ""),
		publisher.WriteMedia(client.Clip()...)); err != nil {
		return err
	}
	player, err := client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/live"})
	if err != nil {
		return err
	}
	defer player.Leave()
	if err := errors.Join(player.Connect(ctx), player.Play(ctx, name)); err != nil {
		return err
	}
	_, err = player.Await(ctx, func(ev client.Event) bool {
		return ev.Kind == client.Media && ev.Frame &&
			ev.Name == "video"
	})
	return err
}
