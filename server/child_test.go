package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childVariable makes the test binary a server in a process of its own, so that its memory and CPU time are
// not mixed with those of the clients.
const childVariable = "HOOKPROOF_TEST_SERVER"

// filesVariable limits the files that such a server may have open.
const filesVariable = "HOOKPROOF_TEST_FILES"

// serveChild runs a server with the configuration in childVariable. It answers each line of its input with
// what it costs.
func serveChild(raw string) {
	var cfg Config
	err := json.Unmarshal([]byte(raw), &cfg)
	if files, set := os.LookupEnv(filesVariable); set && err == nil {
		var n uint64
		if n, err = strconv.ParseUint(files, 10, 32); err == nil {
			err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
		}
	}
	var s *Server
	if err == nil {
		s, err = New(cfg, Options{})
	}
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.Addr(), s.HTTPAddr())
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case "memory":
			fmt.Println(heldMemory())
			continue
		case "heap":
			fmt.Println(heapOfSystem())
			continue
		}
		st := s.Stats()
		fmt.Println(st.Connections, runtime.NumGoroutine(), st.SentBytes)
	}
	s.Close()
}

// child is that process.
type child struct {
	t    testing.TB
	cmd  *exec.Cmd
	in   *os.File
	out  *bufio.Scanner
	addr string
	http string // for viewers
}

// startChild starts one. By default it has no time-outs for those who do nothing.
func startChild(t testing.TB, change ...func(*Config)) *child {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Listen = []string{"127.0.0.1:0"}
	cfg.Timeouts.Idle, cfg.Timeouts.Publish, cfg.Timeouts.FirstPacket = 0, 0, 0
	for _, f := range change {
		f(&cfg)
	}
	raw, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	k := &child{t: t, cmd: exec.Command(os.Args[0]), in: w}
	k.cmd.Env, k.cmd.Stdin, k.cmd.Stderr = append(os.Environ(), childVariable+"="+string(raw)), r, os.Stderr
	out, err := k.cmd.StdoutPipe()
	if err == nil {
		err = k.cmd.Start()
	}
	r.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close(); k.cmd.Wait() })
	k.out = bufio.NewScanner(out)
	k.out.Scan()
	k.addr, k.http, _ = strings.Cut(k.out.Text(), " ")
	return k
}

// ask returns the connections and goroutines of the server, and the bytes it sent.
func (k *child) ask() (connections, goroutines int, sent int64) {
	fmt.Fprintln(k.in)
	k.out.Scan()
	if _, err := fmt.Sscan(k.out.Text(), &connections, &goroutines, &sent); err != nil {
		k.t.Fatalf("%q: %v", k.out.Text(), err)
	}
	return connections, goroutines, sent
}

// memory is what its heap and stacks hold, garbage collected, in bytes.
func (k *child) memory() int { return k.askFor("memory") }

// heap is what its heap has of the system, garbage and all, in bytes.
func (k *child) heap() int { return k.askFor("heap") }

func (k *child) askFor(what string) (held int) {
	fmt.Fprintln(k.in, what)
	k.out.Scan()
	if _, err := fmt.Sscan(k.out.Text(), &held); err != nil {
		k.t.Fatalf("%q: %v", k.out.Text(), err)
	}
	return held
}

// settle waits until the server has that many connections.
func (k *child) settle(n int) {
	deadline := time.Now().Add(patienceOfTests)
	for {
		if have, _, _ := k.ask(); have == n {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("the server has not got to %d connections", n)
		}
	}
}

// rss is the server's resident memory in bytes.
func (k *child) rss() int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", k.cmd.Process.Pid))
	var size, resident int
	if err == nil {
		_, err = fmt.Sscan(string(raw), &size, &resident)
	}
	if err != nil {
		k.t.Skipf("no /proc here: %v", err)
	}
	return resident * os.Getpagesize()
}

// cpu is the processor time the server has used.
func (k *child) cpu() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", k.cmd.Process.Pid))
	if err != nil {
		k.t.Skipf("no /proc here: %v", err)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var user, system int
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * tick
}

// heapOfSystem is what the heap of this process has of the system, in bytes. Nothing is collected for that.
func heapOfSystem() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}

// heldMemory is what heap and stacks of this process hold, in bytes.
func heldMemory() uint64 {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
