package hook

// Answer is what came back for one call.
type Answer struct {
	Status int    // HTTP status; 0 without an answer
	Body   []byte // as received: not decompressed, transfer coding removed
	Err    error  // why there is no whole answer, or why it cannot be judged
}

// Decision is what an answer means for the client.
type Decision struct {
	Accept bool
	Reason string // for a refusal, what was wrong with the answer; for an acceptance, empty
}

// Judge says what an answer means.
func (p *Profile) Judge(a Answer) Decision { return Decision{} }
