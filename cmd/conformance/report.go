package main

import (
	"errors"
	"fmt"
	"time"

	"hookproof/internal/cli"
	"hookproof/internal/reportdir"
	"hookproof/internal/suite"
	"hookproof/reports"
)

// report is the directory of -report while a suite runs; nil without that flag.
type report struct {
	dir    *reportdir.Dir
	events *reports.EventWriter
}

// openReport makes the directory before anything is run, and has the suite
// write its evidence there.
func (o *options) openReport(so *suite.Options) (*report, error) {
	if o.report == "" {
		return nil, nil
	}
	dir, err := reportdir.Create(o.report, reports.Files...)
	if err != nil {
		return nil, err
	}
	so.Started = time.Now()
	w, err := reports.CreateEvents(dir, &reports.Run{Tool: suite.Tool, Version: cli.Version(), Started: so.Started})
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	so.Observe = func(ob reports.Observation) { w.Write(ob) } // its error comes again with Close
	return &report{dir, w}, nil
}

// finish writes the report and says where it is.
func (r *report) finish(s cli.Streams, run *reports.Run) error {
	if r == nil {
		return nil
	}
	err := errors.Join(r.events.Close(), reports.WriteResults(r.dir, run), r.dir.Close())
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	fmt.Fprintf(s.Out, "\nreport: %s\n", r.dir.Path())
	return nil
}
