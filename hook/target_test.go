package hook

import (
	"bytes"
	"io"
	"log"
	"strings"
	"testing"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func TestTarget(t *testing.T) {
	tests := []struct{ url, addr, request, host string }{
		{"http://h", "h:80", "/", "h"},
		{"http://h/", "h:80", "/", "h"},
		{"http://h:80/a", "h:80", "/a", "h"},
		{"http://h:8085/api/v1/clients", "h:8085", "/api/v1/clients", "h:8085"},
		{"http://h:8085?a=1", "h:8085", "/?a=1", "h:8085"},
		{"http://h/a?x=1&y=%20?z#frag", "h:80", "/a?x=1&y=%20?z", "h"},
		{"http://h/a//b/../c%2Fd", "h:80", "/a//b/../c%2Fd", "h"},
		{"http://user:secret@h:1/a", "h:1", "/a", "h:1"},
		{"http://[::1]:8085/a", "[::1]:8085", "/a", "[::1]:8085"},
		{"http://[::1]", "[::1]:80", "/", "[::1]"},
		{"https://h/a", "h:443", "/a", "h"},
		{"https://h:80/a", "h:80", "/a", "h:80"},
		{"HTTP://h/a", "h:80", "/a", "h"},
	}
	for _, test := range tests {
		got, err := parseTarget(test.url, "UA")
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		if got.addr != test.addr || got.secure != strings.HasPrefix(test.url, "https") {
			t.Errorf("%s: dials %s, want %s", test.url, got.addr, test.addr)
		}
		if !bytes.HasPrefix(got.before, []byte("POST "+test.request+" HTTP/1.1\r\n")) {
			t.Errorf("%s: sends %q, want %s", test.url, got.before, test.request)
		}
		if !bytes.Contains(got.after, []byte("\r\nHost: "+test.host+"\r\n")) {
			t.Errorf("%s: sends %q, want Host %s", test.url, got.after, test.host)
		}
	}
}

func TestCheckURL(t *testing.T) {
	tests := []struct{ url, says string }{
		{"", "scheme"}, {"h/a", "scheme"}, {"h:80/a", "scheme"}, {"/a", "scheme"}, {"ftp://h/a", "scheme"},
		{"http://", "host"}, {"http:///a", "host"}, {"http://:80/a", "host"},
		{"http://h:0/", "port"}, {"http://h:65536/", "port"}, {"http://h:x/", "port"}, {"http://[::1", "]"},
		{"http://h/a b", "byte 10"}, {"http://h/\r\nX: y", "byte 9"}, {"http://h/é", "byte 9"}, {"http://h/%zz", "%zz"},
	}
	for _, test := range tests {
		err := CheckURL(test.url)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, want an error with %q", test.url, err, test.says)
		}
	}
	if err := CheckURL("http://127.0.0.1:8085/api/v1/streams?x=y"); err != nil {
		t.Error(err)
	}
}
