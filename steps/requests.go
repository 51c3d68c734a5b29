package steps

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
	"hookproof/internal/scenario/rtmptarget"
	"hookproof/reports"
)

func (w *rtmpWorld) registerRequests(sc *godog.ScenarioContext) {
	step(sc, `^every request is a POST to the configured URL of its event$`, w.every(check.PostToURL))
	step(sc, `^every request has a body that is one JSON object of the length that Content-Length says$`,
		w.every(check.SoundBody))
	step(sc, `^every request has the Content-Type (\S+)$`, func(ctx context.Context, want string) error {
		return w.every(func(obs []reports.Observation) *check.Finding { return check.HasType(obs, want) })(ctx)
	})
	step(sc, `^every request has a User-Agent$`, w.every(check.HasAgent))
	step(sc, `^every request of ([A-Z][a-z]+) is valid JSON and no key but (.+) differs from a plain client's$`,
		w.escaped)
	step(sc, `^(on_\w+) of ([A-Z][a-z]+) carries the keys of the protocol$`, w.carriesKeys)
	step(sc, `^ip is the address of ([A-Z][a-z]+) in every event of [A-Z][a-z]+$`, w.ip)
	step(sc, `^tcUrl is what ([A-Z][a-z]+) sent in every event of [A-Z][a-z]+ that has the key$`, w.tcURL)
	step(sc, `^param of ([A-Z][a-z]+) begins with "(.*)" and stream is "([^"]*)" in (on_\w+) and (on_\w+)$`, w.param)
	step(sc, `^param of the last stream of ([A-Z][a-z]+) (begins with|is) "(.*)" in (on_\w+) and (on_\w+)$`,
		w.lastParam)
	step(sc, `^param of ([A-Z][a-z]+) has "(.*)" once at most in (on_\w+) and (on_\w+)$`, w.paramOnce)
	step(sc, `^(stream|stream_url) of ([A-Z][a-z]+) is "([^"]*)" in (on_\w+) and (on_\w+)$`, w.value)
	step(sc, `^vhost of ([A-Z][a-z]+) is "([^"]*)" in every event( that knows the stream)?$`, w.vhost)
}

// every makes a step of a check on all requests of clients that have gone.
func (w *rtmpWorld) every(judge func([]reports.Observation) *check.Finding) func(context.Context) error {
	return func(ctx context.Context) error { return w.fenced(ctx, closed, judge) }
}

func (w *rtmpWorld) escaped(ctx context.Context, name, keys string) error {
	may := words(keys)
	// stream_url is made of the stream, and a page URL names its client.
	may = append(may, "stream_url", "pageUrl")
	w.scene.Await(ctx, closed)
	marker, err := w.fence(ctx)
	if err != nil {
		return err
	}
	if f := check.Escaped(w.Profile, w.scene.Log.All(), name, marker, append(may, "stream", "param")...); f != nil {
		return f
	}
	sent := w.scene.Actor(name).SentPageURL()
	if !utf8.ValidString(sent) {
		return nil // what became of the bytes is the server's to choose, as long as it is JSON
	}
	return w.is(name, "pageUrl", sent)
}

func (w *rtmpWorld) carriesKeys(ctx context.Context, ev, name string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	return w.fenced(ctx, closed, func(obs []reports.Observation) *check.Finding {
		return check.CarriesKeys(w.Profile, obs, name, e)
	})
}

func (w *rtmpWorld) ip(ctx context.Context, name string) error {
	want := w.scene.Facts.IP
	if a := w.scene.Actor(name); a.Local != "" {
		want = rtmptarget.AnotherAddress
	}
	w.scene.Await(ctx, closed)
	return w.is(name, "ip", want)
}

func (w *rtmpWorld) tcURL(ctx context.Context, name string) error {
	w.scene.Await(ctx, closed)
	return w.is(name, "tcUrl", w.scene.Actor(name).SentTCURL())
}

func (w *rtmpWorld) param(ctx context.Context, name, begin, stream, one, two string) error {
	evs, err := events(one + ", " + two)
	if err != nil {
		return err
	}
	begin = w.scene.Expand(begin)
	w.scene.Await(ctx, closed)
	obs := w.scene.Log.All()
	param := check.Value{Key: "param", Want: fmt.Sprintf("%q, or that and the parameters of tcUrl after it", begin),
		OK: func(got string) bool { return paramBegins(got, begin) }, Events: evs}
	if err := param.Check(w.Profile, obs, name); err != nil {
		return err
	}
	return w.is(name, "stream", w.scene.Named(stream), evs...)
}

// lastParam is param of the stream that an actor used last.
func (w *rtmpWorld) lastParam(ctx context.Context, name, how, want, one, two string) error {
	v := check.Value{Key: "param", Want: strconv.Quote(want), OK: func(got string) bool { return got == want },
		Last: true}
	if how == "begins with" {
		v.Want += ", or that and more after it"
		v.OK = func(got string) bool { return paramBegins(got, want) }
	}
	return w.valueIn(ctx, v, name, one, two)
}

func (w *rtmpWorld) paramOnce(ctx context.Context, name, part, one, two string) error {
	v := check.Value{Key: "param", Want: fmt.Sprintf("one with %q once at most", part),
		OK: func(got string) bool { return strings.Count(got, part) <= 1 }}
	return w.valueIn(ctx, v, name, one, two)
}

// valueIn checks a value in two events of an actor, once all clients that went
// are closed.
func (w *rtmpWorld) valueIn(ctx context.Context, v check.Value, name, one, two string) (err error) {
	if v.Events, err = events(one + ", " + two); err != nil {
		return err
	}
	w.scene.Await(ctx, closed)
	return v.Check(w.Profile, w.scene.Log.All(), name)
}

// paramBegins reports whether param is the stream's parameters, with nothing
// after them or those of tcUrl, which begin with a "?" again (S-KEY-09). Of a
// stream without any, all of param is tcUrl's.
func paramBegins(got, begin string) bool {
	rest, ok := strings.CutPrefix(got, begin)
	return ok && (rest == "" || strings.HasPrefix(rest, "?"))
}

func (w *rtmpWorld) value(ctx context.Context, key, name, want, one, two string) error {
	evs, err := events(one + ", " + two)
	if err != nil {
		return err
	}
	w.scene.Await(ctx, closed)
	return w.is(name, key, w.scene.Named(w.scene.Expand(want)), evs...)
}

// is checks that a key, where the profile has it, has a value.
func (w *rtmpWorld) is(name, key, want string, events ...hook.Event) error {
	v := valueIs(key, want)
	v.Events = events
	return v.Check(w.Profile, w.scene.Log.All(), name)
}

func valueIs(key, want string) check.Value {
	return check.Value{Key: key, Want: strconv.Quote(want), OK: func(got string) bool { return got == want }}
}

func (w *rtmpWorld) vhost(ctx context.Context, name, want, named string) error {
	w.scene.Await(ctx, closed)
	v := valueIs("vhost", want)
	v.Named = named != ""
	return v.Check(w.Profile, w.scene.Log.All(), name)
}
