package check

import (
	"testing"

	"hookproof/reports"
)

// readings makes the observations of a scenario that has looked at the server's
// memory: KB by one measure, the other steady.
func readings(measure string, kb ...float64) (obs []reports.Observation) {
	for i, m := range kb {
		held := reports.Memory{Resident: 20 << 20, Live: 1600 << 10}
		if measure == "bytes" {
			held.Resident = int64(m * (1 << 10))
		} else {
			held.Live = int64(m * (1 << 10))
		}
		obs = append(obs, reports.Observation{N: i, Kind: reports.KindNote, Name: MemoryNote,
			Data: &reports.Details{Memory: held}})
	}
	return obs
}

// growing is n readings that grow by so many KB each, from a start.
func growing(n int, start, by float64) (kb []float64) {
	for i := range n {
		kb = append(kb, start+float64(i)*by)
	}
	return kb
}

func TestMemoryStays(t *testing.T) {
	const fine, undecided, leak = "fine", "undecided", "leak"
	for _, c := range []struct {
		name string
		obs  []reports.Observation
		want string
	}{
		{"resident, flat", readings("bytes", 20e3, 22e3, 23e3, 23e3, 23e3, 23e3), fine},
		{"resident, as under the race detector", readings("bytes", 62350, 65160, 65890, 67050, 68340, 64660, 69560,
			65620), fine},
		{"resident, a little", readings("bytes", growing(6, 20e3, 4e3)...), undecided},
		{"resident, a leak", readings("bytes", growing(6, 20e3, 40e3)...), leak},
		{"resident, unknown", readings("bytes", make([]float64, 6)...), fine},
		{"live, as measured", readings("live", 1515, 1646, 1665, 1632, 1631, 1642), fine},
		{"live, single readings high", readings("live", 2292, 1564, 1593, 1599, 2605, 2373), fine},
		{"live, a single one low", readings("live", 1821, 2147, 2116, 1510, 2194, 2192, 2151, 2192), fine},
		{"live, the first low", readings("live", 510, 2147, 2116, 2110, 2194, 2192), fine},
		{"live, all the later high", readings("live", 1564, 1593, 1599, 2405, 2373, 2410), undecided},
		{"live, and no more in further rounds", readings("live", 1564, 1593, 1599, 2405, 2373, 2410, 2400, 2380, 2390,
			2410, 2400, 2390), fine},
		{"live, 5 KB a client", readings("live", growing(6, 1600, 500)...), undecided},
		{"live, 5 KB a client, in more rounds", readings("live", growing(12, 1600, 500)...), leak},
		{"live, 8 KB a client", readings("live", growing(6, 1600, 800)...), leak},
		{"live, 1 KB a client, in many rounds", readings("live", growing(24, 1600, 100)...), fine},
		{"live, 4 KB a client, in many rounds", readings("live", growing(24, 1600, 400)...), leak},
		{"too few rounds", readings("live", 1600, 1600, 1600), undecided},
		{"none", nil, undecided},
	} {
		got := fine
		f := MemoryStays(c.obs, 100)
		switch {
		case f == nil:
		case f.Undecided:
			got = undecided
		default:
			got = leak
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s: %+v", c.name, got, c.want, f)
		}
	}
}

// A leak by one measure is not hidden by a doubt about the other.
func TestMemoryStaysByBoth(t *testing.T) {
	obs := readings("bytes", growing(6, 20e3, 40e3)...)
	for i, kb := range growing(6, 1600, 500) {
		obs[i].Data.Live = int64(kb * (1 << 10))
	}
	if f := MemoryStays(obs, 100); f == nil || f.Undecided || len(f.Evidence) != 6 {
		t.Errorf("found %+v", f)
	}
}
