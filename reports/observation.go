package reports

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Kind is what kind of thing was observed.
type Kind string

// The kinds of observations. "Client" is a scripted RTMP client, "endpoint" the
// recording HTTP endpoint that the target's hooks arrive at.
const (
	KindDial       Kind = "dial"       // the client's TCP connection: Text is the address
	KindHandshake  Kind = "handshake"  // the RTMP handshake is done
	KindSent       Kind = "sent"       // the client sent a command: Name
	KindReceived   Kind = "received"   // the client received a command or control message: Name
	KindStatus     Kind = "status"     // the client received an onStatus or a _result/_error with a code: Code
	KindMedia      Kind = "media"      // audio or video: Name is "audio" or "video"; Data may count more than one
	KindDisconnect Kind = "disconnect" // the connection ended: Name is how (fin, rst, timeout, local)
	KindHook       Kind = "hook"       // a request arrived: Event, URL, Body, Problems
	KindAnswer     Kind = "answer"     // the endpoint answered: Code (HTTP), Body; Refs names the hook
	KindFence      Kind = "fence"      // a marker client ran through: what has not come by now did not come
	KindNote       Kind = "note"       // anything else, in words: Text
)

// Kinds lists all kinds in the order in which the documentation has them.
var Kinds = []Kind{KindDial, KindHandshake, KindSent, KindReceived, KindStatus,
	KindMedia, KindDisconnect, KindHook, KindAnswer, KindFence, KindNote}

// Observation is one thing seen during a run: one line of events.ndjson.
type Observation struct {
	T        float64  `json:"t"`                  // seconds since the run started, monotonic clock
	N        int      `json:"n"`                  // number within its scenario and profile, from 0
	Scenario string   `json:"scenario,omitempty"` // Scenario.ID; "" belongs to the run
	Profile  string   `json:"profile,omitempty"`
	Actor    string   `json:"actor,omitempty"` // Actor.Name; "" where not known (yet)
	ClientID string   `json:"client_id,omitempty"`
	Kind     Kind     `json:"kind"`
	Name     string   `json:"name,omitempty"`
	Text     string   `json:"text,omitempty"`
	Code     string   `json:"code,omitempty"`  // RTMP status code or HTTP status
	Event    string   `json:"event,omitempty"` // "on_publish"
	URL      string   `json:"url,omitempty"`
	Body     string   `json:"body,omitempty"` // raw bytes; see MarshalJSON
	Problems []string `json:"problems,omitempty"`
	Refs     []int    `json:"refs,omitempty"` // N of observations this one answers or speaks of
	Data     *Details `json:"data,omitempty"` // see Details, the method; nil without any
}

// wireObservation is Observation without its methods, plus the field for
// bodies that are no text.
type wireObservation struct {
	plainObservation
	BodyBase64 string `json:"body_base64,omitempty"`
}

type plainObservation Observation

// MarshalJSON writes a body that is not valid UTF-8 as "body_base64" in place of
// "body", so that no byte of the evidence is lost. Invalid UTF-8 in other fields
// becomes U+FFFD.
func (o Observation) MarshalJSON() ([]byte, error) {
	w := wireObservation{plainObservation: plainObservation(o)}
	if !utf8.ValidString(o.Body) {
		w.Body, w.BodyBase64 = "", base64.StdEncoding.EncodeToString([]byte(o.Body))
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Observation) UnmarshalJSON(b []byte) error {
	var w wireObservation
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*o = Observation(w.plainObservation)
	if w.BodyBase64 != "" {
		raw, err := base64.StdEncoding.DecodeString(w.BodyBase64)
		if err != nil {
			return fmt.Errorf("body_base64: %w", err)
		}
		o.Body = string(raw)
	}
	return nil
}
