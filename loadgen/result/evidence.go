package result

import "hookproof/loadgen/account"

// Evidence is what the books of a run, or of a shard of one, are made of.
type Evidence struct {
	Profile  string            `json:"profile"`
	Hooks    bool              `json:"hooks"` // an endpoint of this process saw hooks
	Refusing bool              `json:"refusing"`
	Outcomes []account.Outcome `json:"outcomes"`
	Entries  []account.Entry   `json:"entries"`
}
