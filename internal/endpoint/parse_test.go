package endpoint

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestParseHead(t *testing.T) {
	const ok = ""
	tests := []struct {
		name string
		head string // without the CRLFs at its end
		err  string // part of the error
	}{
		{"of SRS", "POST /api/v1/streams HTTP/1.1\r\nConnection: Keep-Alive\r\nHost: h", ok},
		{"target without path", "POST ?a=1 HTTP/1.1", ok},
		{"UTF-8 in target", "POST /ü HTTP/1.1", ok},
		{"no fields", "GET / HTTP/1.0", ok},
		{"empty value", "GET / HTTP/1.1\r\nX:", ok},
		{"no protocol", "GET /", "want METHOD TARGET HTTP/1.1"},
		{"three blanks", "GET / x HTTP/1.1", `protocol "x HTTP/1.1"`},
		{"HTTP/2", "GET / HTTP/2.0", "want HTTP/1.1 or HTTP/1.0"},
		{"method no token", "G(T / HTTP/1.1", "want METHOD TARGET"},
		{"control byte in target", "GET /\x01 HTTP/1.1", "want METHOD TARGET"},
		{"bare LF", "GET / HTTP/1.1\nHost: h", "line 1 ends with a bare LF"},
		{"bare LF later", "GET / HTTP/1.1\r\nHost: h\nA: b", "line 2 ends with a bare LF"},
		{"no colon", "GET / HTTP/1.1\r\nHost", "line 2: \"Host\": want NAME: VALUE"},
		{"blank before colon", "GET / HTTP/1.1\r\nHost : h", "want NAME: VALUE"},
		{"folded", "GET / HTTP/1.1\r\nA: b\r\n c", "line 3"},
		{"control byte in value", "GET / HTTP/1.1\r\nA: b\x00", "control byte 0x00 in the value of A"},
		{"length not digits", "POST / HTTP/1.1\r\nContent-Length: +3", `Content-Length "+3"`},
		{"length too big", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999", "Content-Length"},
		{"two lengths", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4", "two Content-Length: 3 and 4"},
		{"length twice the same", "POST / HTTP/1.1\r\nContent-Length: 3\r\ncontent-length: 3", ok},
		{"length and chunked", "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", "both"},
		{"other coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked", "only chunked"},
		{"too many fields", "GET / HTTP/1.1" + strings.Repeat("\r\nA: b", maxFields+1), "more than 256 header fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseHead(tt.head + "\r\n\r\n")
			switch {
			case tt.err == "" && err != nil:
				t.Errorf("error %v", err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error %v, want %q in it", err, tt.err)
			}
		})
	}
}

func TestKeepAlive(t *testing.T) {
	tests := []struct {
		head string
		want bool
	}{
		{"GET / HTTP/1.1", true},
		{"GET / HTTP/1.1\r\nConnection: close", false},
		{"GET / HTTP/1.1\r\nConnection: TE, Close", false},
		{"GET / HTTP/1.0", false},
		{"GET / HTTP/1.0\r\nConnection: Keep-Alive", true},
	}
	for _, tt := range tests {
		if h, err := parseHead(tt.head + "\r\n\r\n"); err != nil || h.keep != tt.want {
			t.Errorf("%q: keep %v, %v", tt.head, h.keep, err)
		}
	}
}

// TestHeadEnd finds the end wherever the head is cut.
func TestHeadEnd(t *testing.T) {
	for _, head := range []string{"GET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / HTTP/1.1\nA: b\n\n"} {
		all := head + "body"
		for cut := range len(all) + 1 {
			end, from := headEnd([]byte(all[:cut]), 0)
			if end == 0 {
				end, _ = headEnd([]byte(all), from)
			}
			if end != len(head) {
				t.Errorf("%q cut at %d: end %d, want %d", head, cut, end, len(head))
			}
		}
	}
}

// TestWire sends bytes and compares the bytes of the answers.
func TestWire(t *testing.T) {
	const bad = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
	closes := strings.Replace(plainAnswer, "Content-Length", "Connection: close\r\nContent-Length", 1)
	tests := []struct {
		name  string
		sends string
		want  string // the beginning of the answer, or all of it
		check func(r *Request) bool
	}{
		{"GET", "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n", closes,
			func(r *Request) bool { return r.Method == "GET" && !r.HasEvent }},
		{"HEAD", "HEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n", strings.TrimSuffix(closes, "0"), nil},
		{"PUT", "PUT /x HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab", closes,
			func(r *Request) bool { return string(r.Body) == "ab" }},
		{"HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\na", closes, nil},
		{"HTTP/1.0 keep-alive", "POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", strings.Replace(plainAnswer,
			"Content-Length", "Connection: keep-alive\r\nContent-Length", 1), nil},
		{"empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", plainAnswer,
			func(r *Request) bool { return strings.HasPrefix(r.Head, "GET") }},
		{"pipelined", post("a") + post("b") + post("c"), plainAnswer + plainAnswer + plainAnswer, nil},
		{"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n" + post("b"),
			plainAnswer + plainAnswer, func(r *Request) bool {
				return r.Chunked && string(r.Body) == "abc0123456789" && r.BodyErr == nil
			}},
		{"chunk size wrong", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", bad,
			func(r *Request) bool { return r.BodyErr != nil && string(r.Body) == "ab" }},
		{"chunk size no number", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", bad,
			func(r *Request) bool { return r.BodyErr != nil }},
		{"chunks too large", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3ff\r\n" +
			strings.Repeat("x", 1023) + "\r\n2\r\nab\r\n0\r\n\r\n",
			"HTTP/1.1 413 ", func(r *Request) bool { return r.BodyErr != nil && r.BodySize == 1023 }},
		{"length too long", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", bad,
			func(r *Request) bool { return errors.Is(r.BodyErr, io.ErrUnexpectedEOF) && string(r.Body) == "abc" }},
		{"length too short", "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n{\"a\":1}", closes,
			func(r *Request) bool { return r.Trailing == 6 && string(r.Body) == "{" && r.BodyErr == nil }},
		{"body too large", "POST / HTTP/1.1\r\nContent-Length: 1025\r\n\r\n" + strings.Repeat("x", 1025),
			"HTTP/1.1 413 ",
			func(r *Request) bool { return r.BodyErr != nil && r.HeadErr == nil }},
		{"head too long", "GET / HTTP/1.1\r\nA: " + strings.Repeat("x", 4096) + "\r\n\r\n", "HTTP/1.1 431 ",
			func(r *Request) bool { return r.HeadErr != nil && len(r.Head) == 2048 }},
		{"not HTTP", "\x16\x03\x01\x02\x00", bad, func(r *Request) bool {
			return r.HeadErr != nil &&
				r.Head == "\x16\x03\x01\x02\x00"
		}},
		{"cut head", "POST / HTTP/1.1\r\nHos", bad, func(r *Request) bool { return r.HeadErr != nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, Options{MaxHead: 2048, MaxBody: 1024})
			nc := dial(t, e.Addr())
			send(t, nc, tt.sends)
			if err := nc.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(nc)
			if err != nil || !strings.HasPrefix(string(got), tt.want) || tt.want[len(tt.want)-1] == '0' &&
				string(got) != tt.want {
				t.Errorf("read %q, %v, want %q", got, err, tt.want)
			}
			last(t, e, 1)
			if r := e.requests.All()[0]; tt.check != nil && !tt.check(r) {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}

func TestExpectContinue(t *testing.T) {
	e := serve(t, Options{})
	nc := dial(t, e.Addr())
	send(t, nc, "POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
	expect(t, nc, "HTTP/1.1 100 Continue\r\n\r\n")
	send(t, nc, "ab")
	expect(t, nc, plainAnswer)
	if r := last(t, e, 1); !r.Expect || string(r.Body) != "ab" {
		t.Errorf("recorded %+v", r)
	}
}

// TestTrailingLater: bytes that come after the body was read are a request
// that is none.
func TestTrailingLater(t *testing.T) {
	e := serve(t, Options{})
	nc := dial(t, e.Addr())
	send(t, nc, "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n{")
	expect(t, nc, plainAnswer)
	send(t, nc, `"a":1}`)
	expect(t, nc, "HTTP/1.1 400 ")
	if r := last(t, e, 2); r.HeadErr == nil || r.Head != `"a":1}` || r.ConnRequest != 2 {
		t.Errorf("recorded %+v", r)
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("POST /api/v1/streams HTTP/1.1\r\nContent-Length: 3\r\nHost: h\r\n\r\nabc")
	f.Add("GET / HTTP/1.0\r\nConnection: close, x\r\nExpect: 100-continue\r\n\r\n")
	f.Add("GET / HTTP/1.1\nTransfer-Encoding: chunked\n\n")
	f.Add("\r\n\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		end, again := headEnd([]byte(s), 0)
		if again > len(s) || end > len(s) {
			t.Fatalf("end %d, again %d of %d", end, again, len(s))
		}
		h, err := parseHead(s[:end])
		if err != nil {
			return
		}
		text := fmt.Sprintf("%s %s %s\r\n", h.method, h.target, h.proto)
		for _, f := range h.header {
			text += f.Name + ": " + f.Value + "\r\n"
		}
		back, err := parseHead(text + "\r\n")
		if err != nil || back.length != h.length || back.chunked != h.chunked || back.keep != h.keep ||
			len(back.header) != len(h.header) {
			t.Fatalf("%q: written again as %q: %+v, %v", s, text, back, err)
		}
	})
}

// TestChunkLines: what chunk lines and trailers may not be.
func TestChunkLines(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"bare LF", "1\na\r\n", "bare LF"},
		{"endless size", strings.Repeat("0", 400), "longer than 256 bytes"},
		{"cut size", "1", "unexpected EOF"},
		{"cut chunk", "5\r\nab", "in a chunk of 5 bytes"},
		{"cut trailer", "0\r\nA: b\r\n", "after the last chunk"},
		{"endless trailers", "0\r\n" + strings.Repeat("A: b\r\n", maxFields+1), "more than 256 trailer lines"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, Options{})
			nc := dial(t, e.Addr())
			send(t, nc, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"+tt.body)
			if err := nc.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			expect(t, nc, "HTTP/1.1 400 ")
			if r := last(t, e, 1); r.BodyErr == nil || !strings.Contains(r.BodyErr.Error(), tt.want) {
				t.Errorf("body error %v, want %q in it", r.BodyErr, tt.want)
			}
		})
	}
}
