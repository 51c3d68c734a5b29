package docs

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Examples take minutes, need the commands in bin/, and use the ports that
// they are written with: make examples runs them.
var runExamples = flag.Bool("examples", false, "run the examples of the documentation as written")

// An example is a command line of the documentation, and what it takes to run
// it as written.
type example struct {
	given  []string // servers that run beside it
	files  map[string]string
	before string // a command that runs first
	serves string // the example is a server: the port that it listens on, after which it is ended
	code   int    // the exit code, where that is not 0
	load   bool   // a load test: how fast the machine is decides between 0, 1 and 3
	skip   string // why it cannot be run here
}

// rules is what docs/hookserver.md calls rules.yaml.
const rules = "rules:\n  - event: [on_publish]\n    stream: \"~^test\"\n    refuse: true\n"

// Servers that examples are about.
const (
	tokenServer = "bin/hookserver -token token=good"
	openServer  = "bin/hookserver"
	stanza      = "bin/conformance config -listen 127.0.0.1:8085 -profile srs7 -own > vhosts.conf && { echo 'listen " +
		"1935;'; cat vhosts.conf; } > srs.conf"
	rtmpServer = "bin/rtmpserver -c srs.conf -api 1985"
	viewing    = "bin/rtmpserver -hooks http://127.0.0.1:8085 -profile srs7 -http 8080"
	loaded     = "bin/rtmpserver -hooks http://127.0.0.1:8085 -profile srs7"
)

// explored makes a FILE as explore writes it.
const explored = "cp bin/../internal/explore/program/testdata/written.feature FILE"

// examples has every command of this project that the documentation shows.
var examples = map[string]example{
	"bin/conformance":                              {},
	"bin/conformance -list":                        {},
	"bin/conformance -id S-ANS-04 -report report":  {},
	"bin/conformance -hooks http://127.0.0.1:8085": {given: []string{openServer}},
	"bin/conformance -tags '@must and not @load'":  {},
	// it passes
	"bin/conformance -known-failing FILE": {files: map[string]string{"FILE": "S-REQ-01\n"}, code: 1},
	"bin/conformance -timeout-scale 3":    {},
	"bin/conformance judge report":        {before: "bin/conformance -quiet -id S-ANS-04 -report report"},
	"bin/conformance diff report-old report-new": {
		before: "for r in old new; do bin/conformance -quiet -id S-ANS-04 -report report-$r; done"},
	"bin/conformance condense -report docs/servers/rtmp/NAME report": {
		before: "mkdir -p docs/servers/rtmp && bin/conformance -quiet -id S-ANS-04 -report report"},
	"bin/conformance condense -report small report": {
		before: "bin/conformance -quiet -id S-ANS-04 -report report"},
	"bin/conformance compare -report page A B C": {
		before: "for r in A B C; do bin/conformance -quiet -id S-ANS-04 -report $r; done"},
	"bin/conformance -feature FILE":            {before: explored},
	"bin/conformance explore -for 60s -seed 1": {skip: ".ci/run runs it"},
	"bin/conformance explore -for 10m -rtmp rtmp://127.0.0.1/live -listen 127.0.0.1:8085 " +
		"-api http://127.0.0.1:1985 -report found": {skip: "ten minutes"},
	"bin/conformance explore -replay FILE":                                         {before: explored},
	"bin/conformance explore -mutants all -profile srs7":                           {skip: "takes minutes"},
	"bin/conformance mutants":                                                      {skip: "make mutants runs it"},
	"bin/conformance -id S-XXX-01 -report report":                                  {skip: "an id to be chosen"},
	"bin/conformance mutants -name your-mutant":                                    {skip: "a name to be chosen"},
	"bin/conformance mutants -name close-doubled":                                  {},
	"bin/conformance mutants -name close-doubled -every-case":                      {skip: "takes a minute"},
	"bin/conformance config -listen 127.0.0.1:8085 -profile srs7 > hookproof.conf": {},
	"bin/conformance -rtmp rtmp://127.0.0.1/live -listen 127.0.0.1:8085 -api http://127.0.0.1:1985 -report report": {
		before: stanza, given: []string{rtmpServer}},
	"bin/conformance -hooks http://127.0.0.1:8085 -accept token=good -refuse token=bad -report report": {
		given: []string{tokenServer}},
	"bin/hookserver":                                   {serves: "8085"},
	"bin/hookserver -token token=good &":               {serves: "8085"},
	"bin/hookserver -token token=secret":               {serves: "8085"},
	"bin/hookserver -profile srs1 -token token=secret": {serves: "8085"},
	"bin/hookserver -rules rules.yaml": {serves: "8085",
		files: map[string]string{"rules.yaml": rules}},
	"bin/hookserver -record hooks.jsonl":                                  {serves: "8085"},
	"bin/rtmpserver -hooks http://127.0.0.1:8085":                         {serves: "1935"},
	"bin/rtmpserver -hooks http://127.0.0.1:8085 -http 8080":              {serves: "8080"},
	"bin/rtmpserver -hooks http://127.0.0.1:8085 -profile srs7 -api 1985": {serves: "1935"},
	"bin/rtmpserver -t -c srs.conf && bin/rtmpserver -c srs.conf": {before: stanza,
		serves: "1935"},
	"bin/loadgen -n 1000":              {load: true},
	"bin/loadgen merge -report all a1": {skip: "of shards on several machines"},
	"bin/loadgen -n 500 -rtmp rtmp://127.0.0.1:1935/live -listen 127.0.0.1:8085 -profile srs7": {
		given: []string{loaded}, load: true},
	"bin/loadgen -n 500 -rtmp rtmp://127.0.0.1:1935/live -listen 127.0.0.1:8085": {
		given: []string{loaded}, load: true},
	"bin/loadgen -n 500 -hooks http://127.0.0.1:8085 -accept token=good -refuse token=bad": {
		given: []string{tokenServer}, load: true},
	"bin/loadgen -n 1000 -threshold 'publish p99<500ms' -threshold 'hooks late==0' -report report": {load: true},
	"bin/loadgen -n 1000 -web 8090":                        {load: true},
	"bin/loadgen -n 200 -players rtmp=60%,flv=30%,hls=10%": {load: true},
	"bin/loadgen -n 200 -players flv=100% -rtmp rtmp://127.0.0.1:1935/live -http http://127.0.0.1:8080 -listen " +
		"127.0.0.1:8085": {given: []string{viewing}, load: true},
}

// ours is a line of an indented code block that calls a command of this
// project, perhaps after the name of a server to be replaced.
var ours = regexp.MustCompile(`(?m)^ {4,}(?:.*# or: )?(bin/(?:conformance|loadgen|rtmpserver|hookserver)\b(?:.*\\\n)*.*)$`)

// shown lists the commands of a page, each in one line and without its comment.
func shown(page string) (all []string) {
	for _, m := range ours.FindAllStringSubmatch(page, -1) {
		line := regexp.MustCompile(`\s*\\\n\s*`).ReplaceAllString(m[1], " ")
		line, _, _ = strings.Cut(line, " #")
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

// TestExamples: the documentation's examples run as written, all of them.
func TestExamples(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range shown(string(text)) {
			if strings.Contains(line, "10.0.0.") { // shards of several machines: loadgen's own tests run them
				continue
			}
			e, known := examples[line]
			if !known {
				t.Errorf("%s: no example of this test is %q", page, line)
				continue
			}
			t.Run(page+" "+line, func(t *testing.T) {
				switch {
				case e.skip != "":
					t.Skip(e.skip)
				case !*runExamples:
					t.Skip("make examples runs it")
				}
				if e.load {
					t.Parallel() // it mostly waits for its plan to end
				}
				e.run(t, line)
			})
		}
	}
}

// run runs the example in a directory and, where the system has them, a
// network namespace of its own: the ports that it is written with are free there.
func (e *example) run(t *testing.T, line string) {
	dir := t.TempDir()
	bin, err := filepath.Abs("../bin")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(bin, filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	for name, text := range e.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args := []string{"bash", "-c", e.script(line)}
	if exec.Command("unshare", "-rn", "ip", "link", "set", "lo", "up").Run() == nil {
		args = append([]string{"unshare", "-rn"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	got := cmd.ProcessState.ExitCode()
	if e.load && (got == 1 || got == 3) {
		t.Logf("this machine is too slow for it just now: exit code %d", got)
		return
	}
	if got != e.code {
		text := out.String()
		t.Errorf("exit code %d, want %d: %v\n%s", got, e.code, err, text[max(0, len(text)-3000):])
	}
}

// awaitPort waits until something listens on the port $1.
const awaitPort = `await() { until (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; do kill -0 "$2" || exit 99; done; }
`

// script runs the servers that are given and the example, and ends with its exit code.
func (e *example) script(line string) string {
	var b strings.Builder
	b.WriteString("ip link set lo up 2> /dev/null\n" + awaitPort)
	if e.before != "" {
		b.WriteString("{ " + e.before + "; } > /dev/null || exit 98\n")
	}
	for _, server := range e.given {
		port := "8085"
		if strings.Contains(server, "rtmpserver") {
			port = "1935"
		}
		b.WriteString(server + " > given.log 2>&1 &\nawait " + port + " $!\n")
	}
	if e.serves == "" {
		b.WriteString(line + "\ncode=$?\nkill $(jobs -p) 2> /dev/null\nwait\nexit $code\n")
		return b.String()
	}
	first, last, found := strings.Cut(line, " && ")
	if found {
		b.WriteString(first + " || exit 97\n")
	} else {
		last = first
	}
	b.WriteString(strings.TrimSuffix(last, "&") + " &\nserver=$!\nawait " + e.serves +
		" $server\nkill $server\nwait $server\n")
	return b.String()
}
