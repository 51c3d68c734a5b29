package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hookproof/internal/cli"
)

// childEnv makes the test binary be the command: tests start it as a process
// of its own, with signals and exit codes as users have them.
const childEnv = "RTMPSERVER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// confFile writes a configuration into a new file and returns its path.
func confFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "srs.conf")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCommandLine runs everything that ends by itself.
func TestCommandLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().String()
	right := confFile(t, "listen 127.0.0.1:0;\nvhost __defaultVhost__ {\n}\ndaemon off;\n")
	wrong := confFile(t, "listen 127.0.0.1:0;\nchunk_size 1;\nmax_connections 0;\n")
	both := confFile(t, "listen 1935;\nhttp_api { enabled on;\nlisten 1935; }\nvhost __defaultVhost__ {\n}\n")
	for _, c := range []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"help", []string{"-h"}, cli.ExitOK, "usage: rtmpserver -c FILE [-t]\n", ""},
		{"version", []string{"-version"}, cli.ExitOK, "rtmpserver ", ""},
		{"unknown flag", []string{"-x"}, cli.ExitUsage, "", "unknown option -x\nRun \"rtmpserver -h\" for help.\n"},
		{"operand", []string{"srs.conf"}, cli.ExitUsage, "", `unknown command "srs.conf"`},
		{"file and flags", []string{"-c", right, "-hooks", "http://127.0.0.1"}, cli.ExitUsage, "",
			"-hooks cannot be given together with -c"},
		{"address", []string{"-listen", "nowhere"}, cli.ExitUsage, "", "-listen: expected PORT or IP:PORT"},
		{"one of two addresses", []string{"-listen", "127.0.0.1:0, x"}, cli.ExitUsage, "",
			"-listen: expected PORT or IP:PORT with a port from 0 to 65535, got x"},
		{"API address", []string{"-api", "1:2:3"}, cli.ExitUsage, "", "-api: expected PORT or IP:PORT"},
		{"pprof address", []string{"-listen", "0", "-pprof", "x"}, cli.ExitUsage, "",
			"-pprof: expected PORT or IP:PORT"},
		{"address twice", []string{"-listen", "1935,1935"}, cli.ExitUsage, "",
			"-listen: 127.0.0.1:1935 and 127.0.0.1:1935 cannot both be served"},
		{"address within another", []string{"-listen", ":1935,1935"}, cli.ExitUsage, "",
			"-listen: :1935 and 127.0.0.1:1935 cannot both be served"},
		{"API on the port of RTMP", []string{"-listen", "1935", "-api", "1935"}, cli.ExitUsage, "",
			"-api: 127.0.0.1:1935 cannot be served beside 127.0.0.1:1935: expected another port"},
		{"pprof on the port of the API", []string{"-listen", "0", "-api", "1985", "-pprof", ":1985"}, cli.ExitUsage,
			"", "-pprof: :1985 cannot be served beside 127.0.0.1:1985: expected another port"},
		{"API on the port of RTMP in a file", []string{"-c", both}, cli.ExitCouldNotRun, "", both +
			":3: http_api: 127.0.0.1:1935 cannot be served beside RTMP on :1935, line 1"},
		{"hooks", []string{"-hooks", "127.0.0.1:8085"}, cli.ExitUsage, "", "-hooks: hook server"},
		{"profile", []string{"-profile", "srs2"}, cli.ExitUsage, "", `-profile: want one of srs1, srs3, srs4, srs6, srs7, got "srs2"`},
		{"log", []string{"-log", "xml"}, cli.ExitUsage, "", `-log: want text or json, got "xml"`},
		{"grace", []string{"-grace", "0s"}, cli.ExitUsage, "", "-grace: want more than 0, got 0s"},
		{"no file", []string{"-c", "nowhere.conf"}, cli.ExitCouldNotRun, "", "nowhere.conf: cannot be read: "},
		{"wrong file", []string{"-c", wrong}, cli.ExitCouldNotRun, "", wrong +
			":2: chunk_size: expected a number from 128 to 65536, got 1\n" + wrong + ":3: max_connections: "},
		{"test a right file", []string{"-t", "-c", right}, cli.ExitOK,
			"the configuration is right; listeners: 1, vhosts: 1, of them with hooks: 0\n", "warning: " + right +
				":4: daemon at the top level"},
		{"test a wrong file", []string{"-t", "-c", wrong}, cli.ExitFailed, "", "error: " + wrong +
			":3: max_connections: "},
		{"test wrong flags", []string{"-t", "-c", right, "-pprof", "x"}, cli.ExitUsage, "",
			"-pprof: expected PORT or IP:PORT"},
		{"test flags of the log", []string{"-t", "-c", right, "-log-level", "loud"}, cli.ExitUsage, "",
			"-log-level: want"},
		{"test flags", []string{"-t", "-hooks", "http://127.0.0.1:1/"}, cli.ExitOK, "of them with hooks: 1", ""},
		{"port taken", []string{"-listen", "127.0.0.1:0," + port}, cli.ExitCouldNotRun, "",
			"rtmpserver: cannot listen on " + port + ": address already in use: another program listens there\n"},
		{"API port taken", []string{"-listen", "127.0.0.1:0", "-api", port}, cli.ExitCouldNotRun, "",
			"rtmpserver: cannot listen on " + port + ": "},
		{"pprof port taken", []string{"-listen", "127.0.0.1:0", "-pprof", port}, cli.ExitCouldNotRun, "",
			"rtmpserver: cannot listen on " + port + ": "},
		{"not an address of this machine", []string{"-listen", "192.0.2.1:0"}, cli.ExitCouldNotRun, "",
			"rtmpserver: cannot listen on 192.0.2.1:0: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			signals := make(chan os.Signal)
			close(signals) // whatever starts by mistake ends
			code := run(c.args, cli.Streams{Out: &out, Err: &errs}, signals)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(out.String(), c.out) || (c.out == "" && out.Len() > 0) {
				t.Errorf("stdout is %q, want %q in it", out.String(), c.out)
			}
			if !strings.Contains(errs.String(), c.err) {
				t.Errorf("stderr is %q, want %q in it", errs.String(), c.err)
			}
		})
	}
}
