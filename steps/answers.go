package steps

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"hookproof/hook"
	"hookproof/internal/check"
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
	w.acting(sc, `^what follows could end the server$`, func() error { return w.scene.Deadly() })
	step(sc, `^the server lives$`, w.lives)
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
	a, err := rtmptarget.ParseAnswer(with)
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
	a, err := rtmptarget.ParseAnswer(with)
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

func (w *rtmpWorld) lives(ctx context.Context) error {
	if err := w.act(func() error { return w.scene.Lives() }); err != nil {
		return err
	}
	return failed(check.Alive(w.scene.Log.All()))
}
