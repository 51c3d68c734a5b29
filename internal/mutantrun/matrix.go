package mutantrun

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hookproof/features"
)

// WriteMatrix prints the trials as rows and the requirements as columns:
// # failed as it must, + failed as it may, . passed, o passed but must fail,
// ! failed but must not, and a blank where nothing was run.
func WriteMatrix(w io.Writer, trials []*Trial) error {
	sections, ids := columns()
	var b strings.Builder
	heads := [3]string{}
	for _, s := range sections {
		n := len(ids[s])
		heads[0] += fmt.Sprintf(" %-*.*s", n, max(n, len(s)), s)
		heads[1] += " "
		heads[2] += " "
		for _, id := range ids[s] {
			number := id[len(id)-2:]
			heads[1] += strings.TrimPrefix(number[:1], "0")
			if number[0] == '0' {
				heads[1] += " "
			}
			heads[2] += number[1:]
		}
		heads[1] += strings.Repeat(" ", max(0, len(s)-n))
		heads[2] += strings.Repeat(" ", max(0, len(s)-n))
	}
	for _, h := range heads {
		fmt.Fprintf(&b, "%-*s%s\n", nameWidth, "", strings.TrimRight(h, " "))
	}
	for _, t := range trials {
		fmt.Fprintf(&b, "%-*s", nameWidth, t.Mutant.Name+" "+t.Profile.Name)
		for _, s := range sections {
			b.WriteString(" ")
			for _, id := range ids[s] {
				b.WriteByte(t.mark(id))
			}
			b.WriteString(strings.Repeat(" ", max(0, len(s)-len(ids[s]))))
		}
		b.WriteString("\n")
	}
	b.WriteString("# failed as it must   + failed as it may   . passed   o passed, but must fail   ! failed, but must not\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// nameWidth fits the longest name of a mutant with its profile.
const nameWidth = 34

// columns gives the sections of the ids ("REQ" of S-REQ-01) and the ids of each.
func columns() (sections []string, ids map[string][]string) {
	ids = map[string][]string{}
	for _, r := range features.Requirements() {
		parts := strings.Split(r.ID, "-")
		if r.Role != features.RoleServer || len(parts) != 3 {
			continue
		}
		if ids[parts[1]] == nil {
			sections = append(sections, parts[1])
		}
		ids[parts[1]] = append(ids[parts[1]], r.ID)
	}
	for _, all := range ids {
		slices.Sort(all)
	}
	return sections, ids
}

// mark is a trial's cell of a requirement.
func (t *Trial) mark(id string) byte {
	switch bad := slices.Contains(t.Failed, id); {
	case bad && t.must(id):
		return '#'
	case bad && t.Mutant.Allows(id):
		return '+'
	case bad:
		return '!'
	case slices.Contains(t.Passed, id) && t.must(id):
		return 'o'
	case slices.Contains(t.Passed, id):
		return '.'
	}
	return ' '
}
