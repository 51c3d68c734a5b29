package soak

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/procfs"
)

// Footprint is what this process holds.
type Footprint struct {
	Goroutines int
	Files      int   // open file descriptors; 0 where that is not to be seen
	Heap       int64 // bytes of live objects and of stacks, after a collection
	RSS        int64 // resident memory in bytes; 0 where that is not to be seen
}

// String returns all of it.
func (f Footprint) String() string {
	return fmt.Sprintf("%d goroutines, %d files, heap %.2f MB, RSS %.1f MB", f.Goroutines, f.Files, mb(f.Heap),
		mb(f.RSS))
}

func mb(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// look takes the counts, which cost little.
func look() Footprint {
	f := Footprint{Goroutines: runtime.NumGoroutine()}
	if p, err := procfs.NewProc(os.Getpid()); err == nil {
		if n, err := p.FileDescriptorsLen(); err == nil {
			f.Files = n - 1 // the directory that was just read
		}
		if st, err := p.Stat(); err == nil {
			f.RSS = int64(st.ResidentMemory())
		}
	}
	return f
}

// measure collects garbage, gives memory back to the system, and takes the
// whole footprint. What a sync.Pool holds is gone after two collections.
func measure() Footprint {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f := look()
	f.Heap = int64(m.HeapAlloc + m.StackInuse)
	return f
}
