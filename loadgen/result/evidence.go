package result

import (
	"time"

	"hookproof/loadgen/account"
	"hookproof/loadgen/plan"
)

// Evidence is what the books of a run, or of a shard of one, are made of.
type Evidence struct {
	Profile    string            `json:"profile"`
	Plan       plan.Spec         `json:"plan"`
	Shard      plan.Shard        `json:"shard"`
	Meeting    string            `json:"meeting,omitempty"` // at which the shards agreed to begin
	Hooks      bool              `json:"hooks"`             // an endpoint of this process saw hooks
	Shared     bool              `json:"shared"`            // others may use the hook server
	LateAfter  time.Duration     `json:"late_after"`
	Warmup     time.Duration     `json:"warmup"`
	Thresholds []string          `json:"thresholds"`
	Outcomes   []account.Outcome `json:"outcomes"`
	Entries    []account.Entry   `json:"entries"`
}
