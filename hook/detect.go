package hook

import (
	"fmt"
	"net/url"
	"strings"

	"hookproof/internal/redact"
)

// Request is an HTTP request as a hook server received it, as far as [Detect]
// looks at it.
type Request struct {
	Target    string // path and query, as in the request line
	UserAgent string // empty: the caller sent none
	Body      []byte
}

// Detection says which profile's caller made a request.
type Detection struct {
	// Profile is the one that comes closest; nil where the request is not an
	// event of this protocol.
	Profile *Profile
	// Exact: the request has every key of the profile, each with its type.
	// Otherwise the caller only resembles the profile (SRS 3 and 4, say).
	Exact bool
	// Dialect names the protocol where it is another known one, such as
	// nginx-rtmp's; else empty.
	Dialect string
	// Reason says in one line what was seen. It quotes no values of keys but
	// action, since these may be secret.
	Reason string
}

// dialect is a protocol that servers of other families speak.
type dialect struct {
	name string
	form bool     // a form, in the body or the query; otherwise a JSON object
	keys []string // every request has them
}

// dialects are told by their keys. Sources: the requests of nginx-rtmp 1.2.2 as
// recorded, and of a fork, whose disconnect has no app; ZLMediaKit's wiki, page
// "HTTP HOOK API"; the comment on authHTTPAddress in MediaMTX's mediamtx.yml;
// OvenMediaEngine's page "Admission Webhooks".
var dialects = []dialect{
	{name: "nginx-rtmp (notify)", form: true, keys: []string{"call", "app", "addr"}},
	{name: "nginx-rtmp (notify)", form: true, keys: []string{"call", "addr", "clientid"}},
	{name: "ZLMediaKit (web hook)", keys: []string{"mediaServerId"}},
	{name: "MediaMTX (authHTTPAddress)", keys: []string{"action", "path", "protocol", "ip"}},
	{name: "OvenMediaEngine (AdmissionWebhooks)", keys: []string{"client", "request"}},
}

// Detect says which profile a request was written by. The type of client_id
// decides first, then how many keys of the event's table are missing or of
// another type, then User-Agent, then how many keys the table does not have;
// the profile listed first wins a tie. A JSON body is read as by [DecodeAny]: what
// is only badly escaped is detected all the same.
func Detect(r Request) Detection {
	if d, ok := detectForm(r); ok {
		return d
	}
	keys, err := topLevel(r.Body)
	if err != nil {
		return Detection{Reason: "body: want one JSON object, got " + quoteKind(r.Body, err)}
	}
	action := ""
	if v, ok := keys["action"]; ok && v.kind == jsonString {
		action = string(inside(v.raw))
	}
	e, known := eventOf(action)
	id, named := keys["client_id"]
	switch {
	case known && named:
		return closest(e, keys, r.UserAgent)
	case known:
		return Detection{Reason: action + ": want the key client_id, got none"}
	}
	for _, d := range dialects {
		if !d.form && hasAll(d.keys, func(k string) bool { _, ok := keys[k]; return ok }) {
			return Detection{Dialect: d.name, Reason: "a JSON object with " + strings.Join(d.keys, ", ")}
		}
	}
	if named && id.kind <= jsonInteger && action != "" {
		return Detection{Reason: fmt.Sprintf("action: want one of %s, got %q", strings.Join(eventNames[:], ", "),
			redact.Clip(action, mostQuoted))}
	}
	return Detection{Reason: "a JSON object without action and client_id"}
}

// detectForm looks for a dialect that sends forms, in the body or the query. Both are looked at: nginx-rtmp by GET
// lets its clients write into the request, and so add a body.
func detectForm(r Request) (Detection, bool) {
	_, query, _ := strings.Cut(r.Target, "?")
	// nginx-rtmp puts its fields after a second "?" where the URL has a query of its own.
	query = strings.ReplaceAll(query, "?", "&")
	for _, from := range []struct{ where, text string }{{"a form", string(r.Body)}, {"a query", query}} {
		if from.text == "" || from.text[0] == '{' { // forms are sent with whatever Content-Type
			continue
		}
		values, _ := url.ParseQuery(from.text) // of what cannot be parsed the rest is there
		for _, d := range dialects {
			if d.form && hasAll(d.keys, values.Has) {
				return Detection{
					Dialect: d.name,
					Reason:  from.where + " with " + strings.Join(d.keys, ", ") + ", not JSON",
				}, true
			}
		}
	}
	return Detection{}, false
}

func hasAll(keys []string, has func(string) bool) bool {
	for _, k := range keys {
		if !has(k) {
			return false
		}
	}
	return true
}

// topLevel reads the members of an object, the last one of each key.
func topLevel(body []byte) (map[string]value, error) {
	keys := map[string]value{}
	s := scanner{b: body, loose: true}
	err := s.whole(func(key []byte, v value) { keys[string(inside(key))] = v })
	return keys, err
}

// quoteKind says what a body is instead of an object.
func quoteKind(body []byte, err error) string {
	if len(body) == 0 {
		return "an empty body"
	}
	return "something else: " + err.Error()
}

// fit is how well a request fits a profile. Each number counts what does not.
type fit struct {
	profile  *Profile
	id       string // what is wrong with client_id; else empty
	problems []string
	agent    int // how well the profile knows the User-Agent
	unlisted int
}

func closest(e Event, keys map[string]value, agent string) Detection {
	var best fit
	for _, p := range Profiles() {
		if f := fitOf(p, e, keys, agent); best.profile == nil || f.better(best) {
			best = f
		}
	}
	d := Detection{Profile: best.profile, Exact: best.id == "" && len(best.problems) == 0}
	var why []string
	if d.Exact {
		why = append(why, fmt.Sprintf("%s has the keys of %s", e, best.profile.Title))
	} else {
		why = append(why, fmt.Sprintf("%s comes closest to %s", e, best.profile.Title))
	}
	id := keys["client_id"]
	switch {
	case best.id != "":
		why = append(why, best.id)
	case id.kind == jsonInteger:
		why = append(why, "client_id is an integer")
	default:
		why = append(why, "client_id is a string")
	}
	why = append(why, best.problems...)
	if agent != "" {
		why = append(why, "User-Agent "+redact.Clip(agent, mostQuoted))
	}
	d.Reason = strings.Join(why, ", ")
	return d
}

func fitOf(p *Profile, e Event, keys map[string]value, agent string) fit {
	f := fit{profile: p, unlisted: len(keys)}
	for _, k := range p.keys[e] {
		v, there := keys[k.Name]
		if there {
			f.unlisted--
		}
		switch {
		case there && (k.Name == "action" || k.Kind.holds(v)) || !there && k.Optional:
		case k.Name == "client_id":
			f.id = fmt.Sprintf("client_id is not %s", k.Kind)
		case !there:
			f.problems = append(f.problems, "no "+k.Name)
		default:
			f.problems = append(f.problems, fmt.Sprintf("%s is not %s", k.Name, k.Kind))
		}
	}
	for _, known := range p.Agents {
		f.agent = max(f.agent, known.fit(agent))
	}
	return f
}

// better reports whether f fits better than other.
func (f fit) better(other fit) bool {
	switch {
	case (f.id == "") != (other.id == ""):
		return f.id == ""
	case len(f.problems) != len(other.problems):
		return len(f.problems) < len(other.problems)
	case f.agent != other.agent:
		return f.agent > other.agent
	}
	return f.unlisted < other.unlisted
}
