package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestNamesAreNoPaths: whatever an event calls its client, stream, app, vhost,
// token and action, the recording is the only file there is afterwards.
func TestNamesAreNoPaths(t *testing.T) {
	top := t.TempDir()
	work := filepath.Join(top, "a", "b")
	if err := os.MkdirAll(work, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(work)
	p := start(t, "-record", "hooks.jsonl")
	base := "http://" + p.says("listening")["addr"].(string)
	for _, name := range []string{"../x", "..", ".", "/", filepath.Join(top, "x"), "a/../../x", `..\x`, "x\x00y", "~",
		"$(touch x)", "hooks.jsonl", "con"} {
		for path, action := range map[string]string{"clients": "on_connect", "streams": "on_publish",
			"sessions": name} {
			body, err := json.Marshal(map[string]string{"action": action, "client_id": name, "ip": name, "vhost": name,
				"app":    name,
				"stream": name, "param": "?token=" + name, "tcUrl": "rtmp://h/" + name, "pageUrl": name,
				"server_id": name})
			if err != nil {
				t.Fatal(err)
			}
			post(t, base+"/api/v1/"+path, string(body))
		}
	}
	p.end(syscall.SIGTERM)
	if got := tree(t, top); !slices.Equal(got, []string{".", "a", "a/b", "a/b/hooks.jsonl"}) {
		t.Errorf("there are %q", got)
	}
}

// tree lists everything below a directory.
func tree(t *testing.T, top string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(top), ".", func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
