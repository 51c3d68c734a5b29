package loadgen

import "context"

// Probe is one test of a search.
type Probe struct {
	Sessions int
	Output   *Output
}

// Found is what a search came to.
type Found struct {
	Good, Bad *Probe // the last that passed, the first that did not; nil: none
	Probes    []Probe
}

// Find searches the largest number of sessions, from start to most, that a
// probe passes: it doubles until one fails (or halves until one passes), then
// bisects until the two are within a tenth. Void probes count as failed: more
// than that cannot be measured here. When ctx is done it stops with what it
// has.
func Find(ctx context.Context, start, most int, probe func(ctx context.Context, n int) (*Output, error),
	passed func(*Output) bool) (*Found, error) {
	f := &Found{}
	for n := min(max(start, 1), most); n > 0 && ctx.Err() == nil; n = f.next(most) {
		out, err := probe(ctx, n)
		if err != nil {
			return f, err
		}
		f.Probes = append(f.Probes, Probe{n, out})
		p := &Probe{n, out}
		if passed(out) {
			f.Good = p
		} else {
			f.Bad = p
		}
	}
	return f, nil
}

// next returns the next number to try, 0 for none.
func (f *Found) next(most int) int {
	switch {
	case f.Bad == nil && f.Good.Sessions >= most:
		return 0
	case f.Bad == nil:
		return min(2*f.Good.Sessions, most)
	case f.Good == nil:
		return f.Bad.Sessions / 2
	}
	gap := f.Bad.Sessions - f.Good.Sessions
	if gap <= 1 || gap*10 <= f.Good.Sessions {
		return 0
	}
	return f.Good.Sessions + gap/2
}
