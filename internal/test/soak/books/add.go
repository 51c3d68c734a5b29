package books

// Add adds the counts of another round.
func (c *Count) Add(o Count) {
	c.Clients += o.Clients
	for e := range c.Calls {
		c.Calls[e] += o.Calls[e]
		c.Failed[e] += o.Failed[e]
		c.Records[e] += o.Records[e]
	}
	c.Cut += o.Cut
	c.Refused += o.Refused
	c.Again += o.Again
	c.Lost += o.Lost
	c.Late += o.Late
	c.Broken += o.Broken
	c.Unhurt += o.Unhurt
	c.Let += o.Let
	c.Fed += o.Fed
}
