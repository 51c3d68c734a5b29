package plan

import "testing"

func FuzzParseSpec(f *testing.F) {
	for _, text := range []string{"20%", "0.5", "100%", "30s:200,1m:1000,30s:0", "1s:1", ":,", "-1s:5", "9999999h:1",
		"NaN%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ParseShare(text)
		if stages, err := ParseStages(text); err == nil && len(stages) == 0 {
			t.Errorf("%q was read as no stage", text)
		}
	})
}
