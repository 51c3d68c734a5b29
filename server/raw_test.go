package server

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"hookproof/internal/client"
	"hookproof/internal/rtmp/amf"
	"hookproof/internal/rtmp/chunk"
	"hookproof/internal/rtmp/command"
	"hookproof/internal/rtmp/handshake"
)

// raw is a client that sends bytes as they come, for what no well-behaved one sends.
type raw struct {
	t testing.TB
	*net.TCPConn
	r *chunk.Reader // of what the server says after its handshake
}

// dialRaw connects TCP from the address of an interface, "" for any.
func dialRaw(t testing.TB, addr, from string) (*raw, error) {
	d := net.Dialer{}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patienceOfTests)
	defer cancel()
	nc, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &raw{t: t, TCPConn: nc.(*net.TCPConn)}
	c.SetDeadline(time.Now().Add(2 * patienceOfTests))
	c.r = chunk.NewReader(c.TCPConn, chunk.Limits{})
	return c, nil
}

// raw connects TCP to the server; the connection is closed with the test.
func (f *fixture) raw() *raw {
	f.t.Helper()
	c, err := dialRaw(f.t, f.Addr().String(), "")
	f.must(err)
	f.t.Cleanup(func() { c.Close() })
	return c
}

// shaken also shakes hands.
func (f *fixture) shaken() *raw {
	f.t.Helper()
	c := f.raw()
	_, err := handshake.Client(c, handshake.Options{})
	f.must(err)
	return c
}

// send writes bytes as far as the server takes them: one that has ended the connection is what many tests want.
func (c *raw) send(parts ...[]byte) {
	c.t.Helper()
	for _, b := range parts {
		_, err := c.Write(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.t.Error("the server takes nothing, and does not end the connection")
		}
		if err != nil {
			return
		}
	}
}

// sendAll sends while what the server says is read by then, until that is done.
func (c *raw) sendAll(b []byte, then func()) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		c.Write(slices.Concat(b, pingBytes)) // as far as the server takes it
	}()
	defer func() {
		c.SetWriteDeadline(time.Unix(1, 0))
		<-sent
		c.SetWriteDeadline(time.Now().Add(patienceOfTests))
	}()
	then()
}

// command waits for a command of the server with that name, or fails.
func (c *raw) command(name string) *command.Command {
	c.t.Helper()
	for {
		var m chunk.Message
		if err := c.r.Next(&m); err != nil {
			c.t.Fatalf("waiting for %s: %v", name, err)
		}
		if cmd, err := command.Parse(&m); err == nil && cmd.Name == name {
			return cmd
		}
	}
}

// cut waits until the server ends the connection.
func (c *raw) cut() {
	c.t.Helper()
	if _, err := io.Copy(io.Discard, c.TCPConn); errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatal("the server has not ended the connection")
	}
}

const pingValue = 0x5e7ed

var pingBytes = bytesOf(chunk.DefaultSize, command.UserControl{Event: command.PingRequest, Value: pingValue}.Message())

// served waits for the answer to pingBytes: the client is still served, after all that it sent before.
func (c *raw) served() {
	c.t.Helper()
	for {
		var m chunk.Message
		if err := c.r.Next(&m); err != nil {
			c.t.Fatalf("waiting for an answer to a ping: %v", err)
		}
		if u, err := command.ParseUserControl(&m); err == nil && u.Event == command.PingResponse &&
			u.Value == pingValue {
			return
		}
	}
}

// bytesOf puts messages into chunks.
func bytesOf(chunkSize int, all ...chunk.Message) (b []byte) {
	for i := range all {
		b = chunk.AppendMessage(b, &all[i], chunkSize)
	}
	return b
}

// call makes the message of a command; args follow the null command object.
func call(stream uint32, name string, transaction float64, args ...any) chunk.Message {
	m, err := (&command.Command{Name: name, Transaction: transaction,
		Args: append([]any{nil}, args...)}).Message(command.CommandChunks, stream)
	if err != nil {
		panic(err)
	}
	return m
}

// connectMessage is a connect to app live, with further properties.
func connectMessage(more ...amf.Property) chunk.Message {
	object := append(amf.Object{{Key: "app", Value: "live"}, {Key: "tcUrl", Value: "rtmp://127.0.0.1/live"}}, more...)
	m, err := (&command.Command{Name: "connect", Transaction: 1, Args: []any{object}}).Message(command.CommandChunks, 0)
	if err != nil {
		panic(err)
	}
	return m
}

// connected also connects.
func (f *fixture) connectedRaw() *raw {
	f.t.Helper()
	c := f.shaken()
	c.send(bytesOf(chunk.DefaultSize, connectMessage()))
	c.command("_result")
	return c
}

// publishing also creates a message stream, 1, and publishes a name on it.
func (f *fixture) publishingRaw(name string) *raw {
	f.t.Helper()
	c := f.connectedRaw()
	c.send(bytesOf(chunk.DefaultSize, call(0, "createStream", 2), call(1, "publish", 3, name, "live")))
	c.command("onStatus")
	return c
}

// c0c1 is the first half of a client's handshake.
var c0c1 = client.HandshakeBytes()
