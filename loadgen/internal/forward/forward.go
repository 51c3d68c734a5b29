// Package forward asks somebody's hook server what our endpoint is asked, so that the endpoint sees every question
// and every answer.
package forward

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"hookproof/hook"
	"hookproof/internal/endpoint"
)

// Forwarder passes requests on to the URLs of their events.
type Forwarder struct {
	urls   map[hook.Event][]string
	client *http.Client

	mu  sync.Mutex
	err error
}

// Bounds of an answer that is passed on, in bytes.
const (
	maxHead   = 64 << 10
	maxAnswer = 1 << 20
)

// New makes a Forwarder. The timeout bounds each call.
func New(urls map[hook.Event][]string, timeout time.Duration) *Forwarder {
	t := &http.Transport{
		MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, IdleConnTimeout: time.Second,
		MaxResponseHeaderBytes: maxHead, DisableCompression: true, DialContext: (&net.Dialer{}).DialContext,
	}
	return &Forwarder{
		urls: urls,
		client: &http.Client{Transport: t, Timeout: timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// Close lets go of idle connections.
func (f *Forwarder) Close() { f.client.CloseIdleConnections() }

// Err returns why the first request that was not answered was not.
func (f *Forwarder) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Ask passes a request on to the URLs of its event, one after the other as long as profile takes their answers for
// acceptances, and returns the last answer as it came. Where none came, the caller gets none either. An event without
// a URL is accepted.
func (f *Forwarder) Ask(r *endpoint.Request, profile *hook.Profile) endpoint.Answer {
	a := endpoint.Accept()
	if !r.HasEvent {
		return a
	}
	for _, url := range f.urls[r.Event] {
		var accepts bool
		if a, accepts = f.one(r, url, profile); !accepts && !r.Event.Closing() {
			break
		}
	}
	return a
}

func (f *Forwarder) one(r *endpoint.Request, url string, profile *hook.Profile) (a endpoint.Answer, accepts bool) {
	resp, body, err := f.exchange(r, url)
	if err != nil {
		f.mu.Lock()
		if f.err == nil {
			f.err = err
		}
		f.mu.Unlock()
		return endpoint.Answer{Fault: endpoint.CloseWithoutAnswer}, false
	}
	a = endpoint.Answer{Status: resp.StatusCode, Body: string(body)}
	if kind := resp.Header.Get("Content-Type"); kind != "" {
		a.Header = http.Header{"Content-Type": {kind}}
	}
	return a, profile.Judge(hook.Answer{Status: resp.StatusCode, Body: body}).Accept
}

func (f *Forwarder) exchange(r *endpoint.Request, url string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), r.Method, url, bytes.NewReader(r.Body))
	if err != nil {
		return nil, nil, err
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
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	}
	return resp, body, err
}
