package rtmpdefect

import (
	"bufio"
	"bytes"
	"testing"
)

// What the proxies read is passed on: no byte that came may be lost, whatever
// it is.
func FuzzReadRequest(f *testing.F) {
	for _, text := range []string{
		"POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"GET / HTTP/1.0\n\n", "\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "garbage",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		_, raw, _ := readRequest(bufio.NewReader(bytes.NewReader(in)))
		if len(raw) > 0 && !bytes.HasPrefix(in, raw) {
			t.Errorf("%q was read as %q", in, raw)
		}
		readAnswer(bytes.NewReader(in))
	})
}
