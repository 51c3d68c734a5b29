package hook

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// serve answers connections with h, and returns a channel that is closed when
// the first one has been ended by the caller.
func (h *hostile) serve(t *testing.T) (url string, gone <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var once sync.Once
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				h.converse(conn)
				conn.SetReadDeadline(time.Now().Add(patience))
				if _, err := io.Copy(io.Discard, conn); !isTimeout(err) {
					once.Do(func() { close(ended) })
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	scheme := "http"
	if h.secure {
		scheme = "https"
	}
	return scheme + "://" + l.Addr().String() + "/", ended
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// converse reads a request, where one can come, and answers it.
func (h *hostile) converse(conn net.Conn) {
	raw := conn
	if h.tls != nil {
		conn = tls.Server(raw, h.tls)
	}
	if !h.secure || h.tls != nil {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
	}
	if !h.answer(conn, 1) {
		raw.(*net.TCPConn).CloseWrite()
	}
}

// forever says something once, and then something else without an end.
func forever(first, more string) func(net.Conn, int) bool {
	flood := bytes.Repeat([]byte(more), max(1, 32<<10/len(more)))
	return func(conn net.Conn, _ int) bool {
		for b := []byte(first); ; b = flood {
			if _, err := conn.Write(b); err != nil {
				return false
			}
		}
	}
}

// mute says something and then nothing, until the caller goes.
func mute(first string) func(net.Conn, int) bool {
	return func(conn net.Conn, n int) bool {
		says(first)(conn, n)
		io.Copy(io.Discard, conn)
		return false
	}
}

// dripping says all of it byte by byte, with pauses in between; atOnce bytes of
// it at once.
func dripping(all string, atOnce ...int) func(net.Conn, int) bool {
	const pause = 20 * time.Millisecond
	b, n := []byte(all), 1
	if len(atOnce) > 0 {
		n = atOnce[0]
	}
	return func(conn net.Conn, _ int) bool {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for i := 0; i < len(b); i, n = i+n, 1 {
			if _, err := conn.Write(b[i : i+n]); err != nil {
				return false
			}
			<-tick.C
		}
		return true
	}
}

func redirect(status, to string) func(net.Conn, int) bool {
	return says(fmt.Sprintf("HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 1\r\n\r\n0", status, to))
}

// bomb is an answer that would accept: 20 KB that become 16 MB.
var bomb = func() string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	io.WriteString(w, `{"code":0,"data":"`+strings.Repeat("0", 16<<20)+`"}`)
	w.Close()
	return b.String()
}()

// untouched is an address where nobody must come.
func untouched(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Close()
			t.Error("a redirect was followed")
		}
	})
	t.Cleanup(func() { l.Close(); done.Wait() })
	return l.Addr().String()
}

// issuer is a certificate authority.
type issuer struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool
}

// authority is one that the callers trust.
var authority = sync.OnceValue(func() *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true,
		BasicConstraintsValid: true,
		NotBefore:             time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	a := &issuer{key: key, pool: x509.NewCertPool()}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	a.pool.AddCert(a.cert)
	return a
})

const (
	trusted = true
	unknown = false
)

// certified is a server's configuration with a certificate for a name or
// address, that is good for so long from now on, issued by the authority or by
// itself.
func certified(t *testing.T, byAuthority bool, name string, good time.Duration) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(good),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	parent, signer := template, key
	if byAuthority {
		parent, signer = authority().cert, authority().key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// old speaks no TLS later than 1.1.
func old(c *tls.Config) *tls.Config {
	c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	return c
}
