package hook

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestOutOfFiles: where this process has no file descriptor, a call waits for one; that is no refusal of the hook
// server.
func TestOutOfFiles(t *testing.T) {
	s := newRawServer(t, says(ok))
	shortage := func(c *Caller, tries int32) {
		var n atomic.Int32
		c.dialer.ControlContext = func(context.Context, string, string, syscall.RawConn) error {
			if n.Add(1) <= tries {
				return syscall.EMFILE
			}
			return nil
		}
	}
	c := newCaller(t, CallerOptions{Profile: SRS6, Fresh: true})
	shortage(c, 3)
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPublish)); !d.Accept {
		t.Errorf("refused: %s; want the call made when there is a file again", d.Reason)
	}
	c = newCaller(t, CallerOptions{Profile: SRS6, Fresh: true, Timeout: 100 * time.Millisecond})
	shortage(c, 1<<30)
	if d := c.Call(t.Context(), []string{s.url("/")}, example(OnPublish)); d.Accept {
		t.Error("accepted without a file for the whole time-out")
	}
}
