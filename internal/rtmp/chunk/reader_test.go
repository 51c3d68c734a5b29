package chunk

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const patience = 10 * time.Second

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestDeclaredLengthIsNotAllocated: memory goes by what arrives.
func TestDeclaredLengthIsNotAllocated(t *testing.T) {
	m := Message{ChunkStream: 6, Type: video, Payload: make([]byte, MaxSize)}
	wire := AppendMessage(nil, &m, MaxSize)[:12+1000]
	var r *Reader
	n := allocated(func() {
		r = NewReader(bytes.NewReader(wire), Limits{})
		r.chunkSize = MaxSize
		if err := r.Next(new(Message)); err != io.ErrUnexpectedEOF {
			t.Errorf("ended with %v", err)
		}
	})
	if n > 16<<10 || r.buffered > 2000 {
		t.Errorf("1,000 bytes of a message of 16 MB cost %d bytes, %d of them kept", n, r.buffered)
	}
}

// TestConnectLimits: a peer that is not accepted yet cannot make a Reader hold
// more than a few KB, whatever it begins and does not finish.
func TestConnectLimits(t *testing.T) {
	var wire []byte
	for id := range uint32(8) {
		m := Message{ChunkStream: 3 + id, Type: command, Payload: make([]byte, 8<<10)}
		wire = append(wire, AppendMessage(nil, &m, 4096)[:12+4096]...)
	}
	r := NewReader(bytes.NewReader(wire), ConnectLimits())
	r.chunkSize = 4096
	var limit *LimitError
	if err := r.Next(new(Message)); !errors.As(err, &limit) || limit.Max != int64(ConnectLimits().Buffered) {
		t.Errorf("ended with %v, want the limit of unfinished messages", err)
	}
	if r.src.large {
		t.Error("a large buffer for a peer with small limits")
	}
}

// TestPayloadIsTheCallers: a payload does not change when reading goes on.
func TestPayloadIsTheCallers(t *testing.T) {
	var wire []byte
	for i := range 200 {
		m := Message{ChunkStream: 6, Type: video, Payload: bytes.Repeat([]byte{byte(i)}, 1+i*37%900)}
		wire = AppendMessage(wire, &m, DefaultSize)
	}
	all, err := readAll(bytes.NewReader(wire), Limits{})
	if err != io.EOF || len(all) != 200 {
		t.Fatalf("%d messages, %v", len(all), err)
	}
	for i, m := range all {
		if !bytes.Equal(m.Payload, bytes.Repeat([]byte{byte(i)}, 1+i*37%900)) {
			t.Fatalf("payload %d was written to", i)
		}
	}
}

func TestBytesReadAndAck(t *testing.T) {
	var wire []byte
	for range 10 {
		wire = AppendMessage(wire, &Message{ChunkStream: 4, Type: audio, Payload: make([]byte, 88)}, DefaultSize)
	}
	r := NewReader(&stepReader{wire, 100}, Limits{})
	r.AddBytes(3073)
	if _, due := r.AckDue(); due {
		t.Error("due without a window")
	}
	r.SetWindow(400)
	r.acked = r.BytesRead()
	var seqs []uint32
	for range 10 {
		if err := r.Next(new(Message)); err != nil {
			t.Fatal(err)
		}
		if seq, due := r.AckDue(); due {
			seqs = append(seqs, seq)
		}
	}
	if len(seqs) != 5 || seqs[0] != 3073+200 || seqs[4] != 3073+1000 {
		t.Errorf("acknowledged at %v, want each 200 bytes from 3273 to 4073", seqs)
	}
	if n := r.BytesRead(); n != 3073+1000 {
		t.Errorf("%d bytes read, want 4073", n)
	}
	r.src.total.Store(1<<32 + 5)
	if seq, _ := r.AckDue(); seq != 5 {
		t.Errorf("sequence number %d, want 5: it wraps", seq)
	}
}

// A stepReader returns so many bytes at a time.
type stepReader struct {
	b    []byte
	step int
}

func (r *stepReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b[:min(r.step, len(r.b))])
	r.b = r.b[n:]
	return n, nil
}

// tcpPair returns the two ends of a loopback connection.
func tcpPair(t testing.TB) (client, server *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// TestDeadline: after a deadline, wherever it strikes, reading goes on as if
// nothing had been, and a TCP connection that waits holds no buffer.
func TestDeadline(t *testing.T) {
	want := []Message{
		{ChunkStream: 320, Type: video, Stream: 1, Timestamp: 0x1234567, Payload: bytes.Repeat([]byte{7}, 70)},
		{ChunkStream: 4, Type: audio, Stream: 1, Payload: []byte{1, 2, 3}},
	}
	var wire []byte
	for i := range want {
		wire = AppendMessage(wire, &want[i], 32)
	}
	for name, wrap := range map[string]func(*net.TCPConn) io.Reader{
		"tcp":   func(c *net.TCPConn) io.Reader { return c },
		"other": func(c *net.TCPConn) io.Reader { return struct{ io.Reader }{c} },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tcpPair(t)
			r := NewReader(wrap(server), Limits{})
			r.chunkSize = 32
			var got []Message
			for i := range wire {
				server.SetReadDeadline(time.Now().Add(-time.Second))
				var m Message
				if err := r.Next(&m); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatalf("before byte %d: %v, want the deadline", i, err)
				}
				if r.src.buf != nil {
					t.Fatalf("before byte %d: a buffer is held", i)
				}
				if _, err := client.Write(wire[i : i+1]); err != nil {
					t.Fatal(err)
				}
				got = append(got, awaitByte(t, r, server, uint64(i+1))...)
			}
			if !sameMessages(got, want) {
				t.Errorf("read %+v, want %+v", got, want)
			}
		})
	}
}

// awaitByte reads until n bytes in all have come, and returns the message that completed.
func awaitByte(t *testing.T, r *Reader, server *net.TCPConn, n uint64) []Message {
	t.Helper()
	giveUp := time.Now().Add(patience)
	for r.BytesRead() < n && time.Now().Before(giveUp) {
		server.SetReadDeadline(time.Now().Add(2 * time.Millisecond))
		var m Message
		switch err := r.Next(&m); {
		case err == nil:
			return []Message{m}
		case !errors.Is(err, os.ErrDeadlineExceeded):
			t.Fatal(err)
		}
	}
	return nil
}

// TestEndings: how a connection ended can be told from the error.
func TestEndings(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(client, server *net.TCPConn)
		want error
	}{
		{"closed by the peer", func(c, _ *net.TCPConn) { c.Close() }, io.EOF},
		{"reset by the peer", func(c, _ *net.TCPConn) { c.SetLinger(0); c.Close() }, syscall.ECONNRESET},
		{"closed here", func(_, s *net.TCPConn) { s.Close() }, net.ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := tcpPair(t)
			server.SetReadDeadline(time.Now().Add(patience))
			done := make(chan error, 1)
			go func() { done <- NewReader(server, Limits{}).Next(new(Message)) }()
			c.end(client, server)
			err := <-done
			if !errors.Is(err, c.want) {
				t.Errorf("ended with %v, want %v", err, c.want)
			}
		})
	}
}

// TestLargeReads: much that is pending is read in few reads.
func TestLargeReads(t *testing.T) {
	var wire []byte
	for range 1000 {
		wire = AppendMessage(wire, &Message{ChunkStream: 6, Type: video, Payload: make([]byte, 2000)}, 4096)
	}
	counter := &countReader{r: bytes.NewReader(wire)}
	r := NewReader(counter, Limits{})
	r.chunkSize = 4096
	for i := range 1000 {
		if err := r.Next(new(Message)); err != nil {
			t.Fatal(i, err)
		}
	}
	if most := len(wire)/largeBuffer + 5; counter.reads > most {
		t.Errorf("%d reads for %d bytes, want at most %d", counter.reads, len(wire), most)
	}
	if r.src.buf != nil {
		t.Error("a buffer is held with nothing in it")
	}
}

type countReader struct {
	r     io.Reader
	reads int
}

func (c *countReader) Read(p []byte) (int, error) {
	c.reads++
	return c.r.Read(p)
}
