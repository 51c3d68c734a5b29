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
	events *reports.EventStream
	keep   reports.KeepEvidence
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
	w, err := reports.StreamEvents(dir, &reports.Run{Tool: suite.Tool, Version: cli.Version(), Started: so.Started})
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	so.Observe = func(ob reports.Observation) { w.Write(ob) } // its error is returned by Close, too
	return &report{dir, w, reports.KeepEvidence(o.evidence)}, nil
}

// finish writes the report and says where it is.
func (r *report) finish(s cli.Streams, run *reports.Run) error {
	if r == nil {
		return nil
	}
	streamed, err := r.events.Close()
	if run.Error != "" { // what there is of it was streamed
		run.Evidence = []reports.Evidence{streamed}
		err = errors.Join(err, reports.WriteResults(r.dir, run))
	} else {
		err = errors.Join(err, reports.WriteTo(r.dir, run, r.keep))
	}
	if err = errors.Join(err, r.dir.Close()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	fmt.Fprintf(s.Out, "\nreport: %s\n", r.dir.Path())
	return nil
}
