package hook

import (
	"fmt"
	"slices"
	"strings"

	"hookproof/internal/redact"
)

// Kind is the JSON type that a key of a payload has.
type Kind uint8

// The kinds of value that PROTOCOL.md section 1 knows.
const (
	Text     Kind = iota // a string, may be empty
	TextID               // a string, never empty
	NumberID             // an integer from 0 to 2^63-1 that names something
	Count                // an integer from 0 to 2^63-1 that counts something (bytes)
)

// String says what is wanted, as errors print it.
func (k Kind) String() string {
	switch k {
	case Text:
		return "a string"
	case TextID:
		return "a non-empty string"
	case NumberID, Count:
		return "an integer from 0 to 9223372036854775807"
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Key is one key of an event's payload. An optional one is sent but not asked
// for.
type Key struct {
	Name     string
	Kind     Kind
	Optional bool

	field field
}

// Duty says whether a profile asks for something or only allows it.
type Duty uint8

// The duties, after RFC 2119.
const (
	May Duty = iota
	Must
)

// Profile is one version of the protocol, as data. Those that exist are listed by [Profiles], among them
// [SRS1] and [SRS7]; they are never changed and may be shared.
type Profile struct {
	Name  string // "srs1", "srs7"
	Title string // what it is, in a few words
	// Preview: it was not seen on the wire. [Profiles] does not list it, [Detect] does not find it, and nothing is
	// scored by it.
	Preview bool
	// First and Last are the versions of SRS that speak it: "5", "7.0.61".
	First, Last string
	// Agents tell the servers that speak it by their User-Agent, for [Detect].
	Agents []Agent

	// ConnectFirst: on_connect is asked before the RTMP connect is answered.
	// Otherwise it follows that answer, once releaseStream, publish or play
	// has named the stream (PROTOCOL.md section 1).
	ConnectFirst bool
	// ConnectAlone: whether a client that connects and leaves without
	// publishing or playing causes on_connect before its on_close (S-ORD-04).
	ConnectAlone Duty
	// ConnectAgain: on_connect may come again before each further on_publish
	// or on_play of one connection (S-ORD-10).
	ConnectAgain bool
	// CloseAfterRefusal: whether on_close follows a refused on_connect
	// (S-ANS-03).
	CloseAfterRefusal Duty
	// UnpublishAfterBusy: a publisher that was accepted but lost to a live
	// one may give on_unpublish; it must not otherwise (S-CON-04).
	UnpublishAfterBusy bool
	// ClaimFirst: a stream's name is taken before on_publish is asked, and free once on_unpublish is answered: a
	// second publisher causes no on_publish, and a name is busy while either is unanswered. Otherwise it is taken
	// after on_publish is answered.
	ClaimFirst bool
	// FreshConnections: the real server makes a TCP connection for every call.
	FreshConnections bool
	// SkipInterim: an interim answer (1xx) is skipped and the final one judged, as RFC 9110 section 15.2 asks.
	// Otherwise it refuses: SRS 5 and later wait for the rest of it until their time-out.
	SkipInterim bool

	// AcceptStatus lists the HTTP status codes that can accept.
	AcceptStatus []int
	// AcceptObject: besides the byte 0, a JSON object with the integer 0 as
	// its code accepts (section 3).
	AcceptObject bool

	keys [eventCount][]Key
}

// Keys lists the keys of an event's payload, in the order in which the real
// server writes them. The slice is shared: do not change it.
func (p *Profile) Keys(e Event) []Key {
	if int(e) >= len(p.keys) {
		return nil
	}
	return p.keys[e]
}

// ClientIDKind is TextID or NumberID.
func (p *Profile) ClientIDKind() Kind {
	for _, k := range p.keys[OnClose] {
		if k.field == fieldClientID {
			return k.Kind
		}
	}
	return TextID
}

// String returns the name.
func (p *Profile) String() string { return p.Name }

// Profiles lists all profiles that were seen on the wire, the oldest first.
func Profiles() []*Profile { return []*Profile{SRS1, SRS3, SRS4, SRS6, SRS7} }

// Previews lists the profiles of versions to come.
func Previews() []*Profile { return []*Profile{SRS8} }

// ProfileByName returns the profile of that name, previews among them, or an error
// that lists the names there are.
func ProfileByName(name string) (*Profile, error) {
	all := append(Profiles(), Previews()...)
	i := slices.IndexFunc(all, func(p *Profile) bool { return p.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("hook profile %q: want one of %s", redact.Clip(name, mostQuoted), ProfileNames())
	}
	return all[i], nil
}

// ProfileNames lists the names of all profiles, for messages: "srs1, srs3".
func ProfileNames() string {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}
