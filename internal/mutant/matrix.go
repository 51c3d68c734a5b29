package mutant

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
	var b strings.Builder
	for _, role := range []string{features.RoleServer, features.RoleHookServer} {
		writeMatrix(&b, role, trials)
	}
	b.WriteString("# failed as it must   + failed as it may   . passed   o passed, but must fail   ! failed, but " +
		"must not\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// writeMatrix prints the trials of a role, if there are any.
func writeMatrix(b *strings.Builder, role string, trials []*Trial) {
	trials = slices.DeleteFunc(slices.Clone(trials), func(t *Trial) bool { return t.Row.Peer.Role() != role })
	if len(trials) == 0 {
		return
	}
	sections, ids := columns(role)
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
		fmt.Fprintf(b, "%-*s%s\n", nameWidth, "", strings.TrimRight(h, " "))
	}
	for _, t := range trials {
		fmt.Fprintf(b, "%-*s", nameWidth, t.Row.Name+" "+t.Profile.Name)
		for _, s := range sections {
			b.WriteString(" ")
			for _, id := range ids[s] {
				b.WriteByte(t.mark(id))
			}
			b.WriteString(strings.Repeat(" ", max(0, len(s)-len(ids[s]))))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// nameWidth fits the longest name of a mutant with its profile.
const nameWidth = 34

// columns returns the sections of a role's ids ("REQ" of S-REQ-01) and the ids of each.
func columns(role string) (sections []string, ids map[string][]string) {
	ids = map[string][]string{}
	for _, r := range features.Requirements() {
		parts := strings.Split(r.ID, "-")
		if r.Role != role || len(parts) != 3 {
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
	case bad && t.Row.Allows(id):
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
