package rtmpdefect

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hookproof/hook"
)

// change alters every request.
func change(f func(*request)) hookFunc {
	return func(x *exchange) {
		f(x.req)
		x.pass()
	}
}

// body alters the body of every request.
func body(f func([]byte) []byte) hookFunc {
	return change(func(r *request) { r.setBody(f(r.body)) })
}

// on has a defect concern some events only.
func on(d hookFunc, events ...hook.Event) hookFunc {
	return func(x *exchange) {
		if x.req.known && slices.Contains(events, x.req.event) {
			d(x)
			return
		}
		x.pass()
	}
}

// sparing leaves the suite's marker clients alone. They are its clock: that a
// defect stops the clock proves nothing about the checks.
func sparing(d hookFunc) hookFunc {
	return func(x *exchange) {
		if x.client.marker {
			x.pass()
			return
		}
		d(x)
	}
}

// drop does not send the event.
func drop(x *exchange) { x.relay(accepting()) }

// double sends the event twice, one after the other.
func double(x *exchange) {
	x.call(x.req)
	x.pass()
}

// method sends the request with another method.
func method(name string) hookFunc {
	return change(func(r *request) {
		_, rest, _ := strings.Cut(r.line, " ")
		r.line = name + " " + rest
	})
}

// field sets a header field; an empty value leaves it out.
func field(name, value string) hookFunc {
	return change(func(r *request) { r.setField(name, value) })
}

// target changes path and query.
func target(f func(string) string) hookFunc {
	return change(func(r *request) { r.setTarget(f(r.target())) })
}

// withoutQuery leaves the query of the URL out.
func withoutQuery(t string) string {
	path, _, _ := strings.Cut(t, "?")
	return path
}

// withSlash adds a slash to the path.
func withSlash(t string) string {
	path, query, _ := strings.Cut(t, "?")
	return path + "/?" + query
}

// atDefault calls the URL of the default vhost in place of another's.
func atDefault(t string) string { return strings.ReplaceAll(t, "other", "default") }

// shortLength announces one byte less than is sent.
func shortLength(r *request) { r.tail = []byte(" ") }

// withoutLength sends the body in chunks.
func withoutLength(r *request) {
	r.framed = appendChunk(nil, r.body)
	r.setField("Content-Length", "")
	r.setField("Transfer-Encoding", "chunked")
}

// twoObjects sends a second object after the first.
func twoObjects(b []byte) []byte { return append(slices.Clip(b), "{}"...) }

// rawControls writes control bytes as they are.
func rawControls(b []byte) []byte {
	return unescape(b, func(e string) (string, bool) {
		switch {
		case e == "n":
			return "\n", true
		case len(e) == 5 && e[0] == 'u':
			// A code point that is no number here is left as it is.
			n, err := strconv.ParseUint(e[1:], 16, 16)
			return string([]byte{byte(n)}), err == nil && n < ' '
		}
		return "", false
	})
}

// rawQuotes writes quotes and backslashes as they are.
func rawQuotes(b []byte) []byte {
	return unescape(b, func(e string) (string, bool) { return e, e == `"` || e == `\` })
}

// rawBytes writes bytes that are no UTF-8 as they are, where the server had put
// the replacement character.
func rawBytes(b []byte) []byte {
	return []byte(strings.ReplaceAll(string(b), "\uFFFD", "\xff"))
}

// value replaces the text of a key, where the key is there.
func value(key string, f func(string) string) hookFunc {
	return body(func(b []byte) []byte {
		if s, ok := find(b, key); ok && b[s.value] == '"' {
			return setText(b, key, f(text(b, key)))
		}
		return b
	})
}

// raw replaces the value of a key by JSON text.
func raw(key, text string) hookFunc {
	return body(func(b []byte) []byte { return setRaw(b, key, text) })
}

// without leaves a key out.
func without(key string) hookFunc {
	return body(func(b []byte) []byte { return remove(b, key) })
}

// renamed changes the name of a key.
func renamed(key, name string) hookFunc {
	return body(func(b []byte) []byte { return rename(b, key, name) })
}

// otherKind writes a number as a string, and a string as a number.
func otherKind(key string) hookFunc {
	return body(func(b []byte) []byte {
		s, ok := find(b, key)
		switch {
		case !ok:
			return b
		case b[s.value] == '"':
			return setRaw(b, key, "4711")
		}
		return splice(b, s.value, s.end, `"`+string(b[s.value:s.end])+`"`)
	})
}

// cutAt cuts at n bytes.
func cutAt(n int) func(string) string {
	return func(s string) string { return s[:min(n, len(s))] }
}

// constant is that text, whatever it was.
func constant(to string) func(string) string { return func(string) string { return to } }

// unquery cuts the query off.
func unquery(s string) string {
	before, _, _ := strings.Cut(s, "?")
	return before
}

// withParam puts param back after the stream name.
func withParam(b []byte) []byte {
	if _, ok := find(b, "stream"); !ok {
		return b
	}
	param := text(b, "param")
	if param == "" {
		param = "?made=up"
	}
	return setText(b, "stream", text(b, "stream")+param)
}

// firstParam has every stream carry of a connection the param of the first.
func firstParam(x *exchange) {
	c := x.client
	if c.param == "" {
		c.param = text(x.req.body, "param")
	}
	if c.param != "" {
		x.req.setBody(setText(x.req.body, "param", c.param))
	}
	x.pass()
}

// keysOfSRS4 leaves out the keys that SRS 4 does not have.
func keysOfSRS4(x *exchange) {
	b := x.req.body
	for _, key := range []string{"service_id", "stream_url", "stream_id"} {
		b = remove(b, key)
	}
	if x.req.event != hook.OnConnect && x.req.event != hook.OnPublish {
		b = remove(b, "tcUrl")
	}
	x.req.setBody(b)
	x.pass()
}

// growingParam has a further stream of a connection carry the param of the first
// after its own.
func growingParam(x *exchange) {
	switch c, own := x.client, text(x.req.body, "param"); {
	case c.param == "":
		c.param = own
	case own != c.param:
		x.req.setBody(setText(x.req.body, "param", own+c.param))
	}
	x.pass()
}

// doubledQuery has the query of tcUrl in param twice.
func doubledQuery(b []byte) []byte {
	_, query, ok := strings.Cut(text(b, "tcUrl"), "?")
	if s, is := find(b, "param"); !ok || !is || b[s.value] != '"' {
		return b
	}
	param := strings.ReplaceAll(text(b, "param"), "?"+query, "")
	return setText(b, "param", param+"?"+query+"?"+query)
}

// vhostLost has the default vhost where tcUrl names another one and the stream has parameters of its own.
func vhostLost(b []byte) []byte {
	_, query, _ := strings.Cut(text(b, "tcUrl"), "?")
	if param := text(b, "param"); strings.Contains(query, "vhost=") && param != "" && param != "?"+query {
		return setText(b, "vhost", "__defaultVhost__")
	}
	return b
}

// decodePercent decodes percent escapes.
func decodePercent(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return d
	}
	return s
}
