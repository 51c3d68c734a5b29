package rtmptarget

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hookproof/internal/check"
	"hookproof/internal/client"
	"hookproof/internal/viewer"
	"hookproof/reports"
)

// Names of what is observed of viewers over HTTP.
const (
	playlistNote = "playlist"
	segmentNote  = "segment"
)

// target is what a viewer asks for: name is STREAM.EXT[?PARAM], or STREAM-NUMBER.ts.
func (a *Actor) target(name string) string {
	stream, rest := cutFile(name)
	return "/" + a.scene.Facts.App + "/" + a.use(stream) + rest
}

// NamedFile is Named of the file of a stream.
func (s *Scene) NamedFile(name string) string {
	stream, rest := cutFile(name)
	return s.Named(stream) + rest
}

// cutFile cuts the name of a stream off that of its file.
func cutFile(name string) (stream, rest string) {
	end := len(name)
	if i := strings.IndexByte(name, '?'); i >= 0 {
		end = i
	}
	i := strings.LastIndexByte(name[:end], '.')
	if i < 0 {
		return name, ""
	}
	if name[i:end] == ".ts" {
		i = max(strings.LastIndexByte(name[:i], '-'), 0)
	}
	return name[:i], name[i:]
}

// On reports whether a viewer over HTTP has been let on and has not left.
func (a *Actor) On() bool {
	a.scene.mu.Lock()
	defer a.scene.mu.Unlock()
	select {
	case <-a.over.ended():
		return false
	default:
		return a.over != nil
	}
}

func (a *Actor) viewerOptions() viewer.Options {
	o := viewer.Options{Address: a.scene.Target.HTTP, LocalAddr: a.Local,
		Header: http.Header{"Referer": {a.SentPageURL()}}}
	if a.Forwarded != "" {
		o.Header.Set("X-Forwarded-For", a.Forwarded)
		o.Header.Set("X-Real-IP", a.Forwarded)
	}
	return o
}

// Watch plays over HTTP what name says: HTTP-FLV of STREAM.flv, HLS of STREAM.m3u8. It returns when the server has let
// the viewer on, or has not; a refusal is no error. A viewer that is on goes on in the background until it leaves.
func (a *Actor) Watch(ctx context.Context, name string) error {
	target := a.target(name)
	a.dials()
	on, leave := context.WithCancel(a.ctx)
	a.scene.mu.Lock()
	a.unwatch = leave
	a.scene.mu.Unlock()
	within, cancel := a.within(ctx)
	defer cancel()
	defer context.AfterFunc(on, cancel)()
	if strings.Contains(name, ".flv") {
		return a.watchFLV(within, target)
	}
	return a.watchHLS(within, on, target)
}

// dials notes that the actor comes over HTTP.
func (a *Actor) dials() {
	a.scene.mu.Lock()
	a.dialed = true
	a.scene.mu.Unlock()
	a.scene.Log.Add(reports.Observation{Kind: reports.KindDial, Actor: a.Name, Name: check.OverHTTP,
		Text: a.scene.Target.HTTP})
}

// Look is Watch in the background. It returns once the viewer has been let on or turned away, or waits for an answer
// that the hook server holds back.
func (a *Actor) Look(ctx context.Context, name string) {
	a.patient = true
	a.act = begin(func() error { return a.Watch(a.ctx, name) })
	a.scene.Await(ctx, func([]reports.Observation) bool {
		select {
		case <-a.act.done:
			return true
		default:
			return a.scene.holds(a)
		}
	})
}

func (a *Actor) watchFLV(ctx context.Context, target string) error {
	v, err := viewer.Open(ctx, a.viewerOptions(), target)
	if err != nil {
		return a.unanswered(ctx, err)
	}
	a.told(v.Status, "")
	v.Play(a.frame)
	a.flv.Store(v)
	a.goesOn(func() error {
		<-v.Done()
		a.off(string(v.How()), "")
		return nil
	})
	return nil
}

// goesOn has a viewer that is on go on in the background.
func (a *Actor) goesOn(f func() error) {
	a.scene.mu.Lock()
	defer a.scene.mu.Unlock()
	a.over = begin(f)
}

// unanswered notes that a request had no answer. That the server ended it, or says nothing, is its way to refuse; that
// there was no connection is an error.
func (a *Actor) unanswered(ctx context.Context, err error) error {
	var dial *viewer.DialError
	if errors.As(err, &dial) {
		a.scene.Trouble(err)
		a.off("refused", err.Error())
		return err
	}
	if ctx.Err() != nil {
		a.off(string(client.Local), "no answer yet")
		return a.ctx.Err() // the scene's end, if it is that
	}
	a.off(string(viewer.HowOf(err)), "without an answer")
	return nil
}

func (a *Actor) off(how, text string) {
	a.scene.Log.Add(reports.Observation{Kind: reports.KindDisconnect, Actor: a.Name, Name: how, Text: text})
}

func (a *Actor) told(status int, of string) {
	a.scene.Log.Add(reports.Observation{Kind: reports.KindStatus, Actor: a.Name, Name: check.OverHTTP,
		Code: strconv.Itoa(status), Text: of})
}

// frame writes what an FLV viewer gets into the log, as media of RTMP is.
func (a *Actor) frame(f *viewer.Frame) {
	ev := client.Event{At: f.At, Frame: f.Picture, Keyframe: f.Keyframe, SequenceHeader: f.Header,
		Timestamp: f.Timestamp, Size: len(f.Payload), Marker: f.Marker, Payload: f.Payload}
	o := reports.Observation{T: a.scene.Log.At(f.At), Actor: a.Name, Name: "FLV"}
	if a.media(&ev, &o) {
		a.scene.Log.Add(o)
	}
}

// AwaitHLS makes the scene as patient as it takes until there is a first segment, or a viewer of HLS is missed. SRS
// looks for one of them each 5 s.
func (s *Scene) AwaitHLS() {
	const ours, others = 10 * time.Second, 4 * time.Minute // of many viewers
	if s.Target != nil && s.Target.shared {
		s.Wait(others)
		return
	}
	s.Wait(ours)
}

// hlsEvery is how often an HLS viewer looks for a new segment.
const hlsEvery = 200 * time.Millisecond

// watchHLS returns with the first segment, or when something is refused; then it goes on until on ends.
func (a *Actor) watchHLS(ctx, on context.Context, target string) error {
	got := map[string]bool{}
	for len(got) == 0 {
		media, served, err := a.follow(ctx, target)
		if err != nil || !served {
			return err
		}
		a.scene.mu.Lock()
		a.playlist = media
		a.scene.mu.Unlock()
		if served, err = a.segments(ctx, media, got); err != nil || !served {
			return err
		}
		target = media
		if len(got) == 0 && !pause(ctx, hlsEvery) {
			return ctx.Err()
		}
	}
	a.goesOn(func() error {
		defer a.off(string(client.Local), "asks for nothing any more")
		for pause(on, hlsEvery) {
			if served, err := a.segments(on, target, got); err != nil || !served {
				return err
			}
		}
		return nil
	})
	return nil
}

// pause waits; false: ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// follow asks for a playlist, and of a master playlist for the first that it names; it returns the target of the media
// playlist.
func (a *Actor) follow(ctx context.Context, target string) (media string, served bool, err error) {
	p, served, err := a.askPlaylist(ctx, target)
	if err != nil || !served || len(p.Variants) == 0 {
		return target, served, err
	}
	return p.Variants[0], true, nil
}

// segments asks for a media playlist and the segments of it that are new. Those that have gone meanwhile are no
// refusal.
func (a *Actor) segments(ctx context.Context, target string, got map[string]bool) (served bool, err error) {
	p, served, err := a.askPlaylist(ctx, target)
	if err != nil || !served {
		return served, err
	}
	for _, s := range p.Segments {
		if got[s] {
			continue
		}
		answer, err := a.Ask(ctx, s)
		if err != nil {
			return false, err
		}
		if answer != nil && answer.Given() {
			got[s] = true
			a.scene.mu.Lock()
			a.segment = s
			a.scene.mu.Unlock()
		}
	}
	return true, nil
}

func (a *Actor) askPlaylist(ctx context.Context, target string) (*viewer.Playlist, bool, error) {
	answer, err := a.Ask(ctx, target)
	if err != nil || answer == nil || !answer.Given() {
		return nil, false, err
	}
	p, err := viewer.ParsePlaylist(target, answer.Body)
	return p, err == nil, err
}

// Ask sends one request of HLS; nil without an answer. What an answer gives away is noted as media.
func (a *Actor) Ask(ctx context.Context, target string) (*viewer.Answer, error) {
	path, _, _ := strings.Cut(target, "?")
	answer, err := viewer.Get(ctx, a.viewerOptions(), target)
	if err != nil {
		return nil, a.unanswered(ctx, err)
	}
	a.told(answer.Status, path)
	if answer.Given() {
		what := playlistNote
		if strings.HasSuffix(path, ".ts") {
			what = segmentNote
		}
		a.scene.Log.Add(reports.Observation{T: a.scene.Log.At(answer.Ended), Kind: reports.KindMedia, Actor: a.Name,
			Name: what, Text: fmt.Sprintf("a %s, %d bytes: %s", what, len(answer.Body), path),
			Data: &reports.Details{Media: reports.Media{Frames: 1}}})
	}
	return answer, nil
}

// AskFor sends one request for STREAM.EXT, and notes what becomes of it.
func (a *Actor) AskFor(ctx context.Context, name string) error {
	a.dials()
	ctx, cancel := a.within(ctx)
	defer cancel()
	_, err := a.Ask(ctx, a.target(name))
	return err
}

// AskAs sends the request for the playlist that another viewer has, with other parameters than its context.
func (a *Actor) AskAs(ctx context.Context, other *Actor, param string) error {
	a.dials()
	a.scene.mu.Lock()
	target := other.playlist
	a.scene.mu.Unlock()
	if target == "" {
		return fmt.Errorf("%s has no playlist", other.Name)
	}
	path, query, _ := strings.Cut(target, "?")
	for part := range strings.SplitSeq(query, "&") {
		if strings.HasPrefix(part, "hls_ctx=") {
			param = part + "&" + param
		}
	}
	ctx, cancel := a.within(ctx)
	defer cancel()
	_, err := a.Ask(ctx, path+"?"+param)
	return err
}

// AskSegment asks for the newest segment that another viewer has, without its parameters.
func (a *Actor) AskSegment(ctx context.Context, other *Actor) error {
	a.dials()
	a.scene.mu.Lock()
	target, _, _ := strings.Cut(other.segment, "?")
	a.scene.mu.Unlock()
	if target == "" {
		return fmt.Errorf("%s has no segment", other.Name)
	}
	ctx, cancel := a.within(ctx)
	defer cancel()
	_, err := a.Ask(ctx, target)
	return err
}

// leaveHTTP ends what the actor does over HTTP.
func (a *Actor) leaveHTTP(vanish bool) {
	a.scene.mu.Lock()
	leave := a.unwatch
	a.scene.mu.Unlock()
	if leave != nil {
		leave()
	}
	a.act.wait()
	if v := a.flv.Load(); v != nil && vanish {
		v.Vanish()
	} else if v != nil {
		v.Leave()
	}
	a.scene.mu.Lock()
	over := a.over
	a.scene.mu.Unlock()
	over.wait()
}
