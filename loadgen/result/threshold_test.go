package result

import (
	"strings"
	"testing"
)

func TestThresholds(t *testing.T) {
	r, hs, _ := sampleRun()
	for _, c := range []struct {
		text, got string
		passed    bool
	}{
		{"publish p99<500ms", "989.183ms", false},
		{"publish p99 < 1s", "989.183ms", true},
		{"publish p50>=400ms", "499.199ms", true},
		{"e2e p95<2s", "47.007ms", true},
		{"tcp max<=10ms", "9.991ms", true},
		{"tcp count==1000", "1000", true},
		{"hook.on_connect p99.9<1ms", "0.998ms", true},
		{"play p99<1s", "not measured", false},
		{"hooks lost==0", "1", false},
		{"hooks doubled==0", "0", true},
		{"errors==0", "2", false},
		{"errors<0.1%", "100%", false},
		{"errors!=3", "2", true},
		{"frames lost<20%", "10%", true},
		{"stalls<=1", "1", true},
		{"sessions failed==0", "0", true},
		{"cpu own<1", "0.5 cores", true},
		{"cpu server<20%", "30%", false},
	} {
		t.Run(c.text, func(t *testing.T) {
			th, err := ParseThreshold(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := th.Check(r, hs); got.Got != c.got || got.Passed != c.passed {
				t.Errorf("is %+v, want %s and %v", got, c.got, c.passed)
			}
		})
	}
}

func TestParseThresholdRefuses(t *testing.T) {
	for _, c := range []struct{ text, why string }{
		{"", "want a condition"},
		{"publish", "want a condition"},
		{"publish p99<", "want a condition"},
		{"publish p98<1s", "want one of p50, p90"},
		{"publish p99<1", "want a unit of time"},
		{"publish p99<1%", "want a unit of time"},
		{"publish count<1s", "a count has no unit"},
		{"nothing p99<1s", "want one of connect, cpu, disconnect"},
		{"hooks found==0", "hooks: want one of"},
		{"hooks lost<1%", "the unit \"%\" does not fit"},
		{"errors<1s", "the unit \"s\" does not fit"},
		{"errors<1.2.3", "is no number"},
	} {
		if _, err := ParseThreshold(c.text); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v, want %q", c.text, err, c.why)
		}
	}
}

func TestCombine(t *testing.T) {
	own, err := ParseThreshold("errors<5%")
	if err != nil {
		t.Fatal(err)
	}
	all := Combine(Defaults(true), []Threshold{own})
	n := 0
	for _, th := range all {
		if th.what == "errors" {
			n++
		}
	}
	if n != 1 || len(all) != len(Defaults(true)) {
		t.Errorf("%d thresholds, %d about errors", len(all), n)
	}
}

// FuzzParseThreshold: whatever is taken can be laid on a report.
func FuzzParseThreshold(f *testing.F) {
	for _, s := range []string{"publish p99<500ms", "hooks lost==0", "errors<0.1%", "cpu own<1", "frames lost<=1%"} {
		f.Add(s)
	}
	r, hs, _ := sampleRun()
	f.Fuzz(func(t *testing.T, s string) {
		if th, err := ParseThreshold(s); err == nil {
			th.Check(r, hs)
		}
	})
}
