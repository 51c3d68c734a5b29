package result

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/redact"
	"hookproof/loadgen/account"
)

// maxDetail bounds what a server said, in bytes.
const maxDetail = 300

// namedChecks is how many thresholds that do not hold a headline names.
const namedChecks = 3

// summaryFindings is how many findings a summary names.
const summaryFindings = 10

// WriteSummary prints what held and what did not, as text: the verdict first
// and last, coloured on a terminal.
func (r *Report) WriteSummary(w io.Writer) error {
	var b strings.Builder
	headline := r.Headline()
	if cli.Color(w) {
		headline = r.colour() + headline + "\x1b[0m"
	}
	fmt.Fprintf(&b, "\n%s\n", headline)
	for _, why := range r.Void {
		fmt.Fprintf(&b, "  void: %s\n", redact.Line(why))
	}
	if r.Partial != "" {
		fmt.Fprintf(&b, "  partial: %s\n", redact.Line(r.Partial))
	}
	fmt.Fprintf(&b, "\nTarget    %s\nHooks     %s, profile %s\nLoad      %s; %s arrivals, seed %d\n",
		redact.Line(r.Setup.Target), redact.Line(r.Setup.Hooks), redact.Line(r.Setup.Profile),
		redact.Line(r.Setup.Load),
		redact.Line(r.Setup.Arrivals), r.Setup.Seed)
	r.writeSessions(&b)
	r.writeLatencies(&b)
	r.writeMedia(&b)
	r.writeBooks(&b)
	r.writeErrors(&b)
	r.writeCosts(&b)
	r.writeChecks(&b)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nNote: %s\n", redact.Line(n))
	}
	fmt.Fprintf(&b, "\n%s\n", headline)
	_, err := io.WriteString(w, redact.Commands(b.String()))
	return err
}

// Headline is the verdict in one line, with its cause and the name of the run.
func (r *Report) Headline() string {
	return fmt.Sprintf("%s: %s; run %s, %d sessions in %.1f s",
		strings.ToUpper(string(r.Verdict)), redact.Line(r.cause()), redact.Line(r.Run), r.Sessions.Started, r.Seconds)
}

// colour begins the colour of the verdict on a terminal.
func (r *Report) colour() string {
	switch r.Verdict {
	case Passed:
		return "\x1b[1;32m"
	case Failed:
		return "\x1b[1;31m"
	}
	return "\x1b[1;33m"
}

// Word is the verdict as the page has it.
func (r *Report) Word() string {
	return map[Verdict]string{Passed: "Passed", Failed: "Failed", Void: "Void", Partial: "Partial"}[r.Verdict]
}

// Sign is the sign of the verdict, so that colour is not the only difference.
func (r *Report) Sign() string {
	return map[Verdict]string{Passed: "✓", Failed: "✗", Void: "?", Partial: "–"}[r.Verdict]
}

// Cause is the verdict's cause.
func (r *Report) Cause() string { return upperFirst(r.cause()) }

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// cause says in a few words why the verdict is what it is.
func (r *Report) cause() string {
	switch r.Verdict {
	case Failed:
		var failed []string
		for _, c := range r.Checks {
			if !c.Passed {
				failed = append(failed, fmt.Sprintf("%s (is %s)", c.Text, c.Got))
			}
		}
		s := fmt.Sprintf("%d of %d thresholds do not hold: %s", len(failed), len(r.Checks),
			strings.Join(failed[:min(len(failed), namedChecks)], ", "))
		if len(failed) > namedChecks {
			s += ", …"
		}
		if r.Partial != "" {
			s += ", and the run is partial: " + r.Partial
		}
		return s
	case Partial:
		return r.Partial
	case Void:
		return "the generator was too slow: " + strings.Join(r.Void, "; ")
	}
	return fmt.Sprintf("all %d thresholds hold", len(r.Checks))
}

func (r *Report) writeSessions(b *strings.Builder) {
	s := &r.Sessions
	fmt.Fprintf(b, "Sessions  %d of %d started (%d publishers, %d players), %d live at the peak\n",
		s.Started, s.Planned, s.Publishers, s.Players, s.PeakLive)
	fmt.Fprintf(b, "          %d refused of %d that were to be, %d left, %d vanished, %d failed\n",
		s.Refused, s.ToRefuse, s.Left, s.Vanished, s.Failed)
}

func (r *Report) writeLatencies(b *strings.Builder) {
	if len(r.Latencies) == 0 {
		return
	}
	b.WriteString("\nLatency, ms; clients' steps count from when the client was due\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tcount\tp50\tp90\tp99\tp99.9\tmax\t")
	for _, l := range r.Latencies {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t\n", pad(redact.Line(l.Title)), l.Count, short(l.P50), short(l.P90),
			short(l.P99), short(l.P999), short(l.Max))
	}
	t.Flush()
}

// pad makes titles of one length, so that they are at the left of a table
// whose numbers are at the right.
func pad(s string) string { return "  " + s + strings.Repeat(" ", max(0, 24-len([]rune(s)))) }

// short writes milliseconds in three digits or so.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (r *Report) writeMedia(b *strings.Builder) {
	m := &r.Media
	if m.Received == 0 && m.Sent == 0 {
		return
	}
	fmt.Fprintf(b, "\nMedia     %s: %d frames sent, %d received, %d lost, %d out of order, %d stalls; %s received\n",
		redact.Line(r.Setup.Media), m.Sent, m.Received, m.Lost, m.Reordered, m.Stalls, size(m.BytesIn))
}

// writeBooks prints the hooks' accounting: one line of verdict, one of events.
func (r *Report) writeBooks(b *strings.Builder) {
	if r.Hooks == nil {
		b.WriteString("\nHooks     not accounted for\n")
		return
	}
	h := r.Hooks
	var parts []string
	for _, k := range account.Kinds {
		parts = append(parts, fmt.Sprintf("%d %s", h.Counts[k], k.Title()))
	}
	word := "every hook of every client is accounted for"
	if h.Total() > 0 {
		word = fmt.Sprintf("%d findings", h.Total())
	}
	fmt.Fprintf(b, "\nHooks     %s (%d clients)\n          %s\n", word, h.Clients, strings.Join(parts, ", "))
	parts = parts[:0]
	for _, e := range hook.Events {
		parts = append(parts, fmt.Sprintf("%s %d", e, h.Seen[e.String()]))
	}
	fmt.Fprintf(b, "          came: %s\n", strings.Join(parts, ", "))
	if h.Foreign > 0 {
		fmt.Fprintf(b, "          requests of no client of this test: %d\n", h.Foreign)
	}
	groups := alike(h.Findings)
	for _, g := range groups[:min(len(groups), summaryFindings)] {
		id := ""
		if g.Requirement != "" {
			id = " [" + g.Requirement + "]"
		}
		fmt.Fprintf(b, "  %6d  %s: %s%s (%s)\n", g.Count, g.Kind.Title(), redact.Line(g.Text), redact.Line(id),
			redact.Line(g.Who()))
	}
	if left := len(groups) - summaryFindings; left > 0 {
		fmt.Fprintf(b, "          … and %d more kinds: see the report (-report DIR)\n", left)
	}
}

func (r *Report) writeErrors(b *strings.Builder) {
	if r.ErrorTotal == 0 {
		b.WriteString("\nErrors    none\n")
		return
	}
	fmt.Fprintf(b, "\nErrors    %d\n", r.ErrorTotal)
	for _, k := range r.Errors {
		fmt.Fprintf(b, "  %6d  %s (first: %s: %s)\n", k.Count, redact.Line(k.Kind), redact.Line(k.Client),
			redact.Short(k.Detail, maxDetail))
	}
}

func (r *Report) writeCosts(b *strings.Builder) {
	cost := func(who string, c *Cost) {
		fmt.Fprintf(b, "%-9s %.0f%% CPU on average, %.0f%% at most, %s memory, %d files\n", who, 100*c.CPUMean,
			100*c.CPUMax,
			size(c.RSSMax), c.FilesMax)
	}
	b.WriteString("\n")
	cost("Itself", &r.Own)
	if r.Server != nil {
		cost("Server", r.Server)
	}
}

func (r *Report) writeChecks(b *strings.Builder) {
	b.WriteString("\nThresholds\n")
	for _, c := range r.Checks {
		mark := "ok    "
		if !c.Passed {
			mark = "FAILED"
		}
		fmt.Fprintf(b, "  %s  %s (is %s)\n", mark, redact.Line(c.Text), redact.Line(c.Got))
	}
}

// size writes bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
