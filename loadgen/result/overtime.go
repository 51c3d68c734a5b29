package result

import "hookproof/loadgen/measure"

// overTime is what is drawn over time.
func (r *Report) overTime() []chart {
	of := r.over
	charts := []chart{
		r.spread("Time to publish", "publish"),
		r.spread("Time to play", "play"),
		r.spread("Answers to hooks", "hook"),
		r.spread("End to end", "e2e"),
		{title: "Sessions", unit: "at once", lines: []line{
			of("playing", "l1", func(s *Sample) float64 { return float64(s.Playing) }),
			of("publishing", "l2", func(s *Sample) float64 { return float64(s.Publishing) }),
			of("arriving", "l3", func(s *Sample) float64 { return float64(s.Arriving) })}},
		{title: "Rates", unit: "per second", lines: []line{
			r.rate("clients", "l1", func(s *Sample) float64 { return float64(s.Started) }),
			r.rate("hook requests", "l2", func(s *Sample) float64 { return float64(s.Hooks) }),
			r.rate("refusals", "l3", func(s *Sample) float64 { return float64(s.Refused) })}},
		{title: "Frames received", unit: "per second", lines: []line{
			r.rate("frames", "l1", func(s *Sample) float64 { return float64(s.Frames) })}},
		{title: "Errors", unit: "so far", limits: r.limits("errors"), lines: []line{
			of("errors", "l4", func(s *Sample) float64 { return float64(s.Errors) })}},
		{title: "CPU", unit: "cores", limits: r.limits("cpu"), lines: []line{
			of("generator", "l1", func(s *Sample) float64 { return s.OwnCPU }),
			of("server", "l2", func(s *Sample) float64 { return s.ServerCPU })}},
		{title: "Memory", unit: "MiB", lines: []line{
			of("generator", "l1", func(s *Sample) float64 { return float64(s.OwnRSS) / (1 << 20) }),
			of("server", "l2", func(s *Sample) float64 { return float64(s.ServerRSS) / (1 << 20) })}},
	}
	for i := range charts {
		charts[i].end = r.end()
	}
	return charts
}

// end is where the time of all charts ends, so that they can be compared.
func (r *Report) end() float64 {
	if n := len(r.Series); n > 0 {
		return r.Series[n-1].At
	}
	return 0
}

// percentileCurves is what is drawn over percentiles, of the whole test.
func (r *Report) percentileCurves() []chart {
	return []chart{
		r.curves("Clients' steps", "tcp", "connect", "publish", "play"),
		r.curves("Hooks", "hook.on_connect", "hook.on_publish", "hook.on_play", "hook.on_close"),
		r.curves("Media and refusals", "e2e", "jitter", "first_frame", "disconnect"),
	}
}

// over draws a sample's value over time.
func (r *Report) over(name, class string, value func(*Sample) float64) line {
	l := line{name: name, class: class, x: []float64{0}, y: []float64{0}}
	for i := range r.Series {
		l.x, l.y = append(l.x, r.Series[i].At), append(l.y, value(&r.Series[i]))
	}
	return l
}

// rate draws how fast a count grows.
func (r *Report) rate(name, class string, value func(*Sample) float64) line {
	l := r.over(name, class, value)
	for i := len(l.y) - 1; i > 0; i-- {
		if passed := l.x[i] - l.x[i-1]; passed > 0 {
			l.y[i] = max(0, (l.y[i]-l.y[i-1])/passed)
		}
	}
	return l
}

// spread draws the percentiles of a metric second by second.
func (r *Report) spread(title, metric string) chart {
	c := chart{title: title, unit: "ms, of each second", limits: r.limits(metric)}
	for _, q := range []struct {
		name, class string
		value       func(measure.Spread) float64
	}{
		{"p99", "l4", func(s measure.Spread) float64 { return s.P99 }},
		{"p90", "l2", func(s measure.Spread) float64 { return s.P90 }},
		{"p50", "l1", func(s measure.Spread) float64 { return s.P50 }},
	} {
		l := line{name: q.name, class: q.class}
		for i := range r.Series {
			if s, measured := r.Series[i].Latency[metric]; measured {
				l.x, l.y = append(l.x, r.Series[i].At), append(l.y, q.value(s))
			}
		}
		c.lines = append(c.lines, l)
	}
	return c
}

// curves draws percentiles.
func (r *Report) curves(title string, names ...string) chart {
	c := chart{title: title, unit: "ms, by percentile", log: true}
	for i, name := range names {
		lat := r.Latency(name)
		if lat == nil || lat.Count < 2 {
			continue
		}
		l := line{name: lat.Name, class: []string{"l1", "l2", "l3", "l4"}[i%4]}
		for _, p := range lat.Curve {
			if p.Percentile < 100 {
				l.x, l.y = append(l.x, p.Percentile), append(l.y, p.Value)
			}
		}
		c.lines = append(c.lines, l)
	}
	return c
}
