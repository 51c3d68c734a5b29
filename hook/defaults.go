package hook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// defaultPaths are those of the default callback server (v1_EN_HTTPCallback).
var defaultPaths = [eventCount]string{
	OnConnect: "/api/v1/clients", OnClose: "/api/v1/clients",
	OnPublish: "/api/v1/streams", OnUnpublish: "/api/v1/streams",
	OnPlay: "/api/v1/sessions", OnStop: "/api/v1/sessions",
}

// DefaultPaths lists the paths of the default callback server.
func DefaultPaths() []string {
	paths := slices.Clone(defaultPaths[:])
	slices.Sort(paths)
	return slices.Compact(paths)
}

// EventsAt lists the events that the default callback server takes at a path;
// none at another path than its own.
func EventsAt(path string) []Event {
	var all []Event
	for _, e := range Events {
		if defaultPaths[e] == path {
			all = append(all, e)
		}
	}
	return all
}

// DefaultURLs returns one URL for each event: base, such as
// http://127.0.0.1:8085, with the default callback server's paths after it.
// base may have a path of its own, but no query. The error does not repeat
// base, which may hold a password.
func DefaultURLs(base string) (map[Event][]string, error) {
	if err := CheckURL(base); err != nil {
		return nil, fmt.Errorf("hook server's URL: %w", errors.Unwrap(err))
	}
	if strings.ContainsAny(base, "?#") {
		return nil, errors.New("hook server's URL: want one without a query, such as http://127.0.0.1:8085")
	}
	urls := make(map[Event][]string, len(Events))
	for _, e := range Events {
		urls[e] = []string{strings.TrimRight(base, "/") + defaultPaths[e]}
	}
	return urls, nil
}
