// Package kubernetes tests the manifests in this directory.
package kubernetes

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// kinds are the objects that the manifests may hold.
var kinds = map[string]func() any{
	"apps/v1 Deployment":       func() any { return new(appsv1.Deployment) },
	"batch/v1 Job":             func() any { return new(batchv1.Job) },
	"v1 ConfigMap":             func() any { return new(corev1.ConfigMap) },
	"v1 Service":               func() any { return new(corev1.Service) },
	"v1 PersistentVolumeClaim": func() any { return new(corev1.PersistentVolumeClaim) },
}

// objects decodes all manifests; a field that the API does not know is an error.
func objects(t *testing.T) (all []any) {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("manifests: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, doc := range bytes.Split(text, []byte("\n---\n")) {
			var head struct{ APIVersion, Kind string }
			if err := yaml.Unmarshal(doc, &head); err != nil {
				t.Fatalf("%s, document %d: %v", file, i+1, err)
			}
			make, known := kinds[head.APIVersion+" "+head.Kind]
			if !known {
				t.Fatalf("%s, document %d: %s %s is not expected", file, i+1, head.APIVersion, head.Kind)
			}
			o := make()
			if err := yaml.UnmarshalStrict(doc, o); err != nil {
				t.Errorf("%s, document %d: %v", file, i+1, err)
			}
			all = append(all, o)
		}
	}
	return all
}

// TestManifests decodes all of them.
func TestManifests(t *testing.T) {
	if n := len(objects(t)); n != 7 {
		t.Errorf("%d objects, want 7", n)
	}
}

// TestJobIsWholeTest holds together what stands in several places of the Job.
func TestJobIsWholeTest(t *testing.T) {
	for _, o := range objects(t) {
		job, is := o.(*batchv1.Job)
		if !is || job.Name != "loadgen" {
			continue
		}
		if job.Spec.CompletionMode == nil || *job.Spec.CompletionMode != batchv1.IndexedCompletion || *job.Spec.Completions != 4 || *job.Spec.Parallelism != 4 {
			t.Errorf("the Job is not indexed, or its pods do not run at once: %+v", job.Spec)
		}
		c := job.Spec.Template.Spec.Containers[0]
		if !slices.Contains(c.Args, "-shard=/4") {
			t.Errorf("the shards are not four: %v", c.Args)
		}
		for _, arg := range c.Args {
			if !strings.HasPrefix(arg, "-") {
				t.Errorf("%q is no flag", arg)
			}
		}
		if job.Spec.Template.Spec.Subdomain != "loadgen" || *job.Spec.BackoffLimit != 0 {
			t.Errorf("subdomain %q, backoff %d", job.Spec.Template.Spec.Subdomain, *job.Spec.BackoffLimit)
		}
		return
	}
	t.Error("there is no Job loadgen")
}
