package loadgen

import (
	"fmt"
	"strings"

	"hookproof/internal/client"
	"hookproof/internal/identity"
	"hookproof/loadgen/plan"
)

// presents returns how a client of the plan presents itself.
func (r *run) presents(s *plan.Session) identity.Client {
	return r.set.identities.Client(identity.Who{
		Opens: s.Role.Event(), Refused: s.Refused && len(r.set.identities.Refuse) > 0, At: s.RefuseAt, Turn: s.Index,
	}, r.place)
}

// options are those of a client of the server under test.
func (r *run) options(c identity.Client, key string) client.Options {
	tcURL := r.tcURL(c)
	return client.Options{URL: r.base, TCURL: tcURL, App: appOf(tcURL), PageURL: pageURL(key), Timeout: r.cfg.Timeout,
		Quiet: true}
}

// tcURL is what a client connects to, by its own words.
func (r *run) tcURL(c identity.Client) string {
	if c.TCURL != "" {
		return c.TCURL
	}
	url, query, _ := strings.Cut(r.base, "?")
	scheme, rest, _ := strings.Cut(url, "://")
	host, app, _ := strings.Cut(rest, "/")
	if c.VHost != "" {
		host = c.VHost
	}
	if c.App != "" {
		app = c.App
	}
	if query != "" && c.Query != "" {
		query += "&"
	}
	if query += c.Query; query != "" {
		query = "?" + query
	}
	return scheme + "://" + host + "/" + app + query
}

// appOf is the app that a client's connect names: what follows the host.
func appOf(tcURL string) string {
	_, rest, _ := strings.Cut(tcURL, "://")
	_, app, _ := strings.Cut(rest, "/")
	return app
}

// param is what follows the stream's name: credentials, then the key by which the client is told from others.
func param(c identity.Client, key string) string {
	if c.Param == "" {
		return "?client=" + key
	}
	return "?" + c.Param + "&client=" + key
}

// stream is a stream's bare name.
func (r *run) stream(s *plan.Session) string { return fmt.Sprintf("lg%ss%d", r.cfg.Run, s.Stream) }

// pageURL carries a client's key where every version of the hooks shows it.
func pageURL(key string) string { return "http://loadgen.invalid/" + key }
