// Package reports holds the result of a conformance run and writes it out: as
// JSON, as a stream of observations, as JUnit XML, as one HTML file, as
// Markdown and on the terminal.
//
// There is one model, Run. The suite fills it; every writer reads
// it and nothing else. Verdicts of requirements and of the whole run are not
// stored but derived here (Matrix, Summarize), so that
// all writers agree.
//
// The files and their fields are described in SCHEMA.md beside this file.
package reports
