package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"strings"
	"time"

	"hookproof/internal/hookflags"
	"hookproof/loadgen/result"
)

// options are the command line.
type options struct {
	flags *flag.FlagSet
	args  []string

	n                           int
	publishers, refused, vanish string
	players                     string
	refuseAt                    string
	streams                     int
	churn, rate                 float64
	ramp, hold, down            time.Duration
	stages                      string
	arrivals                    string
	seed                        uint64
	rtmp, http, listen, profile string
	hooks                       hookflags.Server
	spread                      bool
	meet                        string
	meetWithin                  time.Duration
	hooksOnly                   bool
	media                       string
	bitrate                     string
	noMedia                     bool
	timeout, stall, warmup      time.Duration
	burst                       time.Duration
	settle, late                time.Duration
	source                      string
	thresholds                  texts
	find                        bool
	report, metrics, pprof, web string
	dir                         *result.Dir // of -report, made before the run; nil without one
	pid                         int
	shard, startAt, run         string
	quiet, version, printReport bool
}

// texts is a flag that may be given several times.
type texts []string

// String returns all values.
func (t *texts) String() string { return strings.Join(*t, ", ") }

// Set adds one.
func (t *texts) Set(s string) error { *t = append(*t, s); return nil }

// newOptions declares the flags.
func newOptions() *options {
	o := &options{flags: flag.NewFlagSet(help.Name, flag.ContinueOnError)}
	for _, declare := range []func(*flag.FlagSet){
		o.declarePlan, o.declareTarget, o.declareClients, o.declareResult, o.declareShards,
	} {
		declare(o.flags)
	}
	return o
}

// given reports whether a flag was given.
func (o *options) given(name string) (yes bool) {
	o.flags.Visit(func(f *flag.Flag) { yes = yes || f.Name == name })
	return yes
}

// newRun names a run.
func newRun() string {
	b := make([]byte, 3)
	rand.Read(b)
	return fmt.Sprintf("%x", b)
}
