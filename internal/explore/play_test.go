package explore

import (
	"os"
	"strconv"
	"testing"
	"time"

	"hookproof/hook"
	"hookproof/internal/explore/program"
	"hookproof/internal/scenario/rtmptarget"
)

func TestTmp(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	from, _ := strconv.Atoi(os.Getenv("FROM"))
	for _, p := range hook.Profiles() {
		tg, err := rtmptarget.BuiltIn(rtmptarget.BuiltInOptions{Profile: p, Nonce: "t"})
		if err != nil {
			t.Fatal(err)
		}
		defer tg.Close()
		for i := from; i < from+n; i++ {
			pr := program.Draw(uint64(i), program.Limits{Clients: 8, Kick: true})
			start := time.Now()
			r := play(t.Context(), tg, pr, "x", time.Now())
			took := time.Since(start)
			if len(r.found) > 0 || r.reason != "" || took > 2*time.Second {
				t.Logf("%s seed %d took %v: reason %q\n%s", p, i, took, r.reason, pr)
				for _, f := range r.found {
					t.Logf("   %s [%s]: %v", f.Requirement, f.Cause, f)
				}
				if os.Getenv("V") != "" {
					for _, o := range r.obs {
						t.Logf("%.4f %d %s %s %s %s %s %s %v %.120s", o.T, o.N, o.Actor, o.Kind, o.Name, o.Event, o.Code, o.ClientID, o.Refs, o.Text)
					}
				}
			}
		}
	}
}
