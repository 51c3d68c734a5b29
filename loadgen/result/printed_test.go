package result

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// TestPrintedReportComesBack goes through a log, with other lines around it.
func TestPrintedReportComesBack(t *testing.T) {
	r, hs, ev := sampleRun()
	var b bytes.Buffer
	b.WriteString("  1s  ramp  started 1/2\n" + strings.Repeat("x", 100_000) + "\n")
	if err := Print(&b, r, hs, ev); err != nil {
		t.Fatal(err)
	}
	b.WriteString("more\n")
	log := b.String()
	for line := range strings.Lines(log[100_100:]) {
		if len(line) > printedLine+1 {
			t.Fatalf("a line of %d characters", len(line))
		}
	}
	dir := t.TempDir()
	if err := Unpack(strings.NewReader(log), dir); err != nil {
		t.Fatal(err)
	}
	back, _, err := Read(dir)
	if err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("got %+v, %v", back, err)
	}
	if backEV, err := ReadEvidence(dir); err != nil || !reflect.DeepEqual(backEV, ev) {
		t.Errorf("got %+v, %v", backEV, err)
	}
	for name, text := range map[string]string{
		"there is no printed report":  "nothing\n",
		"ends before the report does": log[:len(log)-200],
		"the printed report: ":        beginMark + "\nx\n" + endMark + "\n",
	} {
		if err := Unpack(strings.NewReader(text), t.TempDir()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

// FuzzUnpack: no log makes Unpack write anything but a report's files.
func FuzzUnpack(f *testing.F) {
	r, hs, ev := sampleRun()
	var b bytes.Buffer
	if err := Print(&b, r, hs, ev); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		if Unpack(bytes.NewReader(text), t.TempDir()) == nil && !bytes.Contains(text, []byte(endMark)) {
			t.Error("a report without an end is read")
		}
	})
}
