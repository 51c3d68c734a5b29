package steps

import (
	"reflect"
	"regexp"
	"sync"

	"github.com/cucumber/godog"
)

// compiled keeps the expressions: every scenario registers all steps anew, and
// compiling them took a fifth of a run.
var compiled sync.Map

// step binds an expression to a step that checks, or that acts and then checks
// what came of it: its acting part goes through shared.act.
func step(sc *godog.ScenarioContext, expr string, f any) {
	re, ok := compiled.Load(expr)
	if !ok {
		re, _ = compiled.LoadOrStore(expr, regexp.MustCompile(expr))
	}
	sc.Step(re, f)
}

// acting binds an expression to a step that only acts. It is skipped when a
// recording is judged.
func (w *shared) acting(sc *godog.ScenarioContext, expr string, f any) {
	step(sc, expr, w.skipRecorded(f))
}

// skipRecorded returns a function like f, which returns an error: it returns
// nil at once when a recording is judged.
func (w *shared) skipRecorded(f any) any {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		if w.base.Recorded() {
			return []reflect.Value{reflect.Zero(v.Type().Out(0))}
		}
		return v.Call(args)
	}).Interface()
}

// act runs the acting part of a step, unless a recording is judged.
func (w *shared) act(f func() error) error {
	if w.base.Recorded() {
		return nil
	}
	return f()
}
