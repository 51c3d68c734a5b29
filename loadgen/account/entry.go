package account

import "hookproof/hook"

// Entry is one hook request as the endpoint saw it. Times are nanoseconds of
// the Unix epoch, taken from one clock that never steps back.
type Entry struct {
	Client   int        `json:"client"` // index in the plan; Nobody: of no client
	ID       string     `json:"id"`     // client_id
	Event    hook.Event `json:"event"`
	Known    bool       `json:"known"` // Event is one of the six
	Arrived  int64      `json:"arrived"`
	Answered int64      `json:"answered"`         // 0: never
	Accepted bool       `json:"accepted"`         // the answer lets the client on
	Reason   string     `json:"reason,omitempty"` // why it does not
}
