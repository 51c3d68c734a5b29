package result

import (
	"fmt"
	"strings"

	"hookproof/loadgen/account"
)

// group is the findings that are alike but for their client.
type group struct {
	account.Finding          // the first of them
	Count           int      // of all
	Clients         []string // the first few
}

// mostClients is how many clients of equal findings are named.
const mostClients = 5

// alike puts findings together that differ in their client, and in numbers, only.
func alike(list []account.Finding) (all []group) {
	at := map[string]int{}
	for _, f := range list {
		key := strings.Join([]string{string(f.Kind), f.Event, f.Requirement, withoutNumbers(f.Text)}, "\x00")
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, group{Finding: f})
		}
		all[i].Count++
		if len(all[i].Clients) < mostClients {
			all[i].Clients = append(all[i].Clients, f.Client)
		}
	}
	return all
}

// withoutNumbers puts # in place of each number.
func withoutNumbers(s string) string {
	var b strings.Builder
	digit := false
	for _, r := range s {
		was := digit
		digit = r >= '0' && r <= '9' || digit && r == '.'
		switch {
		case !digit:
			b.WriteRune(r)
		case !was:
			b.WriteByte('#')
		}
	}
	return b.String()
}

// Who names the clients of equal findings.
func (g *group) Who() string {
	who := strings.Join(g.Clients, ", ")
	if more := g.Count - len(g.Clients); more > 0 {
		who += fmt.Sprintf(" and %d more", more)
	}
	return who
}
