package check

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"hookproof/reports"
)

func TestTrouble(t *testing.T) {
	dial := func(number syscall.Errno) error {
		return fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", number)})
	}
	for _, c := range []struct {
		name string
		err  error
		want string // "" is the target's
	}{
		{"none", nil, ""},
		{"no descriptors", dial(syscall.EMFILE), "ulimit -n"},
		{"no ports", dial(syscall.EADDRNOTAVAIL), "no free port"},
		{"no memory", dial(syscall.ENOMEM), "no memory"},
		{"refused by the target", dial(syscall.ECONNREFUSED), ""},
		{"reset by the target", dial(syscall.ECONNRESET), ""},
		{"in words alone", errors.New("too many open files"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Trouble(c.err); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("want %q, got %q", c.want, got)
			}
		})
	}
}

func TestDisturbed(t *testing.T) {
	trouble := reports.Observation{Kind: reports.KindNote, Name: TroubleNote, Text: "no descriptors"}
	for _, c := range []struct {
		name string
		obs  []reports.Observation
		want reports.Verdict
	}{
		{"by nothing", []reports.Observation{{Kind: reports.KindHook}}, ""},
		{"for a moment", []reports.Observation{Starved(1, 1.5), Starved(2, 3.5)}, ""},
		{"for seconds", []reports.Observation{Starved(1, 1.5), Starved(2, 4.5)}, reports.Inconclusive},
		{"by an error", []reports.Observation{Starved(2, 4.5), trouble}, reports.Error},
	} {
		t.Run(c.name, func(t *testing.T) {
			if reason, got := Disturbed(c.obs); got != c.want || (reason == "") != (c.want == "") {
				t.Errorf("want %q, got %q, %q", c.want, got, reason)
			}
		})
	}
}
