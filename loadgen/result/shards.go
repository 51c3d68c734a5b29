package result

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hookproof/loadgen/plan"
)

// shard is what one shard of a test left.
type shard struct {
	dir      string
	report   *Report
	hs       Histograms
	evidence *Evidence
}

// startsApart is how much the starts of shards may differ that agreed upon a time, by clocks of several machines.
const startsApart = 10 * time.Second

// readShards reads all shards, and says which cannot be read. A directory without a report means the directories
// in it.
func readShards(dirs []string) (shards []*shard, problems []string) {
	for _, dir := range expand(dirs) {
		s := &shard{dir: dir}
		var err error
		if s.report, s.hs, err = Read(dir); err == nil {
			s.evidence, err = ReadEvidence(dir)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, fmt.Sprintf("%s has no whole report: its process did not end in order", dir))
		case err != nil:
			problems = append(problems, err.Error())
		case s.evidence.Shard.Of > 1 || len(dirs) == 1 &&
			dirs[0] == dir: // a merged report beside the shards is left out
			shards = append(shards, s)
		case slices.Contains(dirs, dir):
			problems = append(problems, fmt.Sprintf("%s is no shard: it is a whole test", dir))
		}
	}
	return shards, problems
}

func expand(dirs []string) (list []string) {
	for _, dir := range dirs {
		inside, err := os.ReadDir(dir)
		if _, no := os.Stat(filepath.Join(dir, jsonFile)); no == nil || err != nil {
			list = append(list, dir)
			continue
		}
		n := len(list)
		for _, e := range inside {
			if e.IsDir() {
				list = append(list, filepath.Join(dir, e.Name()))
			}
		}
		if len(list) == n {
			list = append(list, dir)
		}
	}
	return list
}

// choose keeps the shards of the test to which most of them belong, and says what is wrong with the rest.
func choose(all []*shard, wrong []string) (shards []*shard, problems []string) {
	problems = wrong
	if len(all) == 0 {
		return nil, append(problems, "there is no shard")
	}
	reference := all[0]
	votes := func(s *shard) (n int) {
		for _, other := range all {
			if s.differs(other) == "" {
				n++
			}
		}
		return n
	}
	for _, s := range all[1:] {
		if votes(s) > votes(reference) {
			reference = s
		}
	}
	byNumber := map[int]*shard{}
	for _, s := range all {
		number := max(s.evidence.Shard.Number, 1)
		other := byNumber[number]
		switch why := reference.differs(s); {
		case why != "":
			problems = append(problems, fmt.Sprintf("%s is no shard of the same test as %s: %s", s.dir, reference.dir,
				why))
		case other != nil:
			problems = append(problems, fmt.Sprintf("%s and %s are the same shard, %d of %d", other.dir, s.dir, number,
				s.evidence.Shard.Of))
		default:
			byNumber[number] = s
		}
	}
	for k := 1; k <= max(reference.evidence.Shard.Of, 1); k++ {
		if s := byNumber[k]; s != nil {
			shards = append(shards, s)
		} else {
			problems = append(problems, fmt.Sprintf("shard %d of %d has no report: its process did not end in order", k,
				reference.evidence.Shard.Of))
		}
	}
	return shards, problems
}

// differs says what makes another shard one of another test; "" if nothing does.
func (s *shard) differs(other *shard) string {
	a, b := s, other
	switch {
	case a.report.Run != b.report.Run:
		return fmt.Sprintf("run %.40q, want %q", b.report.Run, a.report.Run)
	case a.evidence.Shard.Of != b.evidence.Shard.Of:
		return fmt.Sprintf("%d shards, want %d", b.evidence.Shard.Of, a.evidence.Shard.Of)
	case a.evidence.Plan.Seed != b.evidence.Plan.Seed:
		return fmt.Sprintf("seed %d, want %d", b.evidence.Plan.Seed, a.evidence.Plan.Seed)
	case !plan.Same(a.evidence.Plan, b.evidence.Plan):
		return fmt.Sprintf("load %q, want %q", b.report.Setup.Load, a.report.Setup.Load)
	case a.evidence.Meeting != b.evidence.Meeting:
		return fmt.Sprintf("it met other shards, and began at %s, want %s", b.began(), a.began())
	}
	if apart := b.report.Started.Sub(a.report.Started); a.evidence.Meeting == "" && apart.Abs() > startsApart {
		return fmt.Sprintf("it began at %s, want %s", b.began(), a.began())
	}
	return ""
}

func (s *shard) began() string { return s.report.Started.UTC().Format(time.RFC3339) }

// interrupted says why a shard's plan was not played to its end, if so.
func (s *shard) interrupted() []string {
	r, which := s.report, s.dir
	if sh := s.evidence.Shard; sh.Of > 1 {
		which = fmt.Sprintf("shard %d of %d", sh.Number, sh.Of)
	}
	switch {
	case r.Partial != "":
		return []string{which + ": " + r.Partial}
	case r.Sessions.Started < r.Sessions.Planned:
		return []string{fmt.Sprintf("%s: %d of %d sessions began", which, r.Sessions.Started, r.Sessions.Planned)}
	}
	return nil
}
