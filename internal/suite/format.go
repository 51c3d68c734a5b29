package suite

import (
	"io"

	"github.com/cucumber/godog"
	"github.com/cucumber/godog/formatters"
	messages "github.com/cucumber/messages/go/v34"
)

// silentFormat is a godog formatter that prints nothing: results are collected
// in hooks, since formatters interleave when scenarios run side by side.
const silentFormat = "hookproof-silent"

func init() {
	godog.Format(silentFormat, "prints nothing", func(string, io.Writer) formatters.Formatter { return silent{} })
}

type silent struct{}

func (silent) TestRunStarted()                                                            {}
func (silent) Feature(*messages.GherkinDocument, string, []byte)                          {}
func (silent) Pickle(*messages.Pickle)                                                    {}
func (silent) Defined(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition) {}
func (silent) Failed(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition, error) {
}
func (silent) Passed(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition)    {}
func (silent) Skipped(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition)   {}
func (silent) Undefined(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition) {}
func (silent) Pending(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition)   {}
func (silent) Ambiguous(*messages.Pickle, *messages.PickleStep, *formatters.StepDefinition, error) {
}
func (silent) Summary() {}
