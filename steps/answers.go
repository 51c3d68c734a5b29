package steps

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/endpoint"
	"hookproof/internal/scenario/rtmptarget"
)

func (w *rtmpWorld) registerAnswers(sc *godog.ScenarioContext) {
	w.acting(sc,
		`(?s)^the hook server answers (on_\w+(?:(?:, | and )on_\w+)*)(?: of ([A-Z][a-z]+))?(?: at URLs? (\d+(?:(?:, | and )\d+)*))? with (.+)$`,
		w.hookServerAnswers)
	w.acting(sc, `^the hook server refuses (on_\w+)(?: of ([A-Z][A-Za-z, ]+))?(?: at URL (\d+))?$`, w.hookServerRefuses)
	w.acting(sc, `^the hook server holds its answer to (on_\w+)(?: of ([A-Z][a-z]+))?$`, w.hookServerHolds)
	w.acting(sc, `^the hook server answers$`, func() error { w.scene.Release(nil); return nil })
	w.acting(sc, `(?s)^the hook server answers with (.+)$`, w.hookServerLetsGo)
	w.acting(sc, `^the hook server goes down$`, w.hookServerDown)
	w.acting(sc, `^the hook server comes back$`, w.hookServerUp)
	step(sc, `^the clients use the vhost (.+)$`, w.useVHost)
}

// words splits a list as in "on_close, on_unpublish and on_stop".
func words(list string) []string {
	return strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ")
}

func events(list string) ([]hook.Event, error) {
	var evs []hook.Event
	for _, name := range words(list) {
		ev, err := event(name)
		if err != nil {
			return nil, err
		}
		evs = append(evs, ev)
	}
	return evs, nil
}

func numbers(list string) ([]int, error) {
	var ns []int
	if list == "" {
		return nil, nil
	}
	for _, word := range words(list) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("%q: want a number", word)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

func (w *rtmpWorld) hookServerAnswers(evs, of, urls, with string) error {
	a, err := parseAnswer(with)
	if err != nil {
		return err
	}
	r := rtmptarget.Rule{Answer: a}
	if of != "" {
		r.Actors = []string{of}
	}
	if r.Events, err = events(evs); err != nil {
		return err
	}
	if r.URLs, err = numbers(urls); err != nil {
		return err
	}
	w.scene.Answer(r)
	return nil
}

func (w *rtmpWorld) hookServerRefuses(ev, of, url string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	urls, err := numbers(url)
	if err != nil {
		return err
	}
	r := rtmptarget.Rule{Events: []hook.Event{e}, URLs: urls, Answer: endpoint.Refuse()}
	if of != "" {
		r.Actors = words(of)
	}
	w.scene.Answer(r)
	return nil
}

func (w *rtmpWorld) hookServerHolds(ev, of string) error {
	e, err := event(ev)
	if err != nil {
		return err
	}
	r := rtmptarget.Rule{Events: []hook.Event{e}, Hold: true}
	if of != "" {
		r.Actors = []string{of}
	}
	w.scene.Answer(r)
	return nil
}

func (w *rtmpWorld) hookServerLetsGo(with string) error {
	a, err := parseAnswer(with)
	if err == nil {
		w.scene.Release(&a)
	}
	return err
}

func (w *rtmpWorld) hookServerDown() error {
	w.scene.Note("hook server", "the hook server of this vhost goes down")
	return w.scene.Target.HookServerDown()
}

func (w *rtmpWorld) hookServerUp(ctx context.Context) error {
	ctx, cancel := w.scene.Within(ctx)
	defer cancel()
	err := w.scene.Target.HookServerUp(ctx)
	w.scene.Note("hook server", "the hook server of this vhost is back")
	return err
}

func (w *rtmpWorld) useVHost(_ context.Context, spoken string) error {
	v, err := rtmptarget.VHostSpoken(strings.Trim(spoken, `"`))
	if err == nil {
		w.scene.Use(v)
	}
	return err
}

// answers that a few words stand for.
var namedAnswers = map[string]endpoint.Answer{
	"a reset connection":  {Fault: endpoint.Reset},
	"a closed connection": {Fault: endpoint.CloseWithoutAnswer},
	"what is not HTTP":    {Body: "0", Fault: endpoint.NotHTTP},
	"a truncated answer":  {Body: `{"code":0}`, Fault: endpoint.Truncated},
	"no answer":           {Fault: endpoint.Hang},
	"200 and an object of 200 KB whose code is 0": endpoint.Padded(200 << 10),
}

// answerWays are the ways to write an answer, as scenarios name them after a comma.
var answerWays = map[string]func(*endpoint.Answer){
	"chunked":                    func(a *endpoint.Answer) { a.Fault = endpoint.Chunked },
	"as HTTP/1.0 without length": func(a *endpoint.Answer) { a.Fault, a.Header = endpoint.HTTP10, plain() },
	"without length":             func(a *endpoint.Answer) { a.Fault, a.Header = endpoint.NoLength, plain() },
	"without any header field":   func(a *endpoint.Answer) { a.Fault = endpoint.NoLength },
	"with Connection: close":     func(a *endpoint.Answer) { a.Header = http.Header{"Connection": {"close"}} },
	"gzipped":                    func(a *endpoint.Answer) { a.Fault = endpoint.Gzip },
	"after 100 Continue":         func(a *endpoint.Answer) { a.Fault = endpoint.Continue100 },
	"after 3 s":                  func(a *endpoint.Answer) { a.Delay = 3 * time.Second },
}

// plain returns a header with one field: some servers refuse an answer with none.
func plain() http.Header { return http.Header{"Content-Type": {"text/plain"}} }

// parseAnswer reads an answer as scenarios write it: a status and a body
// between backquotes, as in "200 and `{"code":0}`, chunked", or a few words. In
// the body \n, \r and \ufeff are what they are in JSON.
func parseAnswer(text string) (endpoint.Answer, error) {
	if a, ok := namedAnswers[text]; ok {
		return a, nil
	}
	wrong := fmt.Errorf("answer %q: want a status and a body, as in: 200 and `0`", text)
	i, j := strings.IndexByte(text, '`'), strings.LastIndexByte(text, '`')
	status, err := strconv.Atoi(strings.TrimSuffix(text[:max(i, 0)], " and "))
	if err != nil || j <= i {
		return endpoint.Answer{}, wrong
	}
	body := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\ufeff`, "\ufeff").Replace(text[i+1 : j])
	a := endpoint.Answer{Status: status, Body: body}
	if way := strings.TrimPrefix(text[j+1:], ", "); way != "" {
		set, ok := answerWays[way]
		if !ok {
			return a, wrong
		}
		set(&a)
	}
	return a, nil
}
