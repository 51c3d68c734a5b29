package hook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDecode: no panic, a payload and problems as promised, agreement with
// encoding/json about what is JSON, and what was accepted can be written again.
func FuzzDecode(f *testing.F) {
	for _, p := range Profiles() {
		for _, line := range golden(f, p) {
			f.Add([]byte(line))
			f.Add([]byte(line + "}"))
			f.Add([]byte(strings.ReplaceAll(line, `"live"`, `"\ud83c\udfa5\u00ff\/"`)))
			f.Add([]byte(strings.ReplaceAll(line, `"live"`, `{"a":[1,-2.5e+3,true,null,{}]}`)))
		}
	}
	for _, s := range nasty {
		f.Add([]byte(s))
		f.Add([]byte(`{"action":"on_close","client_id":"` + s + `"}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := scanner{b: body}
		object := s.whole(nil) == nil
		// The other reader forgives bad UTF-8 and has its own depth limit.
		if object && !json.Valid(body) {
			t.Fatalf("%q is taken for JSON", body)
		}
		isObject := json.Valid(body) && bytes.TrimLeft(body, " \t\r\n")[0] == '{'
		if isObject && !object && utf8.Valid(body) && nesting(body) <= maxDepth {
			t.Fatalf("%q is not taken for JSON", body)
		}
		for _, p := range Profiles() {
			pl, err := p.Decode(body)
			if pl == nil || err == nil && !object {
				t.Fatalf("%s: %q: %v, %v", p, body, pl, err)
			}
			if err != nil {
				if pe := err.(*PayloadError); len(pe.Problems) == 0 || pe.Error() == "" {
					t.Fatalf("%s: %q: an error without problems", p, body)
				}
				continue
			}
			checkLenient(t, body, pl)
			checkEncode(t, p, pl)
		}
		DecodeAny(body)
	})
}

// nesting counts the brackets that are open at once, those in strings too.
func nesting(body []byte) int {
	open, most := 0, 0
	for _, c := range body {
		switch c {
		case '{', '[':
			open++
			most = max(most, open)
		case '}', ']':
			open--
		}
	}
	return most
}

// FuzzEncode: every payload becomes valid JSON that is read back the same.
func FuzzEncode(f *testing.F) {
	for i, s := range nasty {
		f.Add(uint8(i), s, nasty[len(nasty)-1-i], int64(i))
	}
	f.Fuzz(func(t *testing.T, event uint8, one, two string, n int64) {
		e := Events[int(event)%len(Events)]
		n = max(n, -(n + 1))
		for _, p := range Profiles() {
			pl := &Payload{Action: e.String(), ClientID: one, App: two, Stream: one, Param: two, TCURL: one,
				PageURL: two,
				VHost:   two, IP: one, ServerID: one, ServiceID: two, StreamURL: one, StreamID: two, SendBytes: n,
				RecvBytes: n / 2}
			if p.ClientIDKind() == NumberID && !isIndex(one) || one == "" {
				pl.ClientID = "1"
			}
			checkEncode(t, p, pl)
		}
	})
}

// FuzzJudge: what is accepted is what encoding/json, too, takes for a zero code.
func FuzzJudge(f *testing.F) {
	for _, row := range contentRows() {
		body := strings.TrimPrefix(row.name, "200 ")
		f.Add(200, []byte(body))
	}
	for _, s := range []string{"0", `{"code":0}`, `{"code":1,"code":0}`, `{"code":0,"code":1}`, `{"\u0063ode":0}`,
		`{"code":-0}`, `{"code":0`} {
		f.Add(200, []byte(s))
		f.Add(201, []byte(s))
		f.Add(500, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		one := SRS1.Judge(Answer{Status: status, Body: body})
		if want := status == 200 && string(body) == "0"; one.Accept != want {
			t.Errorf("srs1: %d %q: %+v", status, body, one)
		}
		seven := SRS6.Judge(Answer{Status: status, Body: body})
		if one.Accept && !seven.Accept {
			t.Errorf("%q: accepted by srs1 alone", body)
		}
		if !seven.Accept {
			if seven.Reason == "" {
				t.Errorf("%d %q: refused without a reason", status, body)
			}
			return
		}
		if status != 200 && status != 201 {
			t.Errorf("srs6: status %d accepted", status)
		}
		if string(body) == "0" {
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(body, &object); err != nil || string(object["code"]) != "0" {
			t.Errorf("srs6: %q accepted (%v)", body, err)
		}
	})
}

// FuzzAnswer: no panic, no more memory than allowed, and what is read as a
// whole answer is what net/http reads.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		ok, ok + ok, "", "0", "HTTP/1.1 100 Continue\r\n\r\n" + ok, "HTTP/1.0 200 OK\r\n\r\n0",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n3;x=y\r\n{\"c\r\n004\r\node\"\r\n3\r\n:0}\r\n0\r\nTrailer: x\r\n\r\n",
		"HTTP/1.1 200 OK\nContent-Length: 00001\nConnection: x, Close\n\n0",
		"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n0",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n0\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\n0", headers(8 << 10),
	} {
		f.Add([]byte(s))
	}
	const limit = 1 << 10
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := answerReader{br: bufio.NewReaderSize(bytes.NewReader(raw), 64), maxBody: limit, interim: true}
		a, err := r.read(nil)
		if cap(a.body) > 4*limit+64<<10 {
			t.Fatalf("%d bytes of memory", cap(a.body))
		}
		if err != nil {
			if a.reusable {
				t.Fatal("a broken connection is to be reused")
			}
			return
		}
		if int64(len(a.body)) > limit || a.status < 200 || a.status > 999 {
			t.Fatalf("status %d, %d bytes", a.status, len(a.body))
		}
		std, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), &http.Request{Method: "POST"})
		if err != nil || std.StatusCode < 200 {
			return // stricter about header bytes, and takes an interim answer for the answer
		}
		defer std.Body.Close()
		body, err := io.ReadAll(std.Body)
		if err == nil && (std.StatusCode != a.status || !bytes.Equal(body, a.body)) {
			t.Fatalf("%q:\nread %d %q\nwant %d %q", raw, a.status, a.body, std.StatusCode, body)
		}
	})
}
