package endpoint

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// While it is down callers are refused, nobody gets its port, and it comes
// back at the same one, as often as wanted.
func TestPortIsKeptWhileDown(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	if err := e.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	addr := e.Addr()
	for range 3 {
		if err := e.Down(); err != nil {
			t.Fatal(err)
		}
		if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a caller of what is down got %v", err)
		}
		for range 200 { // of the ports that the kernel gives away, none is ours
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if l.Addr().String() == addr {
				t.Error("the port was given away")
			}
		}
		if err := e.Up(); err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if err := e.Down(); err != nil {
		t.Fatal(err)
	}
}
