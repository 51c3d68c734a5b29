package hooktarget

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// curl is a line for a shell that sends the request again.
func (q *Request) curl() string {
	var b strings.Builder
	data := shellQuote(string(q.Body.Before) + string(q.Body.After))
	if piped := q.Body.Count > 0 || !plainText(data) || len(data) > 16<<10; piped {
		b.WriteString(q.Body.shell() + " | ")
		data = "@-"
	}
	b.WriteString("curl -sS -i")
	if strings.HasPrefix(q.URL, "https:") {
		b.WriteString(" -k")
	}
	if q.method() != "POST" {
		b.WriteString(" -X " + q.method())
	}
	for _, f := range q.fields() {
		if f[0] != "User-Agent" {
			b.WriteString(" -H " + shellQuote(f[0]+": "+f[1]))
		}
	}
	if !strings.Contains(b.String(), "-H 'Content-Type") {
		b.WriteString(" -H 'Content-Type:'")
	}
	if q.Chunked {
		b.WriteString(" -H 'Transfer-Encoding: chunked'")
	}
	if q.Close {
		b.WriteString(" -H 'Connection: close'")
	}
	if q.Body.size() > 0 || q.method() == "POST" {
		b.WriteString(" --data-binary " + data)
	}
	b.WriteString(" " + shellQuote(q.URL))
	return b.String()
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

// plainText reports whether s can stand in a command line: valid UTF-8 without
// bytes that a shell or terminal takes for something else. A line that begins
// with "'@" would be a file to curl.
func plainText(quoted string) bool {
	return utf8.ValidString(quoted) && !strings.HasPrefix(quoted, "'@") && !strings.ContainsFunc(quoted, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f })
}
