package rtmptarget

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/endpoint"
	"hookproof/reports"
)

// strays keeps the requests that no client of the run explains, of a target and
// of the servers of its scenes' own.
type strays struct {
	mu       sync.Mutex
	kept     []stray
	more     int // that were not kept
	nameless int // clients of the run that gave no event which names them
}

type stray struct {
	at time.Time
	o  reports.Observation
}

// leave counts the clients of a scene that is over which gave no event that
// names them: an on_close that names nothing may be of one of them. (SRS drops
// one whose tcUrl it cannot read, and has lost the app by then.)
func (s *strays) leave(actors []*Actor) {
	n := 0
	for _, a := range actors {
		a.scene.mu.Lock()
		if a.dialed && a.clientID == "" && a.VHost.calls(hook.OnClose) && a.VHost.where != atNobody {
			n++
		}
		a.scene.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nameless += n
}

// unexplained returns those kept that not even the nameless clients explain.
func (s *strays) unexplained() (left []stray, more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nameless := s.nameless
	for _, r := range s.kept {
		if nameless > 0 && r.o.Event == hook.OnClose.String() && r.o.ClientID != "" {
			nameless--
			continue
		}
		left = append(left, r)
	}
	return left, s.more
}

// maxStrays bounds what is kept; one is a finding.
const maxStrays = 20

func (s *strays) add(q *endpoint.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) == maxStrays {
		s.more++
		return
	}
	o := reports.Observation{Kind: reports.KindNote, Name: check.StrayNote, ClientID: q.ClientID(), URL: q.Target,
		Text: fmt.Sprintf("%s %s %.500q", q.Method, q.Target, q.Body)}
	if q.HasEvent {
		o.Event = q.Event.String()
	}
	s.kept = append(s.kept, stray{q.Arrived, o})
}

// Unexplained records in the scene the requests of the whole run so far that no
// client explains.
func (s *Scene) Unexplained() {
	kept, more := s.Target.strays.unexplained()
	for _, r := range kept {
		r.o.T = s.Log.At(r.at)
		s.Log.Add(r.o)
	}
	if more > 0 {
		s.Note("strays", "and %d more that no client explains", more)
	}
}

// otherRun is how the apps, or the streams, of another run's clients end.
var otherRun = regexp.MustCompile(`-hp[0-9a-z]*x[0-9]+z$`)

// foreign reports whether a request that no client of the run explains may be
// about somebody else's: a server that is not ours may have other clients, and
// what is left of an earlier run. Those are told of at the URLs of the default
// vhost, by events that name their app and client; the other vhosts are there
// for this suite alone. What may be somebody else's is not held against the
// server, though a client of the run's may have caused it: that its own events
// are missing then is for the checks of its scenario to see.
func (r *router) foreign(q *endpoint.Request) bool {
	pl := q.Payload
	switch {
	case !q.HasEvent: // whoever looks for open ports
		return r.shared || !strings.HasPrefix(q.Target, "/hooks/")
	case !r.shared:
		return false
	}
	if otherRun.MatchString(pl.App) || otherRun.MatchString(pl.Stream) {
		return true
	}
	v, _ := parseTarget(q.Target)
	return v.Key == Default && pl.App != "" && pl.ClientID != ""
}
