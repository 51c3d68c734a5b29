package measure

import (
	"errors"
	"time"

	"github.com/prometheus/procfs"
)

// Process watches what a process costs, through procfs.
type Process struct {
	proc procfs.Proc
	at   time.Time
	cpu  float64 // seconds, at that time
	base float64 // seconds, when the watch began
}

// Cost is what a process cost since it was looked at before.
type Cost struct {
	CPU     float64 // cores busy: 1 is one core's whole time
	Seconds float64 // CPU seconds since Watch
	RSS     int64   // resident memory, bytes
	Threads int
	Files   int // open file descriptors; 0 where that is not to be seen
}

// shortest is the time over which CPU use means something: the kernel counts in
// ticks of 10 ms. After less than that, Cost.CPU is 0.
const shortest = 200 * time.Millisecond

// ErrNoProcess says that there is no such process any more.
var ErrNoProcess = errors.New("no such process")

// Watch begins to watch the process of that number.
func Watch(pid int) (*Process, error) {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return nil, errors.Join(ErrNoProcess, err)
	}
	p := &Process{proc: proc}
	c, err := p.Look()
	p.base = c.Seconds
	return p, err
}

// Look returns the cost since the last look.
func (p *Process) Look() (Cost, error) {
	st, err := p.proc.Stat()
	if err != nil {
		return Cost{}, errors.Join(ErrNoProcess, err)
	}
	now := time.Now()
	used := st.CPUTime()
	c := Cost{Seconds: used - p.base, RSS: int64(st.ResidentMemory()), Threads: st.NumThreads}
	passed := now.Sub(p.at)
	if !p.at.IsZero() && passed >= shortest {
		c.CPU = (used - p.cpu) / passed.Seconds()
	}
	if passed >= shortest {
		p.at, p.cpu = now, used
	}
	if n, err := p.proc.FileDescriptorsLen(); err == nil {
		c.Files = n
	}
	return c, nil
}
