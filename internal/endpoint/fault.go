package endpoint

import "fmt"

// Fault is a way to write, or not to write, an answer.
type Fault uint8

// The faults. What a caller makes of each is told by PROTOCOL.md section 3.
const (
	None               Fault = iota
	Hang                     // never answers; the connection stays until the caller goes
	Reset                    // TCP reset after reading the request
	CloseWithoutAnswer       // FIN after reading the request
	Truncated                // Content-Length promises more than is sent, then FIN
	Chunked                  // transfer coding chunked, one chunk
	ChunkedPieces            // chunked, three chunks (fewer for a short body)
	ChunkedCut               // chunked, without the last chunk, then FIN
	HTTP10                   // HTTP/1.0 without length, then FIN
	NoLength                 // HTTP/1.1 without length, then FIN
	NoLengthOpen             // HTTP/1.1 without length, connection stays open
	Continue100              // an interim 100 Continue first
	Gzip                     // body compressed, Content-Encoding: gzip
	NotHTTP                  // bytes that are no HTTP
	Extra                    // bytes after the body that Content-Length does not count
	Drip                     // in pieces with pauses (Answer.Pace, Answer.Piece)
	Headers16K               // 16 KB of header fields
	Headers100K              // 100 KB of header fields

	faultCount = iota
)

// faultInfo is what is known of a fault: its name, and whether a caller that
// follows HTTP gets status and body as written.
type faultInfo struct {
	name     string
	readable bool
	never    bool // no answer at all
	closes   bool // the connection ends after it
}

var faults = [faultCount]faultInfo{
	None:               {name: "none", readable: true},
	Hang:               {name: "hang", never: true, closes: true},
	Reset:              {name: "reset", never: true, closes: true},
	CloseWithoutAnswer: {name: "close", never: true, closes: true},
	Truncated:          {name: "truncated", closes: true},
	Chunked:            {name: "chunked", readable: true},
	ChunkedPieces:      {name: "chunked-pieces", readable: true},
	ChunkedCut:         {name: "chunked-cut", closes: true},
	HTTP10:             {name: "http10", readable: true, closes: true},
	NoLength:           {name: "no-length", readable: true, closes: true},
	NoLengthOpen:       {name: "no-length-open", closes: true},
	Continue100:        {name: "continue100"},
	Gzip:               {name: "gzip"},
	NotHTTP:            {name: "not-http", closes: true},
	Extra:              {name: "extra", readable: true, closes: true},
	Drip:               {name: "drip", readable: true},
	Headers16K:         {name: "headers16k", readable: true},
	Headers100K:        {name: "headers100k", closes: true},
}

// Faults lists all faults but None.
func Faults() []Fault {
	all := make([]Fault, 0, faultCount-1)
	for f := Hang; f < faultCount; f++ {
		all = append(all, f)
	}
	return all
}

// String returns the fault's name, as recordings and flags spell it.
func (f Fault) String() string {
	if f < faultCount {
		return faults[f].name
	}
	return fmt.Sprintf("fault(%d)", uint8(f))
}

// Readable reports whether a caller that follows HTTP gets status and body as
// they were meant.
func (f Fault) Readable() bool { return f.info().readable }

// info returns what is known of f; an unknown one is None.
func (f Fault) info() *faultInfo {
	if f >= faultCount {
		f = None
	}
	return &faults[f]
}

// ParseFault returns the fault of that name.
func ParseFault(name string) (Fault, error) {
	for f := None; f < faultCount; f++ {
		if faults[f].name == name {
			return f, nil
		}
	}
	return None, fmt.Errorf("fault %q: unknown", name)
}
