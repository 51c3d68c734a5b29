package hookcheck

import (
	"fmt"

	"hookproof/internal/check"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// On reports whether an RTMP client was let on: it was told so, and it is not
// disconnected.
func On(obs []reports.Observation, actor string) bool {
	told := check.Told(obs, actor, check.PublishStart) != nil || check.Told(obs, actor, check.PlayStart) != nil
	return told && timeline.Disconnected(obs, actor) == nil
}

// Gone reports whether the server has disconnected an RTMP client.
func Gone(obs []reports.Observation, actor string) bool {
	d := timeline.Disconnected(obs, actor)
	return d != nil && d.Name != "local"
}

// LetOn checks that an RTMP client was let on: whoever the hook server accepts
// gets in.
func LetOn(obs []reports.Observation, actor, expected string) *check.Finding {
	if On(obs, actor) {
		return nil
	}
	f := &check.Finding{Expected: actor + ", a client of an RTMP server that asks the hook server, to be let on"}
	return outcome(f, obs, actor, expected)
}

// ThrownOut checks that an RTMP client was thrown out, and told of no success.
func ThrownOut(obs []reports.Observation, actor, expected string) *check.Finding {
	if Gone(obs, actor) && check.Told(obs, actor, check.PublishStart) == nil {
		return nil
	}
	f := &check.Finding{Expected: actor + ", a client of an RTMP server that asks the hook server, to be thrown out"}
	return outcome(f, obs, actor, expected)
}

// outcome tells what became of a client, and what the hook server said of it.
func outcome(f *check.Finding, obs []reports.Observation, actor, expected string) *check.Finding {
	f.Seen = "it was told nothing"
	for _, o := range timeline.Of(obs, actor, reports.KindStatus) {
		f.Seen = fmt.Sprintf("it was told %s (%.3f s)", o.Code, o.T)
		f.Evidence = append(f.Evidence, o.N)
	}
	if d := timeline.Disconnected(obs, actor); d != nil {
		f.Seen += fmt.Sprintf(", and disconnected (%s, %.3f s)", d.Name, d.T)
		f.Evidence = append(f.Evidence, d.N)
	} else {
		f.Seen += ", and is still connected"
	}
	for _, x := range Exchanges(obs, Watched) {
		if x.Actor == actor {
			f.Detail += x.tell(expected)
			f.Evidence = append(f.Evidence, x.evidence()...)
		}
	}
	return f
}
