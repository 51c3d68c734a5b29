package pagepolicy

import "testing"

func TestPolicies(t *testing.T) {
	const hash = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" // of nothing
	if got := Hash(""); got != hash {
		t.Errorf("got %s, want %s", got, hash)
	}
	none := "default-src 'none'; style-src " + hash
	end := "; base-uri 'none'; form-action 'none'"
	if got := Inline("", ""); got != none+end {
		t.Errorf("got %s", got)
	}
	if got := Live("", "x"); got != none+"; script-src "+Hash("x")+end+"; connect-src 'self'" {
		t.Errorf("got %s", got)
	}
}
