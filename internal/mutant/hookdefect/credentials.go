package hookdefect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"

	"hookproof/hook"
	"hookproof/internal/identity"
	"hookproof/internal/scenario/hooktarget"
)

// knowing has the suite know these clients instead of those with the token;
// the text is as in a file of identities.
func knowing(text string) func(*parts) {
	return func(s *parts) {
		s.told = func(o *hooktarget.Options) error {
			o.Identities = identity.Set{}
			return o.Identities.Parse("identities", []byte(text))
		}
	}
}

// everywhere names the same clients for all opening events.
func everywhere(accept, refuse string) string {
	list := func(sample string) string {
		return "{on_connect: [" + sample + "], on_publish: [" + sample + "], on_play: [" + sample + "]}"
	}
	return "{accept: " + list(accept) + ", refuse: " + list(refuse) + "}"
}

// secret is what the servers of this package sign with.
const secret = "variants"

func signed(text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// jwt makes a token of RFC 7519 for a user, signed by HS256.
func jwt(user string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	text := b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64([]byte(`{"sub":"`+user+`","exp":4102444800}`))
	return text + "." + b64(signed(text))
}

// validJWT reports whether a token is signed by us, for a user who may come in.
func validJWT(token string) bool {
	at := strings.LastIndexByte(token, '.')
	if at < 0 || token[at+1:] != base64.RawURLEncoding.EncodeToString(signed(token[:at])) {
		return false
	}
	_, payload, _ := strings.Cut(token[:at], ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	var claims struct{ Sub string }
	return err == nil && json.Unmarshal(text, &claims) == nil && claims.Sub == "ann"
}

// readsJWT wants a token that it has signed.
func readsJWT(s *parts) {
	s.right = validJWT
	knowing(everywhere(`{token: "token=`+jwt("ann")+`"}`, `{token: "token=`+jwt("eve")+`"}`))(s)
}

// signature is what a client must present to use a stream.
func signature(stream string) string { return hex.EncodeToString(signed(stream)) }

// carries reports whether parameters have a key with the right value, and with
// no other.
func carries(pl *hook.Payload, key, want string) bool {
	n := 0
	for _, place := range []string{pl.Param, query(pl.TCURL), query(pl.Stream)} {
		for name, value := range hook.Params(place) {
			if name == key {
				if n++; value != want {
					return false
				}
			}
		}
	}
	return n > 0
}

// signsStreams wants the HMAC of the stream's name.
func signsStreams(s *parts) {
	s.allow = func(pl *hook.Payload) bool { return carries(pl, "sign", signature(pl.Stream)) }
	sample := func(stream, of string) string {
		return `{stream: ` + stream + `, param: "?sign=` + signature(of) + `"}`
	}
	knowing(everywhere(sample("cam1", "cam1")+", "+sample("cam2", "cam2"), sample("cam1", "cam2")))(s)
}

// oneKeyOfTwo is given a user and a password, and looks at the user alone.
func oneKeyOfTwo(s *parts) {
	s.allow = func(pl *hook.Payload) bool { return carries(pl, "user", "ann") }
	knowing(everywhere(`{token: "user=ann&pass=Secret"}`, `{token: "user=bob&pass=Secret"}`))(s)
}

// twoKeys wants a user and the user's password.
func twoKeys(s *parts) {
	s.allow = func(pl *hook.Payload) bool { return carries(pl, "user", "ann") && carries(pl, "pass", "Secret") }
	knowing(everywhere(`{token: "user=ann&pass=Secret"}`, `{token: "user=ann&pass=wrong"}`))(s)
}

// rooms are streams with one publisher each.
type rooms struct {
	mu        sync.Mutex
	publisher map[string]string // client, by stream
	known     map[string]bool   // clients that have connected
}

// keeps has a server keep rooms; an opening event must also be allowed by rule.
func keeps(rule func(r *rooms, pl *hook.Payload) bool) func(*parts) {
	return func(s *parts) {
		r := &rooms{publisher: map[string]string{}, known: map[string]bool{}}
		allow := s.allow
		s.allow = func(pl *hook.Payload) bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			if !allow(pl) || !rule(r, pl) {
				return false
			}
			switch pl.Action {
			case "on_connect":
				r.known[pl.ClientID] = true
			case "on_publish":
				r.publisher[stream(pl)] = pl.ClientID
			}
			return true
		}
		s.closed = func(pl *hook.Payload) reply {
			r.mu.Lock()
			defer r.mu.Unlock()
			switch {
			case pl.Action == "on_close":
				delete(r.known, pl.ClientID)
			case pl.Action == "on_unpublish" && r.publisher[stream(pl)] == pl.ClientID:
				delete(r.publisher, stream(pl))
			}
			return s.accept
		}
	}
}

func stream(pl *hook.Payload) string { return pl.VHost + "/" + pl.App + "/" + pl.Stream }

// The rules of servers that keep rooms.
func liveToPlay(r *rooms, pl *hook.Payload) bool {
	return pl.Action != "on_play" || r.publisher[stream(pl)] != ""
}

func onePublisher(r *rooms, pl *hook.Payload) bool {
	return pl.Action != "on_publish" || r.publisher[stream(pl)] == ""
}

func connectedFirst(r *rooms, pl *hook.Payload) bool {
	return pl.Action == "on_connect" || r.known[pl.ClientID]
}
