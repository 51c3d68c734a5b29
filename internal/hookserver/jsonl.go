package hookserver

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"hookproof/internal/endpoint"
)

// formatVersion is that of the lines below.
const formatVersion = 1

// headLine is the first line of a recording.
type headLine struct {
	Kind    string    `json:"kind"` // "recording"
	Version int       `json:"version"`
	Profile string    `json:"profile,omitempty"`
	Start   time.Time `json:"start"`
}

// requestLine is one request. Times are nanoseconds since the recording's
// start, left out where there is none. A text that is not UTF-8 is written as
// {"base64": "…"}.
type requestLine struct {
	Kind        string `json:"kind"` // "request"
	Seq         int64  `json:"seq"`
	Conn        int64  `json:"conn"`
	ConnRequest int    `json:"conn_request"`
	Remote      string `json:"remote,omitempty"`
	TLS         bool   `json:"tls,omitempty"`

	Accepted int64 `json:"accepted,omitempty"`
	Arrived  int64 `json:"arrived,omitempty"`
	Read     int64 `json:"read,omitempty"`
	Answered int64 `json:"answered,omitempty"`
	Done     int64 `json:"done,omitempty"`
	GaveUp   int64 `json:"gave_up,omitempty"`

	Head      blob   `json:"head"`
	HeadError string `json:"head_error,omitempty"`
	Body      blob   `json:"body,omitzero"`
	BodySize  int64  `json:"body_size,omitempty"`
	BodyError string `json:"body_error,omitempty"`
	Trailing  int    `json:"trailing,omitempty"`

	Event    string `json:"event,omitempty"`
	Problems string `json:"problems,omitempty"` // of the payload
	ClientID string `json:"client_id,omitempty"`

	Rule       string      `json:"rule,omitempty"`
	Answer     *answerLine `json:"answer,omitempty"`
	WriteError string      `json:"write_error,omitempty"`
}

type answerLine struct {
	Status int         `json:"status,omitempty"`
	Body   blob        `json:"body,omitzero"`
	Header http.Header `json:"header,omitempty"`
	Raw    blob        `json:"raw,omitzero"`
	Delay  int64       `json:"delay,omitempty"` // ns
	Fault  string      `json:"fault,omitempty"`
	Pace   int64       `json:"pace,omitempty"` // ns
	Piece  int         `json:"piece,omitempty"`
}

// blob is bytes in JSON: a string where they are UTF-8.
type blob string

type base64Blob struct {
	Base64 []byte `json:"base64"`
}

func (b blob) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(b)) {
		return json.Marshal(string(b))
	}
	return json.Marshal(base64Blob{[]byte(b)})
}

// done is a request that is over, and what was decided about it.
type done struct {
	*endpoint.Request
	problems error  // of the payload
	rule     string // that answered; else empty
}

// writeLines writes one line for each request.
func writeLines(w io.Writer, start time.Time, requests []done) error {
	enc := json.NewEncoder(w)
	for _, d := range requests {
		if err := enc.Encode(lineOf(d, start)); err != nil {
			return err
		}
	}
	return nil
}

func lineOf(r done, start time.Time) *requestLine {
	since := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return int64(t.Sub(start))
	}
	line := &requestLine{
		Kind: "request", Seq: r.Seq, Conn: r.Conn, ConnRequest: r.ConnRequest, Remote: r.Remote, TLS: r.TLS,
		Accepted: since(r.Accepted), Arrived: since(r.Arrived), Read: since(r.Read),
		Answered: since(r.Answered), Done: since(r.Done), GaveUp: since(r.GaveUp),
		Head: blob(r.Head), HeadError: errText(r.HeadErr),
		Body: blob(r.Body), BodySize: r.BodySize, BodyError: errText(r.BodyErr), Trailing: r.Trailing,
		ClientID: r.ClientID(), Problems: errText(r.problems),
		Rule: r.rule, WriteError: errText(r.WriteErr),
	}
	if r.HasEvent {
		line.Event = r.Event.String()
	}
	if !r.Done.IsZero() || !r.Answered.IsZero() {
		line.Answer = lineOfAnswer(&r.Answer)
	}
	return line
}

func lineOfAnswer(a *endpoint.Answer) *answerLine {
	line := &answerLine{
		Status: a.Status, Body: blob(a.Body), Header: a.Header, Raw: blob(a.Raw),
		Delay: int64(a.Delay), Pace: int64(a.Pace), Piece: a.Piece,
	}
	if a.Fault != endpoint.None {
		line.Fault = a.Fault.String()
	}
	return line
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
