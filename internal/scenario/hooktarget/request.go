package hooktarget

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"hookproof/hook"
	"hookproof/internal/hookcheck"
)

// Request is one HTTP request of a raw caller.
type Request struct {
	Event  string // that the URL is for
	URL    string
	Method string // "" is POST
	// Header holds further fields; a Content-Type there replaces
	// application/json, an empty one leaves it out.
	Header [][2]string
	Body   Body
	// Chunked sends the body in chunks, without Content-Length.
	Chunked bool
	// Close asks for the end of the connection after the answer.
	Close bool
	What  string         // in words, as "an acceptable on_publish"
	Want  hookcheck.Want // what the answer is judged by
	Actor string         // whose request it is; "" is a caller of ours
	Tried string         // of one of several ways to send an event: which, in words

	line    string        // curl's, made before time is taken
	by      *visitor      // who sends it; nil: nobody who has anything open
	payload *hook.Payload // of an event of a visitor
}

// Body is a body that is described without being held in one piece: Count bytes
// of Fill between two texts.
type Body struct {
	Before []byte
	Fill   byte
	Count  int
	After  []byte
}

// bytes is the whole body.
func (b *Body) bytes() []byte {
	all := append([]byte(nil), b.Before...)
	if b.Count > 0 {
		all = append(all, strings.Repeat(string(rune(b.Fill)), b.Count)...)
	}
	return append(all, b.After...)
}

func (b *Body) size() int { return len(b.Before) + b.Count + len(b.After) }

// brief is the body as evidence shows it.
func (b *Body) brief() string {
	const most = 8 << 10
	if b.size() <= most {
		return string(b.bytes())
	}
	if b.Count == 0 {
		return string(b.Before[:most]) + "…"
	}
	return fmt.Sprintf("%s…%d times %q…%s", b.Before, b.Count, string(rune(b.Fill)), b.After)
}

func (q *Request) method() string { return or(q.Method, "POST") }

// fields are all header fields but Host and those that frame the body.
func (q *Request) fields() [][2]string {
	fields := [][2]string{{"User-Agent", "Hookproof"}, {"Content-Type", "application/json"}}
	if basic := q.basic(); basic != "" {
		fields = append(fields, [2]string{"Authorization", basic})
	}
	for _, f := range q.Header {
		if f[0] != "Content-Type" {
			fields = append(fields, f)
			continue
		}
		fields[1] = f
	}
	if fields[1][1] == "" {
		fields = append(fields[:1], fields[2:]...)
	}
	return fields
}

// basic is the Authorization that the user and password of the URL make, as curl sends them; "" without any.
func (q *Request) basic() string {
	u, err := url.Parse(q.URL)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
}

// connection is the value of the field of that name.
func (q *Request) connection() string {
	if q.Close {
		return "close"
	}
	return "Keep-Alive"
}

// head is the request up to the body.
func (q *Request) head() []byte {
	u, err := url.Parse(q.URL)
	if err != nil {
		return nil // Options.check has parsed it
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", q.method(), hook.RequestTarget(q.URL), u.Host)
	for _, f := range q.fields() {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	fmt.Fprintf(&b, "Connection: %s\r\n", q.connection())
	switch {
	case q.Chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n")
	case q.Body.size() > 0 || q.method() == "POST" || q.method() == "PUT":
		fmt.Fprintf(&b, "Content-Length: %d\r\n", q.Body.size())
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// body is the body as it goes over the wire.
func (q *Request) body() []byte {
	all := q.Body.bytes()
	if !q.Chunked {
		return all
	}
	var b strings.Builder
	for len(all) > 0 {
		n := min(len(all), max(1, q.Body.size()/3))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, all[:n])
		all = all[n:]
	}
	b.WriteString("0\r\n\r\n")
	return []byte(b.String())
}

// wire is the whole request.
func (q *Request) wire() []byte { return append(q.head(), q.body()...) }
