// Command peerbench measures the RTMP server and the load generator of this
// module beside others, on one machine, with the same clients: `make
// bench-peers SRS=… NGINX=…`. It takes paths of programs that are there
// already, starts each by itself on loopback, loads it with loadgen, and prints
// what a session, a delivered message and an idle client cost, with the ratios.
//
// Costs are CPU time and memory as the kernel accounts them (procfs), not
// throughput, so that they hold although load and server share the machine.
// Servers are measured in turn, several rounds, and the median counts.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hookproof/internal/cli"
)

var help = cli.Help{
	Name:     "peerbench",
	Synopsis: []string{"-bin DIR [-srs FILE] [-nginx FILE] [-sb-load FILE] [-sb-publish FILE] [options]"},
	About: `Measures rtmpserver and loadgen beside other servers and load generators that
are on this machine. What is not given is left out.`,
	FailedMeans: "never",
	Examples: []cli.Example{
		{For: "everything", Call: "peerbench -bin bin -srs objs/srs -nginx /usr/sbin/nginx -sb-load " +
			"objs/sb_rtmp_load -sb-publish objs/sb_rtmp_publish"},
		{For: "fan-out only", Call: "peerbench -bin bin -srs objs/srs -rows P2"},
	},
}

// bench is the whole command.
type bench struct {
	bin, srs, nginx, nginxModule, sbLoad, sbPublish string

	rows   string
	rounds int
	hold   time.Duration
	dir    string // of configurations and reports
	out    cli.Streams
}

func main() { os.Exit(run(os.Args[1:], cli.Standard())) }

func run(args []string, s cli.Streams) int {
	b := &bench{out: s}
	fs := flag.NewFlagSet(help.Name, flag.ContinueOnError)
	fs.StringVar(&b.bin, "bin", "bin", "this module's commands are in `DIR`")
	fs.StringVar(&b.srs, "srs", "", "SRS is `FILE`")
	fs.StringVar(&b.nginx, "nginx", "", "nginx with the RTMP module is `FILE`")
	fs.StringVar(&b.nginxModule, "nginx-module", "/usr/lib/nginx/modules/ngx_rtmp_module.so",
		"nginx's RTMP module is `FILE`; empty: it is built in")
	fs.StringVar(&b.sbLoad, "sb-load", "", "sb_rtmp_load of srs-bench is `FILE`")
	fs.StringVar(&b.sbPublish, "sb-publish", "", "sb_rtmp_publish of srs-bench is `FILE`")
	fs.StringVar(&b.rows, "rows", "", "measure these `ROWS` only, such as P1,P4")
	fs.IntVar(&b.rounds, "rounds", 3, "measure each `N` times")
	fs.DurationVar(&b.hold, "hold", 15*time.Second, "hold each load for this `TIME`")
	if code, done := cli.Parse(s, fs, help, args); done {
		return code
	}
	if err := b.measure(); err != nil {
		return cli.Report(s, help.Name, err)
	}
	return cli.ExitOK
}

// measure runs the rows that were asked for.
func (b *bench) measure() error {
	if b.rounds < 1 || b.hold < 5*time.Second {
		return cli.Usagef("-rounds 1 and -hold 5s are the least")
	}
	chosen := rows
	if b.rows != "" {
		chosen = nil
		for _, id := range strings.Split(b.rows, ",") {
			i := slices.IndexFunc(rows, func(r row) bool { return r.id == strings.TrimSpace(id) })
			if i < 0 {
				return cli.Usagef("-rows: there is no row %q", id)
			}
			chosen = append(chosen, rows[i])
		}
	}
	var err error
	if b.bin, err = filepath.Abs(b.bin); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "peerbench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	for _, r := range chosen {
		t := &table{title: r.id + "  " + r.title, unit: r.unit}
		fmt.Fprintf(b.out.Err, "%s\n", t.title)
		if err := r.measure(b, t); err != nil {
			return fmt.Errorf("%s: %w", r.id, err)
		}
		t.write(b.out.Out)
	}
	return nil
}
