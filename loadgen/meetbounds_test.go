package loadgen

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// Whoever sits at the address of the first shard costs another shard a bounded amount of memory.
func TestMeetingIsReadWithinBounds(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for name, begin := range map[string]string{"head": "HTTP/1.1 200 OK\r\nX: ", "body": "HTTP/1.1 200 OK\r\n\r\n\""} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				defer c.Close()
				for _, err = io.WriteString(c, begin); err == nil; {
					_, err = io.WriteString(c, long)
				}
			}))
			defer srv.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/meet", nil)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = ask(meetTransport(), req)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("want an error, got none")
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
				t.Errorf("want at most 4 MB allocated, got %d", took>>20)
			}
		})
	}
}
