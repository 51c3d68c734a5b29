package order

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
)

var update = flag.Bool("update", false, "write the golden files")

func fields(text string) []string { return strings.Fields(text) }

// eventOf reads "publish", whatever mark follows it.
func eventOf(t testing.TB, word string) hook.Event {
	t.Helper()
	ev, err := hook.ParseEvent("on_" + strings.TrimRight(word, "!=~?"))
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

func eventsOf(t testing.TB, text string) (all []hook.Event) {
	for _, word := range fields(text) {
		all = append(all, eventOf(t, word))
	}
	return all
}

// words are all that a client's sequence can be made of.
var words = []string{"connect", "connect!", "publish", "publish!", "unpublish", "play", "play!", "stop", "close"}

// sequences calls f with every sequence of up to n words, the shorter ones
// first; those that go on from one at which f returns false are left out.
func sequences(n int, f func(string) bool) {
	all := []string{""}
	for range n {
		var longer []string
		for _, s := range all {
			for _, w := range words {
				if next := strings.TrimSpace(s + " " + w); f(next) {
					longer = append(longer, next)
				}
			}
		}
		all = longer
	}
}

// allowedSequences lists what the checker of whole runs allows, up to n events.
func allowedSequences(t testing.TB, p *hook.Profile, n int) (all []string) {
	sequences(n, func(s string) bool {
		soFar, whole := allowed(t, p, s)
		if whole {
			all = append(all, s)
		}
		return soFar
	})
	return all
}

// allowed asks a checker about one client: whether it has found nothing wrong
// so far, and nothing at the end if that was all.
func allowed(t testing.TB, p *hook.Profile, sequence string) (soFar, whole bool) {
	k := New(Options{Profile: p})
	feed(t, k, "c", sequence)
	soFar = len(k.Problems()) == 0
	k.Finish(false)
	return soFar, len(k.Problems()) == 0
}

// cause is what a client must have done to give a sequence, if anything can:
// a second on_connect is of a further stream, which the client may have given
// up before the server asked about it.
func cause(t testing.TB, sequence string) []Deed {
	all := fields(sequence)
	var deeds []Deed
	for i, word := range all {
		d := did(t, word)[0]
		if d.Event == hook.OnConnect && i > 0 && d.Answer == Accepted {
			if i+1 < len(all) && (strings.HasPrefix(all[i+1], "p")) {
				continue
			}
			d = Deed{Event: hook.OnPublish, Unsure: true}
		}
		deeds = append(deeds, d)
	}
	return deeds
}

// TestModelsAgree: the checker of whole runs, what is expected of a client that
// did just that, and the question what a beginning can still become all say the
// same: of every sequence of up to four events, and of every sequence of up to
// six whose first five are allowed.
func TestModelsAgree(t *testing.T) {
	const every, longest = 4, 6
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			sequences(longest, func(s string) bool {
				left := cause(t, s)
				if !strings.HasSuffix(s, "close") {
					left = append(left, Deed{Event: hook.OnClose})
				}
				fit := Expect(p, left...).Fit(eventsOf(t, s)...)
				soFar, whole := allowed(t, p, s)
				if whole != (fit == Complete) {
					t.Errorf("%s: the checker of whole runs allows it: %v; as what is expected: %v", s, whole, fit)
				}
				if soFar != (fit != Wrong) {
					t.Errorf("%s: the checker allows it so far: %v; as what is expected: %v", s, soFar, fit)
				}
				return soFar || len(fields(s)) < every
			})
		})
	}
}

// deeds are all lives of a client with up to two streams; after a refusal it
// asks for nothing.
func deeds(t testing.TB) (all [][]Deed) {
	streams := []string{""}
	for _, mark := range []string{"", "!", "~", "?"} {
		streams = append(streams, "publish"+mark, "play"+mark)
	}
	streams = append(streams, "publish=")
	for _, connect := range []string{"connect", "connect!", "connect~", "connect?"} {
		for _, one := range streams {
			for _, two := range streams {
				if strings.Contains(connect, "!") && one+two != "" || strings.ContainsAny(one, "!=") && two != "" {
					continue
				}
				for _, end := range []string{"", "close"} {
					all = append(all, did(t, strings.Join([]string{connect, one, two, end}, " ")))
				}
			}
		}
	}
	return all
}

// TestNothingElseIsExpected: whatever a client did, no sequence is what is
// expected of it that the checker does not allow; a beginning that fits can be
// completed, and one that does not fit never fits again.
func TestNothingElseIsExpected(t *testing.T) {
	for _, p := range hook.Profiles() {
		legal := map[string]bool{}
		for _, s := range allowedSequences(t, p, 6) {
			legal[strings.ReplaceAll(s, "!", "")] = true
		}
		for _, d := range deeds(t) {
			x := Expect(p, d...)
			closed := d[len(d)-1].Event == hook.OnClose
			var visit func(came []hook.Event, text string) bool
			visit = func(came []hook.Event, text string) bool {
				fit := x.Fit(came...)
				if fit == Wrong || len(came) > len(x.Items) {
					if fit != Wrong {
						t.Errorf("%s %+v: %s fits, and is longer than %s", p, d, text, x)
					}
					return false
				}
				if fit == Complete && closed && text != "" && len(came) <= 6 && !legal[text] {
					t.Errorf("%s %+v: %s is expected, and not allowed", p, d, text)
				}
				done := fit == Complete
				for _, e := range hook.Events {
					more := visit(append(slices.Clip(came), e), strings.TrimSpace(text+" "+
						strings.TrimPrefix(e.String(), "on_")))
					done = done || more
				}
				if !done {
					t.Errorf("%s %+v: %s is begun, and nothing completes it: %s", p, d, text, x)
				}
				return done
			}
			visit(nil, "")
		}
	}
}

// TestAllowedSequences pins all sequences of up to six events that a profile
// allows a client from its first event to its end.
func TestAllowedSequences(t *testing.T) {
	for _, p := range hook.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			got := strings.Join(allowedSequences(t, p, 6), "\n") + "\n"
			path := filepath.Join("testdata", "allowed-"+p.Name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the allowed sequences are\n%s\nwant those of %s", got, path)
			}
		})
	}
}
