package rtmptarget

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Bounds of what the HTTP API of a server under test answers, in bytes.
const (
	maxAPIHead = 64 << 10
	maxAPIBody = 1 << 20
)

// apiClient calls the API. The server under test says what a client_id is, and could answer with a redirect: it
// does not decide what is asked of whom, so none is followed.
var apiClient = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: maxAPIHead},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// knownID is the form of a client_id that may go into a path: digits, or the letters and digits of SRS.
var knownID = regexp.MustCompile("^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$")

// Kick drops a client over the HTTP API.
func (t *Target) Kick(ctx context.Context, clientID string) error {
	body, err := t.callClient(ctx, http.MethodDelete, clientID)
	if err != nil {
		return err
	}
	if !strings.Contains(strings.ReplaceAll(body, " ", ""), `"code":0`) {
		return fmt.Errorf("DELETE /api/v1/clients/%s: want a code of 0, got %.200q", clientID, body)
	}
	return nil
}

// Knows reports whether the HTTP API still lists a client.
func (t *Target) Knows(ctx context.Context, clientID string) (bool, error) {
	body, err := t.callClient(ctx, http.MethodGet, clientID)
	return err == nil && lists(body, clientID), err
}

// lists reports whether an answer of the API describes a client.
func lists(body, clientID string) bool {
	return strings.Contains(strings.ReplaceAll(body, " ", ""), `"id":"`+clientID+`"`)
}

// callClient asks the API about one client and returns the body of its answer.
func (t *Target) callClient(ctx context.Context, method, clientID string) (string, error) {
	resp, body, err := t.askClient(ctx, method, clientID)
	switch {
	case err != nil:
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		err = fmt.Errorf("%s %s: want an answer, got a redirect to %.200q, which is not followed", method,
			resp.Request.URL.Path,
			resp.Header.Get("Location"))
	case resp.StatusCode >= 400 && resp.StatusCode != http.StatusNotFound:
		err = fmt.Errorf("%s %s: %s: %.200q", method, resp.Request.URL.Path, resp.Status, body)
	}
	return body, err
}

// askClient asks the API about one client, and reads the answer whatever its status.
func (t *Target) askClient(ctx context.Context, method, clientID string) (*http.Response, string, error) {
	if !knownID.MatchString(clientID) {
		return nil, "", fmt.Errorf("%s of a client over the API: want a client_id of letters, digits, - and _, got "+
			"%.80q",
			method, clientID)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.API+"/api/v1/clients/"+url.PathEscape(clientID), nil)
	if err != nil {
		return nil, "", err
	}
	resp, err := apiClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAPIBody))
	return resp, string(body), err
}
