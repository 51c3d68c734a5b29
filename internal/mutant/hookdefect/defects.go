package hookdefect

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"hookproof/hook"
)

func accepting(status int, body string) planted {
	return func(s *parts) {
		s.accept = reply{status, body}
		s.closed = func(*hook.Payload) reply { return s.accept }
	}
}

func refusing(status int, body string) planted {
	return func(s *parts) { s.refuse = reply{status, body} }
}

// closing answers one closing event otherwise.
func closing(action string, with reply) planted {
	return func(s *parts) {
		s.closed = func(pl *hook.Payload) reply {
			if pl.Action == action {
				return with
			}
			return s.accept
		}
	}
}

// knowsClients answers closing events of known clients only.
func knowsClients(s *parts) {
	var known sync.Map
	allow := s.allow
	s.allow = func(pl *hook.Payload) bool {
		known.Store(pl.ClientID, true)
		return allow(pl)
	}
	s.closed = func(pl *hook.Payload) reply {
		if _, ok := known.Load(pl.ClientID); !ok {
			return reply{404, "no such client"}
		}
		return s.accept
	}
}

// leavesOnce refuses a closing event that came before.
func leavesOnce(s *parts) {
	var over sync.Map
	s.closed = func(pl *hook.Payload) reply {
		if _, again := over.LoadOrStore(pl.Action+pl.ClientID, true); again {
			return reply{200, "1"}
		}
		return s.accept
	}
}

func unchecked(ev hook.Event) planted {
	return func(s *parts) {
		allow := s.allow
		s.allow = func(pl *hook.Payload) bool { return pl.Action == ev.String() || allow(pl) }
	}
}

func trusts(ip string) planted {
	return func(s *parts) {
		allow := s.allow
		s.allow = func(pl *hook.Payload) bool { return pl.IP == ip || allow(pl) }
	}
}

func compares(right func(string) bool) planted {
	return func(s *parts) { s.right = right }
}

func foldedToken(v string) bool     { return strings.EqualFold(v, tokenValue) }
func beginsWithToken(v string) bool { return strings.HasPrefix(v, tokenValue) }
func endsInToken(v string) bool     { return strings.HasSuffix(v, tokenValue) }
func beginsToken(v string) bool     { return v != "" && strings.HasPrefix(tokenValue, v) }

// anywhere finds the token's value wherever it is.
func anywhere(s *parts) {
	s.values = func(params string) []string {
		if strings.Contains(params, tokenValue) {
			return []string{tokenValue}
		}
		return nil
	}
}

// ofSeveral picks some of the values of one place.
func ofSeveral(pick func([]string) []string) planted {
	return func(s *parts) {
		s.values = func(params string) []string {
			all := values(params)
			if len(all) < 2 {
				return all
			}
			return pick(all)
		}
	}
}

func optional(s *parts) {
	allow := s.allow
	s.allow = func(pl *hook.Payload) bool {
		none := len(values(pl.Param))+len(values(query(pl.TCURL)))+len(values(query(pl.Stream))) == 0
		return none || allow(pl)
	}
}

// remembers keeps the last token that it saw for those who have none.
func remembers(s *parts) {
	var mu sync.Mutex
	last := ""
	allow := s.allow
	s.allow = func(pl *hook.Payload) bool {
		mu.Lock()
		defer mu.Unlock()
		q := *pl
		if len(values(pl.Param)) == 0 {
			q.Param = last
		}
		ok := allow(&q)
		if ok {
			last = q.Param
		}
		return ok
	}
}

// cuts reads the beginning of the parameters.
func cuts(n int) planted {
	return func(s *parts) {
		s.values = func(params string) []string { return values(params[:min(n, len(params))]) }
	}
}

func firstOnly(s *parts) {
	s.values = func(params string) []string {
		first, _, _ := strings.Cut(strings.TrimPrefix(params, "?"), "&")
		return values(first)
	}
}

func ampersandOnly(s *parts) {
	s.values = func(params string) []string {
		var all []string
		for field := range strings.SplitSeq(strings.TrimPrefix(params, "?"), "&") {
			if v, ok := strings.CutPrefix(field, tokenKey+"="); ok {
				all = append(all, v)
			}
		}
		return all
	}
}

// checked has a look at the body before it is decoded; an error is answered
// with 500.
func checked(look func(body []byte) error) planted {
	return func(s *parts) {
		read := s.body
		s.body = func(w http.ResponseWriter, r *http.Request) ([]byte, reply) {
			body, fault := read(w, r)
			if fault.status == 0 && look(body) != nil {
				fault = reply{500, "internal error"}
			}
			return body, fault
		}
	}
}

var errDefect = errors.New("planted")

// nested is an array nested so deep.
func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
