package hooktarget

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"hookproof/hook"
	"hookproof/internal/ownclock"
)

// The line that is printed for curl repeats what was sent: the same fields, and the same bytes.
func TestCurlRepeats(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl on this machine")
	}
	got := make(chan string, 1)
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			fields = append(fields, name+": "+strings.Join(r.Header[name], ", "))
		}
		got <- fmt.Sprintf("%s %s %s %v\n%s\n%d bytes, %.100q, %v", r.Method, r.RequestURI, r.Host, r.TransferEncoding,
			strings.Join(fields, "\n"), len(body), body, err)
		io.WriteString(w, "0")
	})
	target := &Target{o: Options{Profile: hook.SRS6, Scale: 1}, clock: ownclock.Start(nil)}
	defer target.clock.Close()
	behindUser := strings.Replace(srv.URL, "http://", "http://ann:s%40e'cret@", 1)
	for name, q := range map[string]Request{
		"plain": {URL: srv.URL + "/a?b=c", Body: Body{Before: []byte(`{"a":"it's"}`)}},
		"bytes": {URL: srv.URL + "/", Body: Body{Before: []byte("\"\xff%\\\"\x00")}},
		"huge": {URL: srv.URL + "/", Body: Body{Before: []byte("<"), Fill: 'x', Count: 3 << 20,
			After: []byte(">")}},
		"a file's name": {URL: srv.URL + "/", Body: Body{Before: []byte("@x")}},
		"no body":       {URL: srv.URL + "/"},
		"chunked":       {URL: srv.URL + "/", Body: Body{Before: []byte(`{"a":1}`)}, Chunked: true},
		"untyped": {URL: srv.URL + "/", Body: Body{Before: []byte("x")},
			Header: [][2]string{{"Content-Type", ""}}},
		"method":          {URL: srv.URL + "/", Method: "DELETE", Body: Body{Before: []byte("x")}},
		"method, no body": {URL: srv.URL + "/", Method: "GET"},
		"user":            {URL: behindUser + "/x", Body: Body{Before: []byte("{}")}},
		"user alone": {URL: strings.Replace(srv.URL, "http://", "http://ann@", 1) + "/x",
			Body: Body{Before: []byte("{}")}},
		"header": {URL: srv.URL + "/", Body: Body{Before: []byte("{}")},
			Header: [][2]string{{"X-Gateway", `it's "secret"`}, {"X-Empty", ""}, {"Accept", "text/plain"}}},
		"last of its connection": {URL: srv.URL + "/", Close: true, Body: Body{Before: []byte("{}")}},
		"expect": {URL: srv.URL + "/", Body: Body{Before: []byte("{}")}, Header: [][2]string{{"Expect",
			"100-continue"}}},
		"odd path": {URL: srv.URL + "/a/../b/[1]{2}/./%2e?x=[1-3]", Body: Body{Before: []byte("{}")}},
	} {
		t.Run(name, func(t *testing.T) {
			if r := target.exchange(context.Background(), &q, target.limit()); r.err != nil {
				t.Fatal(r.err)
			}
			want := <-got
			line := strings.Replace(q.curl(), "curl ", curl+" ", 1)
			if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			if again := <-got; again != want {
				t.Errorf("want %s\ngot  %s\nby   %s", want, again, line)
			}
		})
	}
}
