package client

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/sirupsen/logrus"
	rtmp "github.com/yutopp/go-rtmp"
	rtmpmsg "github.com/yutopp/go-rtmp/message"
)

// recorder is what go-rtmp's server, which shares nothing with our own, saw of
// a publisher.
type recorder struct {
	rtmp.DefaultHandler
	mu                   sync.Mutex
	app, tcURL, flashVer string
	released, fc, name   string
	video, audio         [][]byte
	metadata             int
	closed               chan struct{}
}

func (r *recorder) OnConnect(_ uint32, cmd *rtmpmsg.NetConnectionConnect) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.app, r.tcURL, r.flashVer = cmd.Command.App, cmd.Command.TCURL, cmd.Command.FlashVer
	return nil
}

func (r *recorder) OnReleaseStream(_ uint32, cmd *rtmpmsg.NetConnectionReleaseStream) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.released = cmd.StreamName
	return nil
}

func (r *recorder) OnFCPublish(_ uint32, cmd *rtmpmsg.NetStreamFCPublish) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fc = cmd.StreamName
	return nil
}

func (r *recorder) OnPublish(_ *rtmp.StreamContext, _ uint32, cmd *rtmpmsg.NetStreamPublish) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.name = cmd.PublishingName + " " + cmd.PublishingType
	return nil
}

func (r *recorder) OnSetDataFrame(uint32, *rtmpmsg.NetStreamSetDataFrame) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.metadata++
	return nil
}

func (r *recorder) OnAudio(_ uint32, payload io.Reader) error { return r.take(&r.audio, payload) }

func (r *recorder) OnVideo(_ uint32, payload io.Reader) error { return r.take(&r.video, payload) }

func (r *recorder) take(into *[][]byte, payload io.Reader) error {
	b, err := io.ReadAll(payload)
	r.mu.Lock()
	defer r.mu.Unlock()
	*into = append(*into, b)
	return err
}

func (r *recorder) OnClose() { close(r.closed) }

func TestPublishToIndependentServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	rec := &recorder{closed: make(chan struct{})}
	quiet := logrus.New()
	quiet.SetOutput(io.Discard)
	srv := rtmp.NewServer(&rtmp.ServerConfig{OnConnect: func(conn net.Conn) (io.ReadWriteCloser, *rtmp.ConnConfig) {
		return conn, &rtmp.ConnConfig{Handler: rec, Logger: quiet,
			ControlState: rtmp.StreamControlStateConfig{DefaultBandwidthWindowSize: 6 << 20}}
	}})
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(ln) // ends with Close below
	}()
	t.Cleanup(func() { srv.Close(); <-served })

	url := "rtmp://" + ln.Addr().String() + "/live?token=abc"
	c, err := RunPublisher(patient(t), PublishRun{Options: Options{URL: url, Publisher: 9}, Name: "cam?x=1",
		Kind: "record"})
	must(t, err)
	<-rec.closed

	rec.mu.Lock()
	defer rec.mu.Unlock()
	got := []string{rec.app, rec.tcURL, rec.flashVer, rec.released, rec.fc, rec.name}
	equal(t, "what the server was told", got, []string{"live?token=abc", url, DefaultFlashVer, "cam?x=1", "cam?x=1",
		"cam?x=1 record"})
	if rec.metadata != 1 || len(rec.video) != 77 || len(rec.audio) < 130 {
		t.Errorf("the server got %d metadata, %d video and %d audio messages", rec.metadata, len(rec.video),
			len(rec.audio))
	}
	if n := c.Counters().SentFrames; n != uint64(len(rec.video)+len(rec.audio)-3) {
		t.Errorf("the client counted %d frames", n)
	}
	if m, ok := ParseMarker(rec.video[1]); !ok || m.Publisher != 9 || m.Seq != 0 {
		t.Errorf("the first picture's marker: %+v, %v", m, ok)
	}
	if !bytes.Contains(rec.video[0], []byte{0x17, 0}) {
		t.Errorf("the sequence header is %x", rec.video[0])
	}
}
