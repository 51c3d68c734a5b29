package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hookproof/hook"
	"hookproof/internal/redact"
	"hookproof/internal/timeline"
	"hookproof/reports"
)

// each runs a check on every request of the actors (none: all but markers),
// and wants at least one.
func each(obs []reports.Observation, actors []string, check func(*timeline.Hook) *Finding) *Finding {
	var hooks []timeline.Hook
	for _, h := range timeline.Hooks(obs, "") {
		if len(actors) == 0 || slices.Contains(actors, h.Actor) {
			hooks = append(hooks, h)
		}
	}
	if len(hooks) == 0 {
		return &Finding{Expected: "at least one request", Seen: "none", Detail: strays(obs)}
	}
	for i := range hooks {
		if f := check(&hooks[i]); f != nil {
			f.Evidence = append(f.Evidence, hooks[i].N)
			return f
		}
	}
	return nil
}

// who describes a request.
func who(h *timeline.Hook) string {
	if h.Actor == "" {
		return fmt.Sprintf("%s at %.3f s", h.Event, h.Arrived)
	}
	return fmt.Sprintf("%s of %s", h.Event, h.Actor)
}

// PostToURL checks S-REQ-01: method, path and query.
func PostToURL(obs []reports.Observation) *Finding {
	return each(obs, nil, func(h *timeline.Hook) *Finding {
		method, target, want := h.Obs.Details().Method, h.Obs.URL, h.Obs.Details().Target
		if method == "POST" && target == want {
			return nil
		}
		return &Finding{Expected: fmt.Sprintf("%s as POST %s", who(h), want), Seen: method + " " + target}
	})
}

// SoundBody checks S-REQ-02: one JSON object in UTF-8, as long as
// Content-Length says.
func SoundBody(obs []reports.Observation) *Finding {
	return each(obs, nil, func(h *timeline.Hook) *Finding {
		problem := bodyProblem(h.Obs.Body)
		length := h.Obs.Details().Length
		switch n, err := strconv.Atoi(length); {
		case h.Obs.Details().BodyError != "":
			problem = "the body broke off: " + h.Obs.Details().BodyError
		case length == "":
			problem = "no Content-Length"
		case err != nil || n != len(h.Obs.Body):
			problem = fmt.Sprintf("Content-Length %s with a body of %d bytes", length, len(h.Obs.Body))
		}
		if problem == "" {
			return nil
		}
		return &Finding{
			Expected: who(h) + " to have a body that is one JSON object of the length that Content-Length says",
			Seen:     problem, Detail: "the body: " + strconv.Quote(redact.Clip(h.Obs.Body, 1000)),
		}
	})
}

// bodyProblem says why a body is not one JSON object in UTF-8; "" when it is.
func bodyProblem(body string) string {
	if !utf8.ValidString(body) {
		return "the body is not UTF-8"
	}
	if _, err := object(body); err != nil {
		return err.Error()
	}
	return ""
}

// object decodes a body that must be one JSON object without duplicate keys.
func object(body string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	if t != json.Delim('{') {
		return nil, fmt.Errorf("JSON, but no object: it begins with %v", t)
	}
	m := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("no valid JSON at byte %d: %w", d.InputOffset(), err)
		}
		key, _ := t.(string)
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("no valid JSON at byte %d, the value of %q: %w", d.InputOffset(), key, err)
		}
		if _, twice := m[key]; twice {
			return nil, fmt.Errorf("the key %q is there twice", key)
		}
		m[key] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("no valid JSON at byte %d: %w", d.InputOffset(), err)
	}
	rest, err := io.ReadAll(io.MultiReader(d.Buffered(), strings.NewReader(body[d.InputOffset():])))
	if err == nil && len(bytes.TrimSpace(rest)) > 0 {
		err = errors.New("unexpected data after the object")
	}
	return m, err
}

// HasType checks S-REQ-04.
func HasType(obs []reports.Observation, want string) *Finding {
	return each(obs, nil, func(h *timeline.Hook) *Finding {
		got := h.Obs.Details().Type
		if kind, _, _ := strings.Cut(got, ";"); strings.EqualFold(strings.TrimSpace(kind), want) {
			return nil
		}
		return &Finding{Expected: who(h) + " to have the Content-Type " + want, Seen: strconv.Quote(got)}
	})
}

// HasAgent checks S-REQ-05.
func HasAgent(obs []reports.Observation) *Finding {
	return each(obs, nil, func(h *timeline.Hook) *Finding {
		if h.Obs.Details().Agent != "" {
			return nil
		}
		return &Finding{Expected: who(h) + " to have a User-Agent", Seen: "none"}
	})
}

// differs are the keys in which two clients differ anyway.
var differs = map[string]bool{"client_id": true, "send_bytes": true, "recv_bytes": true, "stream_id": true}

// Escaped checks S-REQ-03: an actor's requests are valid JSON, have the keys of
// the same event of a plain client, the marker, and apart from the named keys
// (and those in which any two clients differ) the profile's keys have its values.
func Escaped(p *hook.Profile, obs []reports.Observation, actor, marker string, may ...string) *Finding {
	plain := map[hook.Event]map[string]any{}
	for _, h := range timeline.Hooks(obs, marker) {
		if m, err := object(h.Obs.Body); err == nil {
			plain[h.Event] = m
		}
	}
	return each(obs, []string{actor}, func(h *timeline.Hook) *Finding {
		got, err := object(h.Obs.Body)
		if p := bodyProblem(h.Obs.Body); p != "" && err == nil {
			err = errors.New(p)
		}
		if err != nil {
			return &Finding{
				Expected: who(h) + " to be valid JSON",
				Seen:     err.Error(),
				Detail:   "the body: " + strconv.Quote(redact.Clip(h.Obs.Body, 1000)),
			}
		}
		want, ok := plain[h.Event]
		if !ok {
			return &Finding{Expected: fmt.Sprintf("the plain client to give %s, to compare with", h.Event),
				Seen: "none"}
		}
		if d := difference(p, h.Event, got, want, may); d != "" {
			return &Finding{
				Expected: who(h) + " to differ from a plain client's in " + strings.Join(may, ", ") + " only",
				Seen:     d,
				Detail:   "the body: " + strconv.Quote(redact.Clip(h.Obs.Body, 1000)),
			}
		}
		return nil
	})
}

// difference names the first key in which two payloads differ and may not.
func difference(p *hook.Profile, ev hook.Event, got, want map[string]any, may []string) string {
	keys := make([]string, 0, len(got)+len(want))
	for k := range got {
		keys = append(keys, k)
	}
	for k := range want {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		g, there := got[k]
		w, wanted := want[k]
		switch {
		case !there:
			return fmt.Sprintf("the key %q is missing", k)
		case !wanted:
			return fmt.Sprintf("a key %q that a plain client's has not", k)
		case !differs[k] && !slices.Contains(may, k) && carries(p, ev, k) && !reflect.DeepEqual(g, w):
			return fmt.Sprintf("%s is %q, a plain client's is %q", k, fmt.Sprint(g), fmt.Sprint(w))
		}
	}
	return ""
}
