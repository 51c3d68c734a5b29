package loadgen

import (
	"os"
	"slices"
	"testing"
)

func TestParseSources(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"one", "127.0.0.1", []string{"127.0.0.1"}},
		{"range", "127.0.0.2-127.0.0.4", []string{"127.0.0.2", "127.0.0.3", "127.0.0.4"}},
		{"both", "::1, 127.0.0.2", []string{"::1", "127.0.0.2"}},
		{"backwards", "127.0.0.4-127.0.0.2", nil},
		{"mixed", "127.0.0.4-::1", nil},
		{"name", "localhost", nil},
		{"endless", "127.0.0.0-127.255.255.255", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseSources(c.text)
			if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestLocalPorts(t *testing.T) {
	if _, err := os.Stat("/proc"); err != nil {
		t.Skip("there is no /proc")
	}
	if n, ok := localPorts(); !ok || n < 100 {
		t.Errorf("there are %d ports", n)
	}
}
