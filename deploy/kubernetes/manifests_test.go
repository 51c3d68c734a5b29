// Package kubernetes tests the manifests in this directory.
package kubernetes

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kinds are the objects that the manifests may hold.
var kinds = map[string]func() any{
	"apps/v1 Deployment":       func() any { return new(appsv1.Deployment) },
	"batch/v1 Job":             func() any { return new(batchv1.Job) },
	"v1 ConfigMap":             func() any { return new(corev1.ConfigMap) },
	"v1 Service":               func() any { return new(corev1.Service) },
	"v1 PersistentVolume":      func() any { return new(corev1.PersistentVolume) },
	"v1 PersistentVolumeClaim": func() any { return new(corev1.PersistentVolumeClaim) },
}

// decode reads manifests; a field that the API does not know is an error.
func decode(t *testing.T, name string, text []byte) (all []any) {
	t.Helper()
	for i, doc := range bytes.Split(text, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(doc, &head); err != nil {
			t.Fatalf("%s, document %d: %v", name, i+1, err)
		}
		newObject, known := kinds[head.APIVersion+" "+head.Kind]
		if !known {
			t.Fatalf("%s, document %d: %s %s is not expected", name, i+1, head.APIVersion, head.Kind)
		}
		o := newObject()
		if err := yaml.UnmarshalStrict(doc, o); err != nil {
			t.Errorf("%s, document %d: %v", name, i+1, err)
		}
		all = append(all, o)
	}
	return all
}

// build makes an overlay as kubectl does.
func build(t *testing.T, dir string) []any {
	t.Helper()
	m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, dir, text)
}

// overlay is what one overlay comes to.
type overlay struct {
	config *corev1.ConfigMap
	job    *batchv1.Job
	server *appsv1.Deployment
}

func read(t *testing.T, dir string) overlay {
	t.Helper()
	var v overlay
	for _, o := range build(t, dir) {
		switch o := o.(type) {
		case *corev1.ConfigMap:
			v.config = o
		case *batchv1.Job:
			v.job = o
		case *appsv1.Deployment:
			v.server = o
		}
	}
	if v.config == nil || v.job == nil || v.server == nil {
		t.Fatalf("%s: a ConfigMap, a Job or a Deployment is missing", dir)
	}
	return v
}

// TestOverlays: what is said in one place holds in all.
func TestOverlays(t *testing.T) {
	for _, c := range []struct {
		dir          string
		shards       int32
		cpu, memory  string // requested in all, as the overlay's comment says
		claims       int
		printsReport bool
	}{
		{"base", 2, "300m", "512Mi", 0, false},
		{"overlays/small", 4, "500m", "768Mi", 0, true},
		{"overlays/large", 16, "34", "44Gi", 1, false},
	} {
		t.Run(c.dir, func(t *testing.T) {
			v := read(t, c.dir)
			s := v.job.Spec
			if n := v.config.Data["SHARDS"]; n != strconv.Itoa(int(c.shards)) || *s.Completions != c.shards ||
				*s.Parallelism != c.shards {
				t.Errorf("SHARDS is %s, completions %d, parallelism %d, want %d", n, *s.Completions, *s.Parallelism,
					c.shards)
			}
			if *s.CompletionMode != batchv1.IndexedCompletion || s.BackoffLimitPerIndex == nil ||
				*s.BackoffLimitPerIndex != 0 || s.BackoffLimit != nil {
				t.Errorf("a shard that ends badly ends the others, or is played again: %+v", s)
			}
			pod := s.Template.Spec
			if pod.Subdomain != "loadgen" || len(pod.Volumes) != c.claims ||
				slices.Contains(pod.Containers[0].Args, "-print-report") != c.printsReport {
				t.Errorf("subdomain %q, %d volumes, arguments %v", pod.Subdomain, len(pod.Volumes),
					pod.Containers[0].Args)
			}
			if v.server.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
				t.Errorf("strategy %q", v.server.Spec.Strategy.Type)
			}
			total := corev1.ResourceList{corev1.ResourceCPU: resource.Quantity{},
				corev1.ResourceMemory: resource.Quantity{}}
			for range c.shards {
				add(total, pod)
			}
			add(total, v.server.Spec.Template.Spec)
			if total.Cpu().Cmp(resource.MustParse(c.cpu)) != 0 ||
				total.Memory().Cmp(resource.MustParse(c.memory)) != 0 {
				t.Errorf("%v cores and %v are requested, want %s and %s", total.Cpu(), total.Memory(), c.cpu, c.memory)
			}
			for _, p := range []corev1.PodSpec{pod, v.server.Spec.Template.Spec} {
				restricted(t, p)
				defined(t, p, v.config)
			}
		})
	}
}

func add(total corev1.ResourceList, p corev1.PodSpec) {
	for name, q := range p.Containers[0].Resources.Requests {
		sum := total[name]
		sum.Add(q)
		total[name] = sum
	}
}

// restricted checks what a namespace with the pod-security level "restricted" asks for.
func restricted(t *testing.T, p corev1.PodSpec) {
	t.Helper()
	s, c := p.SecurityContext, p.Containers[0].SecurityContext
	switch {
	case s == nil || c == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0,
		s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault,
		c.AllowPrivilegeEscalation == nil || *c.AllowPrivilegeEscalation,
		c.ReadOnlyRootFilesystem == nil || !*c.ReadOnlyRootFilesystem,
		c.Capabilities == nil || !slices.Equal(c.Capabilities.Drop, []corev1.Capability{"ALL"}):
		t.Errorf("%s has more rights than it needs", p.Containers[0].Name)
	}
}

var variable = regexp.MustCompile(`\$\(([A-Z_]+)\)`)

// defined checks that every variable of the arguments has a value.
func defined(t *testing.T, p corev1.PodSpec, config *corev1.ConfigMap) {
	t.Helper()
	c := p.Containers[0]
	has := map[string]bool{}
	for _, e := range c.Env {
		has[e.Name] = true
	}
	for _, from := range c.EnvFrom {
		switch {
		case from.ConfigMapRef != nil && config != nil && from.ConfigMapRef.Name == config.Name:
			for key := range config.Data {
				has[key] = true
			}
		case from.ConfigMapRef != nil && from.ConfigMapRef.Name == "loadgen-run":
			has["RUN"] = true
		default:
			t.Errorf("%s takes variables from %+v", c.Name, from)
		}
	}
	for _, m := range variable.FindAllStringSubmatch(strings.Join(c.Args, " "), -1) {
		if !has[m[1]] {
			t.Errorf("%s uses %s, which nothing sets", c.Name, m[0])
		}
	}
}

// TestMergeAndClaims decodes what is in no overlay.
func TestMergeAndClaims(t *testing.T) {
	job := build(t, "merge")[0].(*batchv1.Job).Spec
	restricted(t, job.Template.Spec)
	defined(t, job.Template.Spec, nil)
	for _, name := range []string{"claim.yaml", "claim-single-node.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all := decode(t, name, text)
		claim, is := all[len(all)-1].(*corev1.PersistentVolumeClaim)
		if !is || claim.Name != job.Template.Spec.Volumes[0].PersistentVolumeClaim.ClaimName {
			t.Errorf("%s has no claim of the name that is mounted", name)
		}
	}
}

// TestScript: without a cluster the script says so and is skipped; its shell can be read.
func TestScript(t *testing.T) {
	if out, err := exec.Command("bash", "-n", "e2e.sh").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command("bash", "e2e.sh")
	cmd.Env = slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "KUBECONFIG=") })
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out),
		"skipped: KUBECONFIG is not set") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestBlock: the README's block begins when the pods of an earlier test are gone, else it would read their logs, and
// takes the exit code of the merge.
func TestBlock(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```sh\n")
	block, _, _ = strings.Cut(block, "```")
	steps := []string{"delete job loadgen", "wait --for=delete pods -l app=loadgen", "create configmap loadgen-run",
		"apply -k deploy/kubernetes/overlays/small", "get pods -l app=loadgen", "bin/loadgen merge -partial"}
	for _, step := range steps {
		_, after, found := strings.Cut(block, step)
		if !found {
			t.Fatalf("want %q after the step before it, got %q", step, block)
		}
		block = after
	}
	if strings.Count(block, "\n") > 1 {
		t.Errorf("want the merge as the last line, got %q after it", block)
	}
}
