package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"hookproof/internal/reportdir"
)

const eventsHead = `{"schema":"hookproof.events","schema_version":1,"started":"2026-11-23T12:00:00Z"}` + "\n"

// eventsEnd is the end mark of n observations.
func eventsEnd(n int) string {
	return fmt.Sprintf(`{"t":1,"n":0,"kind":"end","data":{"observations":%d}}`, n) + "\n"
}

func collect(in string, l EventLimits) ([]Observation, error) {
	var out []Observation
	_, err := ReadEvents(strings.NewReader(in), l, func(o Observation) error { out = append(out, o); return nil })
	return out, err
}

func TestReadEventsErrors(t *testing.T) {
	good := `{"t":0.5,"n":0,"kind":"note"}` + "\n"
	tests := []struct {
		name, in string
		limits   EventLimits
		want     string // "" is no error
		read     int
	}{
		{"nothing", "", EventLimits{}, "line 1: want the header", 0},
		{"no header", good, EventLimits{}, "line 1: want the header", 0},
		{"a later version", strings.Replace(eventsHead, "_version\":1", "_version\":9", 1), EventLimits{},
			"line 1: schema_version 9", 0},
		{"header and end alone", eventsHead + eventsEnd(0), EventLimits{}, "", 0},
		{"no line feed at the end", eventsHead + good + strings.TrimSpace(eventsEnd(1)), EventLimits{}, "", 1},
		{"cut off in a line", eventsHead + good + good[:12], EventLimits{}, "line 3: the file is cut off", 1},
		{"cut off after a line", eventsHead + good, EventLimits{}, "line 3: the file is cut off", 1},
		{"cut off after the header", eventsHead, EventLimits{}, "line 2: the file is cut off", 0},
		{"a line was removed", eventsHead + good + eventsEnd(2), EventLimits{},
			"line 3: the end mark counts 2 observations, got 1", 1},
		{"lines were added", eventsHead + eventsEnd(0) + good, EventLimits{},
			"line 3: unexpected data after the end mark", 0},
		{"a blank line", eventsHead + "\n" + good, EventLimits{}, "line 2: unexpected end of JSON input", 0},
		{"not JSON", eventsHead + good + "{]\n" + good, EventLimits{}, "line 3: invalid character", 1},
		{"an array", eventsHead + "[1]\n", EventLimits{}, "line 2: json: cannot unmarshal array", 0},
		{"no kind", eventsHead + `{"t":1,"n":0}` + "\n", EventLimits{}, `line 2: want a "kind"`, 0},
		{"before the start", eventsHead + `{"t":-1,"n":0,"kind":"note"}` + "\n", EventLimits{},
			`line 2: "t" is -1`,
			0},
		{"a negative number", eventsHead + `{"t":1,"n":-4,"kind":"note"}` + "\n", EventLimits{},
			`line 2: "n" is -4`,
			0},
		{"broken base64", eventsHead + `{"t":1,"n":0,"kind":"hook","body_base64":"?"}` + "\n", EventLimits{},
			"line 2: body_base64:", 0},
		{"a kind of tomorrow", eventsHead + `{"t":1,"n":0,"kind":"quic","new":[1]}` + "\n" + eventsEnd(1),
			EventLimits{}, "",
			1},
		{"a long line", eventsHead + good + `{"t":1,"n":0,"kind":"note","text":"` + strings.Repeat("x", 200) + `"}`,
			EventLimits{Line: 150}, "line 3: line longer than 150 bytes", 1},
		{"long in all", eventsHead + good + good + good, EventLimits{Bytes: int64(len(eventsHead + good + good))},
			"line 4: too long", 2},
		{"just long enough", eventsHead + good + eventsEnd(1),
			EventLimits{Bytes: int64(len(eventsHead + good + eventsEnd(1)))}, "", 1},
		{"many values", eventsHead + good + `{"t":1,"n":0,"kind":"note","data":{"a":[` + strings.Repeat("[],", 200) +
			`[]]}}`,
			EventLimits{Values: 100}, "line 1: too many values", 0},
		{"many lines", eventsHead + good + good + good, EventLimits{Lines: 3}, "line 4: more than 3 lines", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := collect(tt.in, tt.limits)
			if len(got) != tt.read {
				t.Errorf("read %d observations, want %d", len(got), tt.read)
			}
			if tt.want == "" {
				if err != nil {
					t.Errorf("got error %v", err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
			var at *EventError
			if !errors.As(err, &at) {
				t.Errorf("%T is no *EventError", err)
			}
		})
	}
}

func TestReadEventsStopsForCaller(t *testing.T) {
	stop := errors.New("enough")
	_, err := ReadEvents(strings.NewReader(eventsHead+`{"t":1,"n":0,"kind":"note"}`), EventLimits{},
		func(Observation) error { return stop })
	if err != stop {
		t.Errorf("got %v, want the caller's own error", err)
	}
}

func TestObservationKeepsEveryByte(t *testing.T) {
	for _, body := range []string{"", "0", `{"a":"<&>"}`, "\xff\xfe\x00", "caf\xc3", nasty} {
		var b bytes.Buffer
		e, err := NewEventWriter(&b, &Run{Started: sampleStart})
		if err != nil {
			t.Fatal(err)
		}
		want := Observation{T: 1.25, N: 3, Kind: KindHook, Body: body, Refs: []int{1},
			Data: &Details{Request: Request{URLNumber: 1}}}
		err = e.Write(want)
		if _, end := e.End(); err != nil || end != nil {
			t.Fatal(err, end)
		}
		got, err := collect(b.String(), EventLimits{})
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("body %q: got %+v, %v", body, got, err)
		}
	}
}

// TestStreamEvents writes from several goroutines; each line must be whole, and
// readable after Flush while the stream is still open.
func TestStreamEvents(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	d, err := reportdir.Create(dir, Files...)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	e, err := StreamEvents(d, &Run{Started: sampleStart})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (n int) {
		f, err := os.Open(filepath.Join(dir, EventsFile))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := ReadEvents(f, EventLimits{}, func(Observation) error { n++; return nil }); !errors.Is(err,
			ErrTruncated) {
			t.Errorf("got %v, want %v while the run goes on", err, ErrTruncated)
		}
		return n
	}
	if n := read(); n != 0 {
		t.Errorf("%d observations before the first", n)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if err := e.Write(Observation{T: 1, N: i, Scenario: fmt.Sprint(g), Kind: KindNote,
					Text: strings.Repeat("x", i*10)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := e.Flush(); err != nil {
		t.Fatal(err)
	}
	if n := read(); n != 800 {
		t.Errorf("read %d observations, want 800", n)
	}
	if ev, err := e.Close(); err != nil || ev.Observations != 800 || ev.File != EventsFile || len(ev.SHA256) != 64 {
		t.Errorf("closed: %+v, %v", ev, err)
	}
}

func TestEventWriterKeepsItsError(t *testing.T) {
	e, err := NewEventWriter(io.Discard, &Run{})
	if err != nil {
		t.Fatal(err)
	}
	bad := Observation{Kind: KindNote, Scenario: "s", N: 4, T: math.NaN()}
	if err := e.Write(bad); err == nil || !strings.Contains(err.Error(), `observation 4 of "s"`) {
		t.Errorf("got %v, want an error that names the observation", err)
	}
	if err := e.Write(Observation{Kind: KindNote}); err == nil {
		t.Error("a write after an error passed")
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add([]byte(eventsHead + eventsEnd(0)))
	f.Add([]byte(eventsHead + `{"t":0.5,"n":0,"kind":"hook","body_base64":"/w=="}` + "\n" + eventsEnd(1)))
	f.Add([]byte(eventsHead + `{"t":1e999,"n":0,"kind":"note","data":{"a":[[[]]]}}`))
	f.Add([]byte("\n\n" + eventsHead))
	f.Fuzz(func(t *testing.T, in []byte) {
		limits := EventLimits{Line: 1 << 16, Lines: 1000, Values: 10_000}
		var first []Observation
		var head EventsHeader
		var err error
		withinMemory(t, 8<<20, func() {
			head, err = ReadEvents(bytes.NewReader(in), limits,
				func(o Observation) error { first = append(first, o); return nil })
		})
		if err != nil {
			return
		}
		var b bytes.Buffer
		e, err := NewEventWriter(&b, &Run{Started: head.Started})
		if err != nil {
			return // a time that RFC 3339 cannot say
		}
		for _, o := range first {
			if err := e.Write(o); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
		if _, err := e.End(); err != nil {
			t.Fatal(err)
		}
		again, err := collect(b.String(), EventLimits{})
		if err != nil || len(again) != len(first) {
			t.Fatalf("%d observations, written and read again %d: %v", len(first), len(again), err)
		}
	})
}
