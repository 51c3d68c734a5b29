package result

import (
	"fmt"
	"io"
	"time"

	"hookproof/internal/junit"
)

// writeJUnit writes junit.xml: a test case for each threshold. In a run that
// is void or partial what a threshold would have said is not known: an error.
func (r *Report) writeJUnit(w io.Writer) error {
	doc := junit.Suites{Name: "loadgen"}
	doc.Add("loadgen thresholds", r.Started, []junit.Property{
		{Name: "target", Value: junit.Text(r.Setup.Target)}, {Name: "run", Value: junit.Text(r.Run)},
		{Name: "load", Value: junit.Text(r.Setup.Load)}, {Name: "verdict", Value: junit.Text(r.Verdict)},
	}, r.junitCases())
	return doc.Write(w)
}

func (r *Report) junitCases() []junit.Case {
	cases := []junit.Case{{Name: "the run", Class: "loadgen",
		Time: junit.Seconds(time.Duration(r.Seconds * float64(time.Second)))}}
	if r.Verdict == Void || r.Verdict == Partial {
		cases[0].Error = &junit.Outcome{Type: junit.Text(r.Verdict), Message: junit.Text(r.Headline())}
	}
	for _, c := range r.Checks {
		one := junit.Case{Name: junit.Text(c.Text), Class: "loadgen.thresholds", SystemOut: junit.Text("is " + c.Got)}
		switch {
		case c.Passed:
		case r.Verdict == Void && c.Figures:
			one.Skipped = &junit.Outcome{Message: "the run is void"}
		default:
			one.Failure = &junit.Outcome{Type: "threshold",
				Message: junit.Text(fmt.Sprintf("want %s, got %s", c.Text, c.Got))}
		}
		cases = append(cases, one)
	}
	return cases
}
