package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"hookproof/internal/cli"
	"hookproof/loadgen/result"
)

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"help", []string{"-h"}, cli.ExitOK, ""},
		{"row", []string{"-rows", "P1,P0"}, cli.ExitUsage, `there is no row "P0"`},
		{"rounds", []string{"-rounds", "0"}, cli.ExitUsage, "-rounds 1 and -hold 5s are the least"},
		{"no server", []string{"-bin", "nowhere", "-rows", "P7"}, cli.ExitCouldNotRun, "rtmpserver"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(c.args, cli.Streams{Out: &out, Err: &errs}); code != c.code ||
				!strings.Contains(errs.String(), c.err) {
				t.Errorf("exit code %d, want %d: %s", code, c.code, errs.String())
			}
		})
	}
}

func TestTable(t *testing.T) {
	tab := table{title: "P0  nothing", unit: "ms"}
	for _, v := range []float64{3, 1, 2} {
		tab.add("ours", v)
		tab.add("theirs", 2*v)
	}
	var b bytes.Buffer
	tab.write(&b)
	for _, want := range []string{"P0  nothing\n", "ours   2      1     3   1.00\n",
		"theirs   4      2     6   2.00\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if m := median([]float64{4, 1}); m != 2.5 {
		t.Errorf("the median of 1 and 4 is %v", m)
	}
}

func TestBetween(t *testing.T) {
	var rep result.Report
	for i := range 10 {
		rep.Series = append(rep.Series, result.Sample{At: float64(i), ServerCPU: 0.5, OwnCPU: 0.25,
			Frames: int64(100 * i), ServerRSS: int64(i)})
	}
	w := between(&rep, 2*time.Second, 6*time.Second)
	if want := (window{seconds: 4, server: 2, own: 1, frames: 400, serverRSS: 6}); w != want {
		t.Errorf("%+v, want %+v", w, want)
	}
}
