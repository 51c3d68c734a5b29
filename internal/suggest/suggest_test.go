package suggest

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"on_publish", "on_unpublish", "play", "enabled"}
	for name, want := range map[string]string{
		"on_publsh": "on_publish", "on_pubilsh": "on_publish", "on_upublish": "on_publish",
		"plya": "play", "pl": "", "Enabled": "enabled", "enable": "enabled",
		"on_record": "", "": "", strings.Repeat("x", 1000): "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
