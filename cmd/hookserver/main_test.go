package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hookproof/internal/cli"
)

// childEnv makes the test binary be the command: tests start it as a process
// of its own, with signals and exit codes as users have them.
const childEnv = "HOOKSERVER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// tempFile writes a new file and returns its path.
func tempFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyPair writes a new certificate and its key.
func keyPair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return tempFile(t, "cert.pem", text("CERTIFICATE", der)), tempFile(t, "key.pem", text("PRIVATE KEY", secret))
}

// TestCommandLine runs everything that ends by itself.
func TestCommandLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().String()
	wrong := tempFile(t, "rules.yaml", "rules:\n  - {refuse: true}\n  - {refuze: true}\n")
	there := tempFile(t, "old.jsonl", "evidence\n")
	token := tempFile(t, "token", "token=secret\n")
	cert, _ := keyPair(t)
	_, other := keyPair(t)
	unused := filepath.Join(t.TempDir(), "new.jsonl")
	for _, c := range []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"help", []string{"-h"}, cli.ExitOK, "usage: hookserver [-listen ADDR]", ""},
		{"version", []string{"-version"}, cli.ExitOK, "hookserver ", ""},
		{"unknown flag", []string{"-x"}, cli.ExitUsage, "", "unknown option -x\nRun \"hookserver -h\" for help.\n"},
		{"operand", []string{"8085"}, cli.ExitUsage, "", `unknown command "8085"`},
		{"address", []string{"-listen", "nowhere"}, cli.ExitUsage, "", "-listen: expected PORT or IP:PORT"},
		{"profile", []string{"-profile", "srs2"}, cli.ExitUsage, "",
			`-profile: want auto or one of srs1, srs3, srs4, srs6, srs7, got "srs2"`},
		{"log", []string{"-log", "xml"}, cli.ExitUsage, "", `-log: want text or json, got "xml"`},
		{"token", []string{"-token", "good"}, cli.ExitUsage, "", "want KEY=VALUE"},
		{"two tokens", []string{"-token", "a=b", "-token", "a=c"}, cli.ExitUsage, "", "want only one token"},
		{"token and its file", []string{"-token", "a=b", "-token-file", token}, cli.ExitUsage, "",
			"-token and -token-file exclude each other"},
		{"no token file", []string{"-token-file", "nowhere"}, cli.ExitCouldNotRun, "", "-token-file: open nowhere: "},
		{"token file without one", []string{"-token-file", wrong}, cli.ExitCouldNotRun, "", "-token-file: " + wrong +
			": want KEY=VALUE"},
		{"token file, and nothing to do", []string{"-token-file", token, "-listen", port}, cli.ExitCouldNotRun, "",
			"another program listens there"},
		{"events alone", []string{"-token-at", "on_play"}, cli.ExitUsage, "", "-token-at needs -token"},
		{"unknown event", []string{"-token", "a=b", "-token-at", "on_play,on_foo"}, cli.ExitUsage, "",
			`-token-at: hook event "on_foo": want one of`},
		{"closing event", []string{"-token", "a=b", "-token-at", "on_close"}, cli.ExitUsage, "",
			"-token-at: on_close: want on_connect, on_publish or on_play"},
		{"cert alone", []string{"-cert", "x.pem"}, cli.ExitUsage, "", "-cert and -key belong together"},
		{"no cert", []string{"-cert", "x.pem", "-key", "y.pem"}, cli.ExitCouldNotRun, "",
			"-cert x.pem and -key y.pem: open x.pem: "},
		{"cert that is none", []string{"-cert", wrong, "-key", wrong}, cli.ExitCouldNotRun, "", "-cert " + wrong +
			" and -key " + wrong + ": tls: failed to find any PEM data in certificate input"},
		{"key of another cert", []string{"-cert", cert, "-key", other}, cli.ExitCouldNotRun, "",
			"tls: private key does not match public key"},
		{"no rules", []string{"-rules", "nowhere.yaml"}, cli.ExitCouldNotRun, "", "nowhere.yaml: no such file"},
		{"rules are a directory", []string{"-rules", t.TempDir()}, cli.ExitCouldNotRun, "", "is a directory"},
		{"wrong rules", []string{"-rules", wrong}, cli.ExitCouldNotRun, "",
			"the rules are wrong, nothing was started:\n" + wrong + ":3: want one of name, "},
		{"recording is there", []string{"-record", there}, cli.ExitCouldNotRun, "", "-record: " + there +
			" is there already: "},
		{"no directory for the recording", []string{"-record", "nowhere/x"}, cli.ExitCouldNotRun, "",
			"-record: open nowhere/x: "},
		{"port taken", []string{"-listen", port, "-record", unused}, cli.ExitCouldNotRun, "",
			"hookserver: cannot listen on " + port + ": address already in use: another program listens there\n"},
		{"not an address of this machine", []string{"-listen", "192.0.2.1:0"}, cli.ExitCouldNotRun, "",
			"hookserver: cannot listen on 192.0.2.1:0: "},
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
	if text, err := os.ReadFile(there); err != nil || string(text) != "evidence\n" {
		t.Errorf("the old recording is %q, %v", text, err)
	}
	if _, err := os.Stat(unused); !os.IsNotExist(err) {
		t.Errorf("a recording was left behind: %v", err)
	}
}
