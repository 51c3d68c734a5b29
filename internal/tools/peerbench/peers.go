package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// contender is a server that can be started.
type contender struct {
	name  string
	hooks bool // it asks the hooks of this protocol
	// command writes what the server needs into dir and returns its command line;
	// it is to serve RTMP on 127.0.0.1:port and ask the hook server at hooks.
	command func(b *bench, dir string, port int, hooks string) ([]string, error)
}

// most is how many clients servers are configured for.
const most = 12000

func ours(name, play string) contender {
	return contender{name, true, func(b *bench, dir string, port int, hooks string) ([]string, error) {
		conf := fmt.Sprintf("listen 127.0.0.1:%d;\nmax_connections %d;\nvhost __defaultVhost__ {\n%s%s}\n",
			port, most, play, stanza(hooks, "profile srs6;"))
		file, err := write(dir, "rtmpserver.conf", conf)
		return []string{filepath.Join(b.bin, "rtmpserver"), "-log-level", "error", "-c", file}, err
	}}
}

func srs(b *bench) contender {
	return contender{"SRS", true, func(_ *bench, dir string, port int, hooks string) ([]string, error) {
		conf := fmt.Sprintf("listen 127.0.0.1:%d;\nmax_connections %d;\ndaemon off;\npid %s/srs.pid;\nsrs_log_tank "+
			"file;\n"+
			"srs_log_file %s/srs.log;\nsrs_log_level error;\nsrs_log_level_v2 error;\nhttp_api { enabled off; "+
			"}\nhttp_server { enabled off; }\n"+
			"stats { network 0; }\nvhost __defaultVhost__ {\n%s}\n", port, most, dir, dir, stanza(hooks, ""))
		file, err := write(dir, "srs.conf", conf)
		return []string{b.srs, "-c", file}, err
	}}
}

func nginx(b *bench) contender {
	return contender{"nginx-rtmp", false, func(_ *bench, dir string, port int, _ string) ([]string, error) {
		load := ""
		if b.nginxModule != "" {
			load = "load_module " + b.nginxModule + ";\n"
		}
		conf := load + fmt.Sprintf("daemon off;\nmaster_process off;\nerror_log %s/error.log crit;\npid "+
			"%s/nginx.pid;\n"+
			"events { worker_connections %d; }\nrtmp { access_log off; server { listen 127.0.0.1:%d; chunk_size "+
			"60000; application live { live on; } } }\n", dir, dir, most, port)
		file, err := write(dir, "nginx.conf", conf)
		return []string{b.nginx, "-p", dir, "-c", file}, err
	}}
}

// stanza is the http_hooks block of SRS's configuration; without hooks, nothing.
func stanza(hooks, more string) string {
	if hooks == "" {
		return ""
	}
	var s strings.Builder
	fmt.Fprintf(&s, "http_hooks {\nenabled on;\n%s\n", more)
	for event, path := range map[string]string{
		"on_connect": "clients", "on_close": "clients", "on_publish": "streams", "on_unpublish": "streams",
		"on_play": "sessions", "on_stop": "sessions",
	} {
		fmt.Fprintf(&s, "%s %s/api/v1/%s;\n", event, hooks, path)
	}
	return s.String() + "}\n"
}

func write(dir, name, text string) (string, error) {
	file := filepath.Join(dir, name)
	return file, os.WriteFile(file, []byte(text), 0o644)
}

// process is a program under measurement.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	log  *os.File
}

func start(dir string, args []string) (*process, error) {
	log, err := os.Create(filepath.Join(dir, filepath.Base(args[0])+".out"))
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(args[0], args[1:]...), done: make(chan struct{}), log: log}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	if err := p.cmd.Start(); err != nil {
		log.Close()
		return nil, err
	}
	go func() { p.cmd.Wait(); close(p.done) }() // ends with the process
	return p, nil
}

// stop ends the process, at once if it does not go in time.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
	}
	p.log.Close()
}

// serve starts a contender and waits until it takes connections.
func (b *bench) serve(c contender, hooks string) (p *process, rtmp string, err error) {
	dir, err := os.MkdirTemp(b.dir, "server")
	if err != nil {
		return nil, "", err
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	args, err := c.command(b, dir, port, hooks)
	if err != nil {
		return nil, "", err
	}
	if p, err = start(dir, args); err != nil {
		return nil, "", fmt.Errorf("%s: %w", c.name, err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	if err := p.reachable(addr); err != nil {
		p.stop()
		out, _ := os.ReadFile(p.log.Name())
		return nil, "", fmt.Errorf("%s: %w\n%s", c.name, err, out)
	}
	return p, "rtmp://" + addr + "/live", nil
}

// reachable waits until addr takes connections.
func (p *process) reachable(addr string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		if c, err := net.Dial("tcp", addr); err == nil {
			return c.Close()
		}
		select {
		case <-retry.C:
		case <-p.done:
			return fmt.Errorf("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not listen on %s", addr)
		}
	}
}

// freePort returns a port that is free now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
