package hook

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// answerRow is one row of PROTOCOL.md section 3, or of the finer table of what
// SRS 7.0.18 does.
type answerRow struct {
	name       string
	answer     func(net.Conn, int) bool
	srs1, srs6 bool
	interim    bool // accepted by a profile that skips interim answers
	hangs      bool // the answer never ends: the time-out decides
}

const yes, no = true, false

// withBody is a plain answer with a length.
func withBody(status, body string) func(net.Conn, int) bool {
	return says(fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body))
}

func row200(body string, srs1, srs6 bool) answerRow {
	return answerRow{name: fmt.Sprintf("200 %q", body), answer: withBody("200 OK", body), srs1: srs1, srs6: srs6}
}

func contentRows() []answerRow {
	var rows []answerRow
	for _, body := range []string{`{"code":0}`, `{"code":0,"msg":"ok"}`, `{"code": 0, "data": null}` + "\n", "\n" +
		`{"code":0}`,
		` { "code" : 0 } `, "\t\r\n" + `{"data":{"code":1},"code":0}`, `{"code":1,"code":0}`, `{"code":"0","code":0}`,
		`{"data":"` + strings.Repeat("x", 200<<10) + `","code":0}`} {
		rows = append(rows, row200(body, no, yes))
	}
	for _, body := range []string{"1", "-1", "00", "0.0", "-0", "", "0\n", "0\r\n", " 0", "0 ", `"0"`, "ok", "null",
		"true", "false",
		"[]", "[0]", "\xef\xbb\xbf0", "\xef\xbb\xbf" + `{"code":0}`, "0x0", "0e0", "\x00", "٠", "{}", "{", `{"code":0`,
		`{"code":0}}`,
		`{"code":0}garbage`, `{"code":0}{"code":0}`, `{"code":1}`, `{"code":-1}`, `{"code":"0"}`, `{"code":0.0}`,
		`{"code":-0}`,
		`{"code":0e0}`, `{"code":00}`, `{"code":null}`, `{"code":false}`, `{"code":[0]}`, `{"Code":0}`,
		`{"code":0,"code":1}`,
		`{"code":0,"code":"0"}`, `{"data":{"code":0}}`, `[{"code":0}]`, `{'code':0}`, `{code:0}`, `{"code":0,}`,
		`{"code":0 /**/}`,
		`{"code":0,"msg":"` + "\xff" + `"}`, `{"code":0,"msg":"` + "\x01" + `"}`,
		`{"code":0,"d":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, strings.Repeat("0", 200<<10)} {
		rows = append(rows, row200(body, no, no))
	}
	return append(rows, row200("0", yes, yes))
}

func statusRows() []answerRow {
	rows := []answerRow{
		{name: "201 0", answer: withBody("201 Created", "0"), srs6: yes},
		{name: "201 object", answer: withBody("201 Created", `{"code":0}`), srs6: yes},
		{name: "204 with length", answer: withBody("204 No Content", "")},
		{name: "204 without length", answer: says("HTTP/1.1 204 No Content\r\n\r\n")},
		{name: "204 with a body", answer: withBody("204 No Content", "0")},
		{name: "304", answer: says("HTTP/1.1 304 Not Modified\r\n\r\n")},
		{name: "100 before 200", answer: says("HTTP/1.1 100 Continue\r\n\r\n" + ok), interim: yes},
		{name: "100 before 403", answer: says("HTTP/1.1 100 Continue\r\n\r\n" +
			"HTTP/1.1 403 X\r\nContent-Length: 1\r\n\r\n0")},
		{name: "100 with a length before 200", answer: says("HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\n" + ok),
			interim: yes},
		{name: "100 a thousand times", answer: says(strings.Repeat("HTTP/1.1 100 Continue\r\nX: "+
			strings.Repeat("x", 50)+"\r\n\r\n", 1000) + ok)},
		{name: "103 before 200", answer: says("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok), interim: yes},
		{name: "101", answer: says("HTTP/1.1 101 Switching Protocols\r\n\r\n0")},
		{name: "100 alone", answer: says("HTTP/1.1 100 Continue\r\n\r\n"), hangs: true},
	}
	for _, status := range []int{202, 203, 206, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 418, 429, 500,
		502, 503, 504, 999} {
		for _, body := range []string{"0", `{"code":0}`} {
			raw := fmt.Sprintf("HTTP/1.1 %d X\r\nLocation: /ok\r\nContent-Length: %d\r\n\r\n%s", status, len(body),
				body)
			rows = append(rows, answerRow{name: fmt.Sprint(status, " ", body), answer: says(raw)})
		}
	}
	return rows
}

func framingRows() []answerRow {
	return []answerRow{
		{name: "chunked 0", answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n0\r\n0\r\n\r\n"),
			srs1: yes, srs6: yes},
		{name: "chunked object in 3", answer: says("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n" +
			"3;x=y\r\n{\"c\r\n004\r\node\"\r\n3\r\n:0}\r\n0\r\nTrailer: x\r\n\r\n"), srs6: yes},
		{name: "chunked without its end",
			answer: saysAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n0\r\n")},
		{name: "chunk cut off", answer: saysAndCloses("HTTP/1.1 200 OK\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n5\r\n0\r\n")},
		{name: "chunk longer than said",
			answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n00\r\n0\r\n\r\n")},
		{name: "chunk size not hex", answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: " +
			"chunked\r\n\r\nz\r\n0\r\n0\r\n\r\n")},
		{name: "chunk size negative", answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n-1\r\n0\r\n0\r\n\r\n")},
		{name: "chunk size overflows",
			answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\n0\r\n0\r\n\r\n")},
		{name: "chunked and length", answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: " +
			"1\r\n\r\n1\r\n0\r\n0\r\n\r\n")},
		{name: "other transfer coding",
			answer: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\n0\r\n0\r\n\r\n")},
		{name: "HTTP/1.0 without length", answer: saysAndCloses("HTTP/1.0 200 OK\r\n\r\n0"), srs1: yes, srs6: yes},
		{name: "HTTP/1.0 object without length", answer: saysAndCloses("HTTP/1.0 200 OK\r\n\r\n{\"code\":0}"),
			srs6: yes},
		{name: "HTTP/1.0 with length", answer: saysAndCloses("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n0"),
			srs1: yes, srs6: yes},
		{name: "HTTP/1.0 1", answer: saysAndCloses("HTTP/1.0 200 OK\r\n\r\n1")},
		{name: "HTTP/1.1 without length, closed", answer: saysAndCloses("HTTP/1.1 200 OK\r\n\r\n0"), srs1: yes,
			srs6: yes},
		{name: "HTTP/1.1 without length, open", answer: says("HTTP/1.1 200 OK\r\n\r\n0"), hangs: true},
		{name: "Connection: keep-alive",
			answer: says("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n0"), srs1: yes,
			srs6: yes},
		{name: "Connection: close", answer: saysAndCloses("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
			"1\r\n\r\n0"), srs1: yes, srs6: yes},
		{name: "bytes behind the length", answer: says(ok + "more"), srs1: yes, srs6: yes},
		{name: "a second answer behind it", answer: says(ok + ok), srs1: yes, srs6: yes},
		{name: "bare line feeds", answer: says("HTTP/1.1 200 OK\nContent-Length: 1\n\n0"), srs1: yes, srs6: yes},
		{name: "no reason phrase", answer: says("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n0"), srs1: yes, srs6: yes},
		{name: "length twice, the same",
			answer: says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n0"), srs1: yes, srs6: yes},
		{name: "length twice, two", answer: says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n0")},
		{name: "length not a number", answer: says("HTTP/1.1 200 OK\r\nContent-Length: one\r\n\r\n0")},
		{name: "length negative", answer: says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n0")},
		{name: "length empty", answer: says("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n0")},
		{name: "length 5, one byte", answer: saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0")},
		{name: "length 2, one byte, open", answer: says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n0"), hangs: true},
		{name: "length beyond the limit", answer: says("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n0")},
		{name: "gzip of 0", answer: withEncoding("gzip", zipped("0"))},
		{name: "gzip of an object", answer: withEncoding("gzip", zipped(`{"code":0}`))},
		{name: "gzip said, plain sent", answer: withEncoding("gzip", "0")},
		{name: "identity", answer: withEncoding("identity", "0"), srs1: yes, srs6: yes},
		{name: "16 KB of headers", answer: says(headers(16 << 10)), srs1: yes, srs6: yes},
		{name: "one header of 16 KB", answer: says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 16<<10) +
			"\r\nContent-Length: 1\r\n\r\n0"), srs1: yes, srs6: yes},
		{name: "100 KB of headers", answer: says(headers(100 << 10))},
		{name: "one header of 100 KB", answer: says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100<<10) +
			"\r\nContent-Length: 1\r\n\r\n0")},
		{name: "folded header", answer: says("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1\r\n\r\n0")},
		{name: "header without a colon", answer: says("HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 1\r\n\r\n0")},
	}
}

func brokenRows() []answerRow {
	return []answerRow{
		{name: "not HTTP", answer: saysAndCloses("0")},
		{name: "not HTTP, a line", answer: says("hello, world\r\n\r\n0")},
		{name: "HTTP/2.0", answer: says("HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\n0")},
		{name: "HTTP/0.9 answer", answer: saysAndCloses("0\n")},
		{name: "status of two digits", answer: says("HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\n0")},
		{name: "status of four digits", answer: says("HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\n0")},
		{name: "status 000", answer: says("HTTP/1.1 000 OK\r\nContent-Length: 1\r\n\r\n0")},
		{name: "reset without an answer", answer: func(c net.Conn, _ int) bool { reset(c); return false }},
		{name: "closed without an answer", answer: func(net.Conn, int) bool { return false }},
		{name: "reset inside the answer", answer: func(c net.Conn, _ int) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n0")
			reset(c)
			return false
		}},
		{name: "closed inside the headers", answer: saysAndCloses("HTTP/1.1 200 OK\r\nContent-Le")},
		{name: "closed inside the status", answer: saysAndCloses("HTTP/1.1 2")},
		{name: "no answer", answer: says(""), hangs: true},
		{name: "byte by byte", answer: func(c net.Conn, _ int) bool {
			for i := range len(ok) {
				if _, err := io.WriteString(c, ok[i:i+1]); err != nil {
					return false
				}
			}
			return true
		}, srs1: yes, srs6: yes},
	}
}

func withEncoding(name, body string) func(net.Conn, int) bool {
	return says(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", name, len(body),
		body))
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func headers(n int) string {
	const one = "X-Padding: 0123456789012345678901234567890123456789\r\n"
	return "HTTP/1.1 200 OK\r\n" + strings.Repeat(one, n/len(one)) + "Content-Length: 1\r\n\r\n0"
}

// TestAnswers is the table of section 3 over real connections: for profiles that
// differ and every opening event, on reused connections and on fresh ones.
func TestAnswers(t *testing.T) {
	rows := slices.Concat(contentRows(), statusRows(), framingRows(), brokenRows())
	for _, row := range rows {
		name := row.name
		if len(name) > 60 {
			name = name[:60]
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fresh := range []bool{false, true} {
				testAnswer(t, newCaller(t, CallerOptions{Profile: SRS1, Fresh: fresh}), row, row.srs1)
				testAnswer(t, newCaller(t, CallerOptions{Profile: SRS4, Fresh: fresh}), row, row.srs6 || row.interim)
				testAnswer(t, newCaller(t, CallerOptions{Profile: SRS6, Fresh: fresh}), row, row.srs6)
			}
		})
	}
}

func testAnswer(t *testing.T, c *Caller, row answerRow, want bool) {
	// The first request is answered well, so that the second one meets the
	// row on a connection that was used before.
	s := newRawServer(t, func(c net.Conn, n int) bool {
		if n == 1 {
			return says(ok)(c, n)
		}
		return row.answer(c, n)
	})
	urls := []string{s.url("/a")}
	if d := c.Call(t.Context(), urls, example(OnConnect)); !d.Accept {
		t.Fatalf("first call: %+v", d)
	}
	ctx := t.Context()
	events := []Event{OnConnect, OnPublish, OnPlay}
	if row.hangs {
		events = events[1:2]
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
	}
	for _, e := range events {
		d := c.Call(ctx, urls, example(e))
		if d.Accept != want {
			t.Errorf("%s %s: accept %v, want %v (%s)", c.o.Profile, e, d.Accept, want, d.Reason)
		}
		if d.Accept != (d.Reason == "") {
			t.Errorf("%s %s: %+v: want a reason for a refusal, and none else", c.o.Profile, e, d)
		}
	}
	if got := s.await(1 + len(events)); got != 1+len(events) {
		t.Errorf("%s: %d requests, want %d: one for each call", c.o.Profile, got, 1+len(events))
	}
}

// TestClosingAnswers: no row of the table changes anything for an event that
// closes (S-ANS-09).
func TestClosingAnswers(t *testing.T) {
	for _, row := range append(statusRows(), brokenRows()...) {
		if row.hangs {
			continue
		}
		s := newRawServer(t, row.answer)
		c := newCaller(t, CallerOptions{})
		for _, e := range []Event{OnClose, OnUnpublish, OnStop} {
			if d := c.Call(t.Context(), []string{s.url("/"), s.url("/2")}, example(e)); !d.Accept {
				t.Errorf("%s, %s: %+v, want accepted", row.name, e, d)
			}
		}
		if got := len(s.requests()); got != 6 {
			t.Errorf("%s: %d requests, want 6: every URL of every event", row.name, got)
		}
	}
}

func TestConnectionRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String() + "/"
	l.Close()
	c := newCaller(t, CallerOptions{})
	d := c.Call(t.Context(), []string{url}, example(OnPublish))
	if d.Accept || !strings.Contains(d.Reason, "refused") {
		t.Errorf("%+v, want a refusal that says connection refused", d)
	}
}
