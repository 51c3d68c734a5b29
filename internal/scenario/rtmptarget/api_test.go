package rtmptarget

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// A server under test cannot have others asked: its redirects are not followed, and what it calls a client_id
// cannot leave the path of clients.
func TestAPIAsksTheTargetAlone(t *testing.T) {
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	var paths []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.Method+" "+r.RequestURI)
		http.Redirect(w, r, other.URL+"/admin", http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	target := &Target{API: srv.URL}
	if err := target.Kick(t.Context(), "2l819930"); err == nil || !strings.Contains(err.Error(), "not followed") {
		t.Errorf("a redirect: want an error, got %v", err)
	}
	for _, id := range []string{"../../admin", "..", "", "a/b", "a?b=c", "a#b", "a%2fb", "a b",
		strings.Repeat("9", 65), "é"} {
		if err := target.Kick(t.Context(), id); err == nil || !strings.Contains(err.Error(), "want a client_id") {
			t.Errorf("kick %.20q: want an error, got %v", id, err)
		}
		if _, err := target.Knows(t.Context(), id); err == nil {
			t.Errorf("look for %.20q: want an error, got none", id)
		}
	}
	if want := "DELETE /api/v1/clients/2l819930"; asked != 0 || len(paths) != 1 || paths[0] != want {
		t.Errorf("want %s alone, and nothing of others; got %v, and %d", want, paths, asked)
	}
}

// What the API answers is read within bounds.
func TestAPIAnswersAreBounded(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for name, handler := range map[string]http.HandlerFunc{
		"an endless body": func(w http.ResponseWriter, _ *http.Request) {
			for _, err := io.WriteString(w, long); err == nil; {
				_, err = io.WriteString(w, long)
			}
		},
		"an endless head": func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			for _, err = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "); err == nil; {
				_, err = io.WriteString(c, long)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(handler)
			defer srv.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := (&Target{API: srv.URL}).Kick(t.Context(), "7")
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("want an error, got none")
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("one answer: want at most 64 MB allocated, got %d", took>>20)
			}
		})
	}
}
