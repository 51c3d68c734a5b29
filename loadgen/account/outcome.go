package account

// End is how a client's connection came to its end.
type End uint8

// The ends.
const (
	NotStarted End = iota
	Failed         // a step towards publishing or playing failed, or the server ended it there
	Refused        // the same, at a client that was to be refused, in the way that refusals look
	Stayed         // it was to be refused and was still connected when its time was over
	Dropped        // the server ended the connection of a client that was in
	Left           // the client left in order
	Vanished       // the client reset the connection
	Cut            // the run was interrupted before the client was in
)

// Outcome is what a client saw of its own life.
type Outcome struct {
	Client    int   `json:"client"`
	End       End   `json:"end"`
	Dialed    bool  `json:"dialed"`    // the RTMP handshake was done
	Connected bool  `json:"connected"` // connect was accepted
	Asked     bool  `json:"asked"`     // publish or play was sent
	Let       bool  `json:"let"`       // Publish.Start or Play.Start came
	Told      bool  `json:"told"`      // the server said no, in words
	Ended     bool  `json:"ended"`     // a step failed because the server ended the connection
	Frames    int64 `json:"frames"`    // received by a player
	Foreign   int64 `json:"foreign"`   // of them, of publishers that are not its stream's
	// LeftAt is when the client left, EndedAt when its connection was over;
	// nanoseconds of the Unix epoch, 0: never.
	LeftAt  int64  `json:"left_at"`
	EndedAt int64  `json:"ended_at"`
	Error   string `json:"error,omitempty"` // of the step that failed
}
