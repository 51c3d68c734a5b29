package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// indexEnv is where the pods of an Indexed Job of Kubernetes find their number,
// from 0.
const indexEnv = "JOB_COMPLETION_INDEX"

// setShard reads what several processes have to agree upon.
func (o *options) setShard(cfg *loadgen.Config) (err error) {
	if o.startAt != "" {
		if cfg.StartAt, err = time.Parse(time.RFC3339, o.startAt); err != nil {
			return cli.Usagef("-start-at is %q: want a time like 2026-01-02T15:04:05Z", o.startAt)
		}
	}
	if o.shard == "" {
		if o.run == "" {
			cfg.Run = newRun()
		}
		return nil
	}
	if cfg.Shard, err = parseShard(o.shard, os.Getenv(indexEnv)); err != nil {
		return cli.Usagef("-shard: %v", err)
	}
	if o.run == "" {
		cfg.Run = fmt.Sprintf("s%d", o.seed)
	}
	return nil
}

// keepReports refuses a directory that has a report already, where this process is one of several shards: merged with
// those of another run it would be a test that never was.
func (o *options) keepReports(sh plan.Shard) error {
	if sh.Of <= 1 {
		return nil
	}
	if run, there := result.Holds(o.report); there {
		return fmt.Errorf("%s has the report of a shard of run %q already: choose another -report, and a new -run for "+
			"a new test", o.report, run)
	}
	return nil
}

// parseShard reads "2/8", or "/8" where index says which.
func parseShard(text, index string) (plan.Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	if number == "" && index != "" {
		i, err := strconv.Atoi(index)
		if err != nil {
			return plan.Shard{}, fmt.Errorf("%s is %q: want a number", indexEnv, index)
		}
		number = strconv.Itoa(i + 1)
	}
	k, err1 := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || k < 1 || k > n || n > plan.MaxShards {
		return plan.Shard{}, fmt.Errorf("want K/N like 2/8, with K from 1 to N, got %q", text)
	}
	return plan.Shard{Number: k, Of: n}, nil
}
