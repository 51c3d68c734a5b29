package program

import "slices"

// Smaller lists programs that are a step smaller than p, those that leave out most
// first: without a client, without a step, with plainer ones.
func Smaller(p Program) (all []Program) {
	for _, client := range Names {
		if q := without(p, client); len(q) < len(p) {
			all = append(all, q)
		}
	}
	for n := len(p) / 2; n > 1; n /= 2 { // runs of steps
		for at := 0; at+n <= len(p); at += n {
			all = append(all, slices.Delete(slices.Clone(p), at, at+n))
		}
	}
	for i := len(p) - 1; i >= 0; i-- {
		all = append(all, slices.Delete(slices.Clone(p), i, i+1))
	}
	for i := range p {
		for _, s := range plainer(p[i]) {
			q := slices.Clone(p)
			q[i] = s
			all = append(all, q)
		}
	}
	return slices.DeleteFunc(all, func(q Program) bool { return !q.Sound() })
}

// without leaves out a client, and what the hook server answers it.
func without(p Program, client string) Program {
	return slices.DeleteFunc(slices.Clone(p), func(s Step) bool { return slices.Contains(s.Acting(), client) })
}

// Plain answers, which others are shrunk to.
const (
	PlainAccept = "200 and `0`"
	PlainRefuse = "200 and `1`"
)

// plainer lists steps that say the same more plainly.
func plainer(s Step) (all []Step) {
	add := func(change func(*Step)) {
		t := s
		if change(&t); t != s {
			all = append(all, t)
		}
	}
	add(func(t *Step) { t.Flash = false })
	add(func(t *Step) { t.Eager = false })
	if s.Stream != "" {
		add(func(t *Step) { t.Stream = Streams[0] })
	}
	if s.Answer != "" {
		add(func(t *Step) { t.Answer = PlainRefuse })
	}
	if s.Kind == Go {
		add(func(t *Step) { t.How = Leaves })
	}
	return all
}

// Streams are the names that programs publish and play: few, so that they collide; one
// is another's with parameters.
var Streams = []string{"cam", "cam?token=one", "door", "cam?token=two&x=1"}

// Leaves is the plainest way to go.
const Leaves = "leaves"
