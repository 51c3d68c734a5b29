package srsconf

import (
	"fmt"
	"net/url"
	"strings"

	"hookproof/hook"
)

// paths are those of the default callback server (PROTOCOL.md section 7).
var paths = map[hook.Event]string{
	hook.OnConnect: "/api/v1/clients", hook.OnClose: "/api/v1/clients",
	hook.OnPublish: "/api/v1/streams", hook.OnUnpublish: "/api/v1/streams",
	hook.OnPlay: "/api/v1/sessions", hook.OnStop: "/api/v1/sessions",
}

// DefaultURLs gives the URL of every event on a hook server at base, such as
// http://127.0.0.1:8085, with the default callback server's paths behind it.
// base may have a path of its own, but no query.
func DefaultURLs(base string) (map[hook.Event][]string, error) {
	if _, err := checkURL(base); err != nil {
		return nil, err
	}
	if u, err := url.Parse(base); err != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fmt.Errorf("expected a URL without a query, such as http://127.0.0.1:8085, got %s", shown(base))
	}
	urls := make(map[hook.Event][]string, len(paths))
	for event, path := range paths {
		urls[event] = []string{strings.TrimRight(base, "/") + path}
	}
	return urls, nil
}
