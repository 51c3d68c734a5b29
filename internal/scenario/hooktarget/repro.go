package hooktarget

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// curl is a line for a shell that sends exactly this request again: the same fields and the same bytes.
func (q *Request) curl() string {
	var b strings.Builder
	data := shellQuote(string(q.Body.Before) + string(q.Body.After))
	if piped := q.Body.Count > 0 || !plainText(data) || len(data) > 16<<10; piped {
		b.WriteString(q.Body.shell() + " | ")
		data = "@-"
	}
	b.WriteString("curl -sS -i" + curlOptions(q.URL))
	if q.method() != "POST" {
		b.WriteString(" -X " + q.method())
	}
	for _, f := range q.curlFields() {
		b.WriteString(" -H " + shellQuote(f))
	}
	if q.Body.size() > 0 || q.method() == "POST" {
		b.WriteString(" --data-binary " + data)
	}
	b.WriteString(" " + shellQuote(q.URL))
	return b.String()
}

// curlOptions are those that keep curl from changing a URL, or the version of HTTP.
func curlOptions(target string) string {
	options := ""
	if strings.HasPrefix(target, "https:") {
		options += " -k --http1.1"
	}
	if strings.ContainsAny(target, "[]{}") {
		options += " -g"
	}
	if strings.Contains(target, "/.") {
		options += " --path-as-is"
	}
	return options
}

// curlFields are the header fields as curl wants them. Those that curl would add by itself are taken away; it
// makes Authorization of the URL as we do.
func (q *Request) curlFields() []string {
	named := map[string]bool{}
	var all []string
	for _, f := range append(q.fields(), [2]string{"Connection", q.connection()}) {
		if named[http.CanonicalHeaderKey(f[0])] = true; f[0] == "Authorization" && f[1] == q.basic() {
			continue
		}
		if f[1] == "" {
			all = append(all, f[0]+";")
			continue
		}
		all = append(all, f[0]+": "+f[1])
	}
	if q.Chunked {
		all = append(all, "Transfer-Encoding: chunked")
	}
	for _, name := range []string{"Accept", "Content-Type", "Expect"} {
		if needed := name != "Expect" || q.Body.size() > 1<<20 || q.Chunked; needed && !named[name] {
			all = append(all, name+":")
		}
	}
	return all
}

// shell is what writes the body to standard output.
func (b *Body) shell() string {
	if b.Count == 0 {
		return "printf " + printfQuote(append(append([]byte(nil), b.Before...), b.After...))
	}
	return fmt.Sprintf("{ printf %s; head -c %d /dev/zero | tr '\\0' %s; printf %s; }",
		printfQuote(b.Before), b.Count, shellQuote(string(rune(b.Fill))), printfQuote(b.After))
}

// netcat is a line for a shell that writes bytes to the URL's host. Parts are
// sent with a pause between them.
func netcat(target string, parts ...string) string {
	u, err := url.Parse(target)
	if err != nil {
		return "" // Options.check has parsed it
	}
	port := u.Port()
	to := "nc " + shellQuote(u.Hostname()) + " " + or(port, "80")
	if u.Scheme == "https" {
		to = "openssl s_client -quiet -connect " + shellQuote(u.Hostname()+":"+or(port, "443"))
	}
	if len(parts) == 1 {
		return parts[0] + " | " + to
	}
	return "{ " + strings.Join(parts, "; sleep 5; ") + "; } | " + to
}

// raw is the shell's part of netcat for plain bytes.
func raw(b []byte) string { return "printf " + printfQuote(b) }

// shellQuote quotes for sh: everything between single quotes is taken as it is.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// printfQuote quotes a format for printf(1) that yields exactly these bytes.
func printfQuote(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		switch {
		case c == '%':
			b.WriteString("%%")
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return shellQuote(b.String())
}

// plainText reports whether s can be part of a command line: valid UTF-8 without
// bytes that a shell or terminal takes for something else. A line that begins
// with "'@" would be a file to curl.
func plainText(quoted string) bool {
	return utf8.ValidString(quoted) && !strings.HasPrefix(quoted, "'@") &&
		!strings.ContainsFunc(quoted, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f })
}
