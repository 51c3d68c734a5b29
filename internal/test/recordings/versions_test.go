package recordings

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/hook/order"
)

// whereVersions names the directory of recordings of further versions. They are not part of the repository: many,
// large, and of servers that are not ours.
const whereVersions = "HOOKPROOF_RECORDINGS"

// versions are the servers recorded, and the profiles that describe them.
var versions = map[string]*hook.Profile{
	"3.0.170": hook.SRS3, "4.0.271": hook.SRS4, "5.0.216": hook.SRS6, "6.0.157": hook.SRS6, "7.0.18": hook.SRS6,
	"7.0.128": hook.SRS7,
}

// unreadable counts the events whose bodies are no JSON, by file and by name: of
// each names one has a control byte, and SRS 3 escapes no quotes either.
var unreadable = map[string]int{"names": 3, "3.0.170_names": 4}

// ordered are the recordings, by name, whose hooks show all that the checker needs to know: no client was kicked, lost
// to another one, or came to a second request over HTTP.
var ordered = map[string]order.Options{
	"session": {}, "connect_only": {}, "twice": {}, "refused": {}, "vanish": {}, "names": {}, "reload_sighup": {},
	"pending_publish_media": {}, "sigint": {}, "sigterm": {}, "sigquit": {}, "several_urls": calledThrice(),
}

// TestVersions reads every recording of every version with the profile of that version: each body is a payload of it
// and detected as such, and where the hooks alone tell, their order is that of the profile.
func TestVersions(t *testing.T) {
	dir := os.Getenv(whereVersions)
	if dir == "" {
		t.Skipf("%s names no directory of recordings VERSION_NAME.jsonl", whereVersions)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: want recordings, got %d, %v", dir, len(files), err)
	}
	read := map[string]int{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		version, what, _ := strings.Cut(name, "_")
		p := versions[version]
		if p == nil {
			t.Errorf("%s: no profile is named for version %q", name, version)
			continue
		}
		t.Run(name, func(t *testing.T) { read[version] += checkVersion(t, file, p, name, what) })
	}
	t.Logf("events read, by version: %v", read)
}

// checkVersion checks one recording, and returns how many events it has.
func checkVersion(t *testing.T, file string, p *hook.Profile, name, what string) (events int) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rec := read(t, text, p)
	checkBodies(t, rec, cmp.Or(unreadable[name], unreadable[what]))
	o, known := ordered[what]
	if known {
		checkOrder(t, rec, recordingCase{opts: o, open: -1})
	}
	for _, r := range rec.requests {
		if r.isEvent {
			events++
		}
	}
	return events
}
