package check

// Notes on what a scripted client does that no command of RTMP tells.
const (
	GoingNote     = "going"      // it is about to end its connection
	HalfClose     = "half-close" // it ends its sending half
	SilentNote    = "silent"     // it sends nothing any more
	MediaNote     = "sends"      // it begins to send its media
	KickNote      = "kick"       // the operator drops it
	NotKickedNote = "not kicked" // the server would not
)

// Vanishes is how a client goes, in a GoingNote, whose connection breaks.
const Vanishes = "resets its connection"
