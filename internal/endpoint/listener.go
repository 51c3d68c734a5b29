package endpoint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// listener is one address that the endpoint accepts at.
type listener struct {
	e    *Endpoint
	tls  *tls.Config
	addr string // as bound, so that Up finds the same port
	ln   net.Listener
	held *reservation // of addr, between Down and Up
}

func (l *listener) open(addr string) error {
	listen := func() (net.Listener, error) { return net.Listen("tcp", addr) }
	if l.held != nil {
		listen, l.held = l.held.listen, nil
	}
	ln, err := listen()
	if err != nil {
		return fmt.Errorf("endpoint: %w", err)
	}
	l.ln, l.addr = ln, ln.Addr().String()
	return nil
}

func (l *listener) url() string {
	if l.tls != nil {
		return "https://" + l.addr
	}
	return "http://" + l.addr
}

func (l *listener) stop() { l.ln.Close() }

// release lets go of a reserved port.
func (l *listener) release() {
	if l.held != nil {
		l.held.end()
		l.held = nil
	}
}

// start runs the accept loop, which the listener's closing ends.
func (l *listener) start() {
	ln := l.ln
	l.e.wg.Add(1)
	go func() {
		defer l.e.wg.Done()
		for {
			nc, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				if l.e.opts.Refused != nil {
					l.e.opts.Refused(err)
				}
				if !l.pause() {
					return
				}
				continue
			}
			l.serve(nc)
		}
	}()
}

// pause waits after an accept error (no file descriptors left, say) and
// reports whether to go on.
func (l *listener) pause() bool {
	l.e.mu.Lock()
	cut := l.e.cut
	l.e.mu.Unlock()
	select {
	case <-cut:
		return false
	case <-time.After(10 * time.Millisecond):
		return true
	}
}

func (l *listener) serve(nc net.Conn) {
	c := &conn{
		e: l.e, raw: nc, nc: wrapTLS(nc, l.tls), tls: l.tls != nil,
		remote: nc.RemoteAddr().String(), accepted: time.Now(),
	}
	if !l.e.admit(c) {
		nc.Close()
		return
	}
	go c.serve()
}

// tlsConfig returns the configuration of the https listeners.
func (e *Endpoint) tlsConfig() (*tls.Config, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cert == nil {
		cert, err := SelfSigned()
		if err != nil {
			return nil, fmt.Errorf("endpoint: certificate: %w", err)
		}
		e.cert = cert
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{*e.cert}, MinVersion: tls.VersionTLS12}
	if e.opts.TLS != nil {
		e.opts.TLS(cfg)
	}
	return cfg, nil
}

// SelfSigned returns a certificate of its own making for the loopback names, good for a
// year.
func SelfSigned() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "hookproof endpoint"},
		NotBefore:    time.Now().Add(-24 * time.Hour),
		NotAfter:     time.Now().Add(365 * 24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
