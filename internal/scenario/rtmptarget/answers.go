package rtmptarget

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/endpoint"
)

// answers that a few words stand for.
var namedAnswers = map[string]endpoint.Answer{
	"a reset connection":  {Fault: endpoint.Reset},
	"a closed connection": {Fault: endpoint.CloseWithoutAnswer},
	"what is not HTTP":    {Body: "0", Fault: endpoint.NotHTTP},
	"a truncated answer":  {Body: `{"code":0}`, Fault: endpoint.Truncated},
	"no answer":           {Fault: endpoint.Hang},
	"200 and an object of 200 KB whose code is 0":          endpoint.Padded(200 << 10),
	"200 and an object whose code is 0, nested 1000 deep":  endpoint.Nested(1000),
	"200 and an object whose code is 0, nested 3000 deep":  endpoint.Nested(3000),
	"200 and an object whose code is 0, nested 50000 deep": endpoint.Nested(50_000),
}

// answerWays are the ways to write an answer, as scenarios name them after a comma.
var answerWays = map[string]func(*endpoint.Answer){
	"chunked":                    func(a *endpoint.Answer) { a.Fault = endpoint.Chunked },
	"as HTTP/1.0 without length": func(a *endpoint.Answer) { a.Fault, a.Header = endpoint.HTTP10, plain() },
	"without length":             func(a *endpoint.Answer) { a.Fault, a.Header = endpoint.NoLength, plain() },
	"without any header field":   func(a *endpoint.Answer) { a.Fault = endpoint.NoLength },
	"with Connection: close":     func(a *endpoint.Answer) { a.Header = http.Header{"Connection": {"close"}} },
	"gzipped":                    func(a *endpoint.Answer) { a.Fault = endpoint.Gzip },
	"after 100 Continue":         func(a *endpoint.Answer) { a.Fault = endpoint.Continue100 },
}

// plain returns a header with one field: some servers refuse an answer with none.
func plain() http.Header { return http.Header{"Content-Type": {"text/plain"}} }

// ParseAnswer reads an answer as scenarios write it: a status and a body
// between backquotes, as in "200 and `{"code":0}`, chunked", or a few words. In
// the body \n, \r and \ufeff are what they are in JSON. "after 50 ms" is a way, too.
func ParseAnswer(text string) (endpoint.Answer, error) {
	if a, ok := namedAnswers[text]; ok {
		return a, nil
	}
	wrong := fmt.Errorf("answer %q: want a status and a body, as in: 200 and `0`", text)
	i, j := strings.IndexByte(text, '`'), strings.LastIndexByte(text, '`')
	status, err := strconv.Atoi(strings.TrimSuffix(text[:max(i, 0)], " and "))
	if err != nil || j <= i {
		return endpoint.Answer{}, wrong
	}
	body := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\ufeff`, "\ufeff").Replace(text[i+1 : j])
	a := endpoint.Answer{Status: status, Body: body}
	if way := strings.TrimPrefix(text[j+1:], ", "); way != "" {
		set := answerWays[way]
		if after, is := strings.CutPrefix(way, "after "); is && set == nil {
			a.Delay, err = time.ParseDuration(strings.ReplaceAll(after, " ", ""))
			if err != nil || a.Delay < 0 || a.Delay > time.Minute {
				return a, wrong
			}
			return a, nil
		}
		if set == nil {
			return a, wrong
		}
		set(&a)
	}
	return a, nil
}
