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
	for i := 0; i < len(p) && len(p) <= mostPairs; i++ { // two that need each other, as leaving and coming back
		for j := i + 1; j < len(p); j++ {
			all = append(all, slices.Delete(slices.Delete(slices.Clone(p), j, j+1), i, i+1))
		}
	}
	for i := range p {
		if p[i].Kind == Again {
			all = append(all, anew(p, i))
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

// mostPairs bounds the programs of which each two steps are left out.
const mostPairs = 10

// without leaves out a client, and what the hook server answers it.
func without(p Program, client string) Program {
	return slices.DeleteFunc(slices.Clone(p), func(s Step) bool { return slices.Contains(s.Acting(), client) })
}

// anew has the client of the i-th step, which comes back, come only then.
func anew(p Program, i int) (q Program) {
	client := p[i].Client
	for j, s := range p {
		switch own := s.Client == client && s.Kind != Answer && s.Kind != Hold; {
		case j == i:
			q = append(q, Step{Kind: Enter, Client: client, Act: s.Act, Stream: s.Stream})
		case j > i || !own:
			q = append(q, s)
		}
	}
	return q
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
		for i, client := range s.Acting() {
			add(func(t *Step) { *t = Step{Kind: Enter, Client: client, Act: "publish", Stream: s.Stream} })
			add(func(t *Step) { // without that one
				if all := s.Acting(); len(all) > 2 {
					t.Client = list(slices.Delete(all, i, i+1))
				}
			})
		}
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
