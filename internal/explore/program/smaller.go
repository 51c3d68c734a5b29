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
	for _, client := range Names {
		if q := joined(p, client); q != nil {
			all = append(all, q)
		}
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

// joined has a client that connects, and publishes or plays later, do both then; nil
// where none does.
func joined(p Program, client string) Program {
	connects := slices.IndexFunc(p, func(s Step) bool { return s.Kind == Connect && s.Client == client })
	enters := slices.IndexFunc(p, func(s Step) bool { return s.Kind == Again && s.Client == client })
	if connects < 0 || enters < 0 {
		return nil
	}
	q := slices.Clone(p)
	q[enters] = Step{Kind: Enter, Client: client, Act: p[enters].Act, Stream: p[enters].Stream}
	return slices.Delete(q, connects, connects+1)
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
	if s.Kind == AtOnce {
		add(func(t *Step) {
			*t = Step{Kind: Enter, Client: s.Acting()[0], Act: "publish", Stream: s.Stream}
		})
		add(func(t *Step) { // with the last one left out
			if all := s.Acting(); len(all) > 2 {
				t.Client = list(all[:len(all)-1])
			}
		})
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
