// Package deploy tests what brings Hookproof to where it runs: the GitHub
// Action and the containers.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestAction runs the action's script with inputs, a conformance that prints
// its arguments in place of the real one.
func TestAction(t *testing.T) {
	script, err := os.ReadFile("../.ci/action")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		env  []string
		exit string // of conformance
		args string
		code int
	}{
		{name: "a hook server", env: []string{"ACCEPT=token=good\non_play:token=p\n", "REFUSE=token=bad"},
			args: "-report r -profile auto -hooks http://h -accept token=good -accept on_play:token=p -refuse " +
				"token=bad"},
		{name: "an RTMP server", env: []string{"ROLE=rtmp", "URL=rtmp://h/live", "API=http://h:1985"},
			args: "-report r -profile auto -rtmp rtmp://h/live -listen 127.0.0.1:8085 -api http://h:1985"},
		{name: "further options", env: []string{"ARGS=-id\nS-ANS-04 and more", "KNOWN_FAILING=known.txt"},
			args: "-report r -profile auto -hooks http://h -known-failing known.txt -id S-ANS-04 and more"},
		{name: "nothing of an input is run", env: []string{"ACCEPT=$(touch injected)"},
			args: "-report r -profile auto -hooks http://h -accept $(touch injected)"},
		{name: "broken", exit: "1", code: 1},
		{name: "not decided", exit: "3", code: 3},
		{name: "not decided, broken only", env: []string{"FAIL_ON=broken"}, exit: "3"},
		{name: "broken, broken only", env: []string{"FAIL_ON=broken"}, exit: "1", code: 1},
		{name: "broken, never", env: []string{"FAIL_ON=never"}, exit: "1"},
		{name: "wrong options, never", env: []string{"FAIL_ON=never"}, exit: "2", code: 2},
		{name: "wrong role", env: []string{"ROLE=both"}, code: 2},
		{name: "wrong fail-on", env: []string{"FAIL_ON=maybe"}, code: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".ci/action"), string(script))
			write(t, filepath.Join(dir, "bin/conformance"), "#!/bin/sh\necho \"$*\"\nexit ${EXIT:-0}\n")
			cmd := exec.Command(filepath.Join(dir, ".ci/action"))
			cmd.Dir = dir
			output := filepath.Join(dir, "output")
			cmd.Env = append(os.Environ(), "ROLE=hooks", "URL=http://h", "LISTEN=127.0.0.1:8085", "PROFILE=auto",
				"REPORT=r",
				"FAIL_ON=fail", "EXIT="+c.exit, "GITHUB_OUTPUT="+output)
			cmd.Env = append(cmd.Env, c.env...)
			out, err := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("exit code %d, want %d: %v, %s", got, c.code, err, out)
			}
			if c.args != "" && strings.TrimSpace(string(out)) != c.args {
				t.Errorf("got %s\nwant %s", out, c.args)
			}
			if _, err := os.Stat(filepath.Join(dir, "injected")); err == nil {
				t.Error("an input was run")
			}
			if c.exit != "" {
				if said, _ := os.ReadFile(output); string(said) != "exit-code="+c.exit+"\n" {
					t.Errorf("output is %q, want exit-code %s", said, c.exit)
				}
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestActionInputs: every input that the script reads is declared, and the
// other way round.
func TestActionInputs(t *testing.T) {
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]any
		Runs   struct {
			Steps []struct {
				ID  string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	used := strings.Count(string(text), "${{ inputs.")
	for name := range action.Inputs {
		if !strings.Contains(string(text), "inputs."+name+" ") {
			t.Errorf("input %s is declared and not used", name)
		}
	}
	if used < len(action.Inputs) {
		t.Errorf("%d uses of %d inputs", used, len(action.Inputs))
	}
	for _, step := range action.Runs.Steps {
		for variable, value := range step.Env {
			name := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
			if action.Inputs[name] == nil || !strings.EqualFold(variable, strings.ReplaceAll(name, "-", "_")) {
				t.Errorf("%s is set to %s, want the input of its name", variable, value)
			}
		}
	}
}

// TestCompose: the services run commands of the image, and options that these have.
func TestCompose(t *testing.T) {
	text, err := os.ReadFile("docker/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct{ Command []string }
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, service := range compose.Services {
		names = append(names, service.Command[0])
		help, err := exec.Command("go", "run", "../cmd/"+service.Command[0], "-h", "all").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, arg := range service.Command[1:] {
			if strings.HasPrefix(arg, "-") && !strings.Contains(string(help), "\n  "+arg+" ") {
				t.Errorf("%s has no option %s", service.Command[0], arg)
			}
		}
	}
	slices.Sort(names)
	if want := []string{"conformance", "hookserver", "rtmpserver"}; !slices.Equal(names, want) {
		t.Errorf("got services of %v, want %v", names, want)
	}
}
