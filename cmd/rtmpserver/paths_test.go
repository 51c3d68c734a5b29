package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"hookproof/internal/client"
)

// TestNamesAreNoPaths: whatever a client calls its app and stream, no file is
// made, and the server serves on.
func TestNamesAreNoPaths(t *testing.T) {
	top := t.TempDir()
	work := filepath.Join(top, "a")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	hooks := hookServer(t)
	c := start(t, "-listen", "127.0.0.1:0", "-hooks", hooks.URL(), "-api", "0")
	addr := c.addr("listening")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, name := range []string{"../x", "..", ".", "/", filepath.Join(top, "x"), "a/../../x", `..\x`, "x\x00y", "~",
		"$(touch x)"} {
		p, err := client.Dial(ctx, client.Options{URL: "rtmp://" + addr + "/live", App: name,
			TCURL: "rtmp://127.0.0.1/" + name + "?vhost=" + name, Timeout: patience})
		if err != nil {
			t.Fatal(err)
		}
		// What is refused is no matter here.
		if p.Connect(ctx) == nil {
			p.Publish(ctx, name+"?token="+name, "live")
		}
		p.Vanish()
	}
	publish(t, addr, "cam")
	c.signal(syscall.SIGTERM)
	c.exit()
	for dir, want := range map[string]int{top: 1, work: 0} {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != want {
			t.Errorf("%s has %v: %v", dir, entries, err)
		}
	}
}
