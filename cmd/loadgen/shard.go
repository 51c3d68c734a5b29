package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/cli"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
)

// indexEnv is where Kubernetes tells the pods of an Indexed Job their number,
// from 0.
const indexEnv = "JOB_COMPLETION_INDEX"

var runName = regexp.MustCompile(`^[a-wyz0-9]{1,20}$`)

// setShard reads what several processes have to agree upon.
func (o *options) setShard(cfg *loadgen.Config) (err error) {
	if o.run != "" && !runName.MatchString(o.run) {
		return cli.Usagef("-run is %q: expected 1 to 20 lower-case letters and digits, without x", o.run)
	}
	if o.startAt != "" {
		if cfg.StartAt, err = time.Parse(time.RFC3339, o.startAt); err != nil {
			return cli.Usagef("-start-at is %q: expected a time like 2026-01-02T15:04:05Z", o.startAt)
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
	if cfg.Shard.Number > 1 {
		cfg.Listen = "" // a server has one address for its hooks: the first shard takes them all
	}
	if o.run == "" {
		cfg.Run = fmt.Sprintf("s%d", o.seed)
	}
	return nil
}

// parseShard reads "2/8", or "/8" where index says which.
func parseShard(text, index string) (plan.Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	if number == "" && index != "" {
		i, err := strconv.Atoi(index)
		if err != nil {
			return plan.Shard{}, fmt.Errorf("%s is %q: expected a number", indexEnv, index)
		}
		number = strconv.Itoa(i + 1)
	}
	k, err1 := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || k < 1 || k > n || n > 10000 {
		return plan.Shard{}, fmt.Errorf("%q: expected K/N like 2/8, with K from 1 to N", text)
	}
	return plan.Shard{Number: k, Of: n}, nil
}
