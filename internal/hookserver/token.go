package hookserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hookproof/hook"
)

// Token is simple token authentication: a parameter KEY=VALUE that a client
// must carry in its URLs (PROTOCOL.md section 7).
//
// It is looked for in param and in the query of tcUrl, and nowhere else. Names
// and values are compared byte for byte, nothing is unescaped; parameters end
// at "&", "?" or the end, so that a token which SRS 7 doubles
// (?token=x?token=x) is the same one twice. The comparison takes the same time
// whatever the value is. A stream that carries its parameters in its name, as
// the document's server may send it, has them read as param if there is no
// param.
//
// Of every opening event, whichever:
//   - a wrong value refuses, also beside a right one, and so does an empty one;
//   - a right value and no wrong one accepts;
//   - no value at all refuses where the token is demanded.
//
// It is demanded at on_connect, on_publish and on_play, with two exceptions.
// In a profile that asks on_connect once the stream is named (srs6), an
// on_connect without a stream's name is let on: the token may come after
// the name, and on_publish or on_play will show it. And an on_publish or
// on_play that has neither param nor tcUrl (srs1 sends neither) is let on,
// because its on_connect was asked for the token.
//
// At returns another list of events that demand it, without the first exception
// for an on_connect in the list. The second exception holds as long as
// on_connect is in the list.
type Token struct {
	key  string
	want [sha256.Size]byte
	at   []hook.Event // nil: the rule above
}

// maxToken bounds KEY=VALUE, in bytes.
const maxToken = 4096

// ParseToken reads KEY=VALUE. Neither may be empty or hold a byte that ends or
// splits a parameter ("&", "?"; in KEY also "="), a blank or a control byte.
func ParseToken(s string) (*Token, error) {
	key, value, ok := strings.Cut(s, "=")
	switch {
	case !ok || key == "" || value == "":
		return nil, errors.New("want KEY=VALUE, with neither of them empty")
	case len(s) > maxToken:
		return nil, fmt.Errorf("want at most %d bytes, got %d", maxToken, len(s))
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '&' || r == '?' }):
		return nil, errors.New("want KEY=VALUE without blanks, control bytes, & and ?: a URL's parameter " +
			"cannot carry them")
	}
	return &Token{key: key, want: sha256.Sum256([]byte(value))}, nil
}

// At returns the same token, demanded at these events only. A closing event
// among them is an error.
func (t *Token) At(events ...hook.Event) (*Token, error) {
	for _, e := range events {
		if e.Closing() {
			return nil, fmt.Errorf("%s: want on_connect, on_publish or on_play: the answer to a closing "+
				"event changes nothing", e)
		}
	}
	if len(events) == 0 {
		return nil, errors.New("want at least one event")
	}
	demanding := *t
	demanding.at = slices.Clone(events)
	return &demanding, nil
}

// places says which keys that can carry a token an event has.
type places struct{ param, tcURL bool }

// found counts the values of the token's key.
type found struct{ right, wrong int }

// check says why the event is refused; "" lets it on.
func (t *Token) check(p *hook.Profile, e hook.Event, pl *hook.Payload, has places) string {
	var f found
	switch _, query, named := strings.Cut(pl.Stream, "?"); {
	case has.param:
		t.count(&f, afterMark(pl.Param))
	case named:
		has.param = true
		t.count(&f, query)
	}
	if _, query, ok := strings.Cut(pl.TCURL, "?"); ok {
		t.count(&f, query)
	}
	switch {
	case f.wrong > 0:
		return "wrong token"
	case f.right > 0 || !t.demanded(p, e, pl, has):
		return ""
	}
	return "no token"
}

// afterMark returns what is after the leading "?" that param must have
// (S-KEY-09); a param without it carries nothing.
func afterMark(param string) string {
	if rest, ok := strings.CutPrefix(param, "?"); ok {
		return rest
	}
	return ""
}

// count looks at every parameter, whatever the ones before were.
func (t *Token) count(f *found, params string) {
	for key, value := range hook.Params(params) {
		if key != t.key {
			continue
		}
		got := sha256.Sum256([]byte(value))
		right := subtle.ConstantTimeCompare(got[:], t.want[:])
		f.right += right
		f.wrong += 1 - right
	}
}

// demanded says whether an event without the token is refused.
func (t *Token) demanded(p *hook.Profile, e hook.Event, pl *hook.Payload, has places) bool {
	atConnect := t.at == nil || slices.Contains(t.at, hook.OnConnect)
	switch {
	case t.at != nil && !slices.Contains(t.at, e):
		return false
	case e == hook.OnConnect:
		return t.at != nil || p.ConnectFirst || pl.Stream != ""
	}
	return has.param || has.tcURL || !atConnect
}
