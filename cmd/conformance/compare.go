package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"hookproof/internal/cli"
	"hookproof/internal/reportdir"
	"hookproof/reports"
)

var compareHelp = cli.Help{
	Name: "conformance compare", Synopsis: []string{"[-report DIR] [NAME=]DIR..."}, Operands: "[NAME=]DIR...",
	About: `Puts the reports of several servers, or of several versions of one, side by side:
requirements by servers, those on which they differ first, each verdict linked to its
evidence. NAME is what the page calls the server. Prints Markdown; with -report it
writes a page for browsers, compare.html, and compare.md.`,
	Examples: []cli.Example{
		{For: "three servers on one page",
			Call: "conformance compare -report compared 'SRS 6=srs6' 'SRS 7=srs6' ours=report"},
		{For: "as Markdown, for a page of documentation", Call: "conformance compare srs6 srs6"},
	},
}

// compareCommand puts reports side by side.
func compareCommand(_ context.Context, args []string, s cli.Streams) int {
	f := flag.NewFlagSet(compareHelp.Name, flag.ContinueOnError)
	out := f.String("report", "", "write compare.html and compare.md to this `DIR`")
	if code, done := cli.Parse(s, f, compareHelp, args); done {
		return code
	}
	if f.NArg() < 1 {
		return cli.Report(s, compareHelp.Name, cli.Usagef("want report directories, got none"))
	}
	return cli.Report(s, compareHelp.Name, writeComparison(s, f.Args(), *out))
}

// writeComparison reads the reports and writes the pages to dir, or to standard
// output without one.
func writeComparison(s cli.Streams, operands []string, dir string) error {
	var all []reports.Compared
	for _, operand := range operands {
		one, err := compared(operand, dir)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if dir == "" {
		return reports.WriteCompareMarkdown(s.Out, all)
	}
	d, err := reportdir.Create(dir, reports.CompareHTMLFile, reports.CompareMarkdownFile)
	if err != nil {
		return err
	}
	err = errors.Join(
		d.Write(reports.CompareHTMLFile, func(w io.Writer) error { return reports.WriteCompareHTML(w, all) }),
		d.Write(reports.CompareMarkdownFile, func(w io.Writer) error { return reports.WriteCompareMarkdown(w, all) }),
		d.Close())
	if err == nil {
		_, err = fmt.Fprintf(s.Out, "report: %s\n", filepath.Join(dir, reports.CompareHTMLFile))
	}
	return err
}

// compared reads one report. Links in a page in base lead to it, if it has a
// page of its own. A directory's name may have a "=" in it.
func compared(operand, base string) (reports.Compared, error) {
	name, dir, named := strings.Cut(operand, "=")
	if _, err := os.Stat(operand); !named || err == nil {
		name, dir = "", operand
	}
	run, err := reports.ReadReport(dir)
	one := reports.Compared{Run: run, Name: name}
	page := filepath.Join(dir, reports.HTMLFile)
	if _, statErr := os.Stat(page); err == nil && statErr == nil {
		one.Link = link(base, page)
	}
	return one, err
}

// link is the way from a directory to a file, for a page.
func link(base, file string) string {
	from, err := filepath.Abs(base)
	to, err2 := filepath.Abs(file)
	if err != nil || err2 != nil {
		return ""
	}
	way, err := filepath.Rel(from, to)
	if err != nil { // another volume
		return ""
	}
	return filepath.ToSlash(way)
}
