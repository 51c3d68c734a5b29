package steps

import (
	"regexp"
	"sync"

	"github.com/cucumber/godog"
)

// compiled keeps the expressions: every scenario registers all steps anew, and
// compiling them took a fifth of a run.
var compiled sync.Map

// step binds an expression to a step.
func step(sc *godog.ScenarioContext, expr string, f any) {
	re, ok := compiled.Load(expr)
	if !ok {
		re, _ = compiled.LoadOrStore(expr, regexp.MustCompile(expr))
	}
	sc.Step(re, f)
}
