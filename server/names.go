package server

import (
	"errors"
	"fmt"
	"strings"

	"hookproof/hook"
	"hookproof/internal/redact"
)

// defaultApp is the app of a tcUrl that names none, as in SRS.
const defaultApp = "__defaultApp__"

// address is what the tcUrl of a connect says.
type address struct {
	host, app string
	param     string // with its leading "?" or "#", or empty
}

// target is the stream that a command names, or, with an empty name, the app that a connect names.
type target struct {
	vhost            *VHost
	app, name, param string
}

// parseTCURL takes a tcUrl apart: scheme://host[:port]/app[/instance][?param]. The app property of the
// connect fills in an app that the tcUrl has not. The old app...vhost...NAME is app?vhost=NAME.
func parseTCURL(tcURL, app string) (address, error) {
	_, rest, ok := strings.Cut(modernize(tcURL), "://")
	if !ok {
		return address{}, errors.New("tcUrl: want scheme://host/app")
	}
	var a address
	rest, a.param = cutParam(rest)
	authority, path, _ := strings.Cut(rest, "/")
	if a.host = hostOf(authority); a.host == "" {
		return address{}, errors.New("tcUrl: want a host after ://")
	}
	a.app = strings.Trim(path, "/")
	if a.app == "" {
		name, param := cutParam(modernize(app))
		a.app = strings.Trim(name, "/")
		if a.param == "" {
			a.param = param
		}
	}
	a.app = withoutInstance(blanks.Replace(a.app))
	if a.app == "" {
		a.app = defaultApp
	}
	return a, nil
}

// modernize writes the old way to name a vhost as a parameter.
func modernize(s string) string { return strings.ReplaceAll(s, "...vhost...", "?vhost=") }

// withoutInstance drops the default instance that old encoders append to the app.
func withoutInstance(app string) string {
	return strings.TrimSuffix(strings.ReplaceAll(app+"/", "/_definst_/", "/"), "/")
}

// cutParam cuts s before the first "?" or "#".
func cutParam(s string) (name, param string) {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// hostOf drops user and port.
func hostOf(authority string) string {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if v6, _, ok := strings.Cut(strings.TrimPrefix(host, "["), "]"); ok {
		return v6
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

// blanks are removed from apps and stream names, as in SRS.
var blanks = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "")

// stream joins the address with a stream's name as a command has it: name[?param]. Directories of the
// name belong to the app, and blanks to nothing, as in SRS. The parameters of the tcUrl follow those of the stream,
// once (S-KEY-09).
func (a address) stream(raw string) (app, name, param string) {
	name, param = cutParam(modernize(raw))
	name = strings.TrimLeft(blanks.Replace(name), "/")
	app = a.app
	if dir, base, ok := cutLast(name, "/"); ok {
		app, name = withoutInstance(app+"/"+dir), base
	}
	if param != a.param {
		param += a.param
	}
	if param == "?vhost="+DefaultVHost {
		param = ""
	}
	return app, name, param
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// resolve finds the vhost: ?vhost= or ?domain= of the stream, else of the tcUrl, else the tcUrl's host; one
// that is not configured is the default vhost (S-KEY-11).
func (set *settings) resolve(host, param string) (*VHost, error) {
	name := paramValue(param, "vhost")
	if name == "" {
		name = paramValue(param, "domain")
	}
	if name == "" {
		name = host
	}
	v, ok := set.vhosts[name]
	if !ok {
		v, ok = set.vhosts[DefaultVHost]
	}
	switch {
	case !ok:
		return nil, fmt.Errorf("vhost %q is not configured, and there is no %s", redact.Clip(name, mostQuoted),
			DefaultVHost)
	case !v.Enabled:
		return nil, fmt.Errorf("vhost %q is not enabled", v.Name)
	}
	return v, nil
}

// paramValue returns the first value of key in parameters such as "?a=b&c=d?e=f", byte for byte.
func paramValue(param, key string) string {
	for name, value := range hook.Params(strings.ReplaceAll(param, "#", "?")) {
		if name == key && value != "" {
			return value
		}
	}
	return ""
}

// streamURL is the stream_url of the hooks (S-KEY-10).
func (t *target) streamURL() string {
	if t.vhost.Name == DefaultVHost {
		return "/" + t.app + "/" + t.name
	}
	return t.vhost.Name + "/" + t.app + "/" + t.name
}

// mostQuoted is how many characters of a peer's words a message quotes.
const mostQuoted = 64
