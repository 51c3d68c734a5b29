package rig

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"hookproof/internal/endpoint"
)

// Forwarder asks somebody's hook server what our endpoint is asked, so that
// the endpoint sees every question and every answer.
type Forwarder struct {
	base   string
	client *http.Client
}

// maxAnswer bounds an answer that is passed on, in bytes.
const maxAnswer = 1 << 20

// NewForwarder passes on to the server at base, a URL without the hooks' own
// paths. timeout bounds each call.
func NewForwarder(base *url.URL, timeout time.Duration) *Forwarder {
	t := &http.Transport{
		MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, IdleConnTimeout: time.Second,
		DisableCompression: true, DialContext: (&net.Dialer{}).DialContext,
	}
	return &Forwarder{
		base: base.String(),
		client: &http.Client{Transport: t, Timeout: timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// Close lets go of idle connections.
func (f *Forwarder) Close() { f.client.CloseIdleConnections() }

// Ask passes a request on and gives back its answer as it came. Where none
// came, the caller gets none either.
func (f *Forwarder) Ask(r *endpoint.Request) endpoint.Answer {
	none := endpoint.Answer{Fault: endpoint.CloseWithoutAnswer}
	req, err := http.NewRequestWithContext(context.Background(), r.Method, f.base+r.Target, bytes.NewReader(r.Body))
	if err != nil {
		return none
	}
	for _, field := range r.Header {
		switch field.Name {
		case "Host", "Connection", "Content-Length":
		default:
			req.Header.Add(field.Name, field.Value)
		}
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return none
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return none
	}
	a := endpoint.Answer{Status: resp.StatusCode, Body: string(body)}
	if kind := resp.Header.Get("Content-Type"); kind != "" {
		a.Header = http.Header{"Content-Type": {kind}}
	}
	return a
}
