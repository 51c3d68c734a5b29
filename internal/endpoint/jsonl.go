package endpoint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"hookproof/hook"
)

// Recording is a list of requests that was written down.
type Recording struct {
	Profile  string    // by which payloads were decoded; "" leniently
	Start    time.Time // times in the file count from here
	Dropped  int64     // requests that the recorder had to let go before
	Requests []*Request
	Skipped  int // lines of other kinds, when read
}

// formatVersion is that of the lines below. Readers refuse a higher one.
const formatVersion = 1

// headLine is the first line of a recording.
type headLine struct {
	Kind    string    `json:"kind"` // "recording"
	Version int       `json:"version"`
	Profile string    `json:"profile,omitempty"`
	Start   time.Time `json:"start"`
	Dropped int64     `json:"dropped,omitempty"`
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

	Event    string `json:"event,omitempty"`     // for people: readers decode the body
	Problems string `json:"problems,omitempty"`  // likewise
	ClientID string `json:"client_id,omitempty"` // likewise

	Rule       string      `json:"rule,omitempty"`
	Answer     *answerLine `json:"answer,omitempty"`
	WriteError string      `json:"write_error,omitempty"`
	Note       string      `json:"note,omitempty"`
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

func (b *blob) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '{' {
		var in base64Blob
		err := json.Unmarshal(text, &in)
		*b = blob(in.Base64)
		return err
	}
	return json.Unmarshal(text, (*string)(b))
}

// Recording gives what is kept as a recording to write.
func (e *Endpoint) Recording() *Recording {
	rec := &Recording{Requests: e.Requests(), Dropped: e.Dropped()}
	if e.opts.Profile != nil {
		rec.Profile = e.opts.Profile.Name
	}
	return rec
}

// WriteJSONL writes a recording as JSON, one object a line: first a line of
// kind "recording", then one of kind "request" for each request. Start is set
// to just before the earliest time if it is zero.
func WriteJSONL(w io.Writer, rec *Recording) error {
	start := rec.Start
	if start.IsZero() {
		start = earliest(rec.Requests).Add(-1)
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	err := enc.Encode(headLine{
		Kind: "recording", Version: formatVersion, Profile: rec.Profile,
		Start: start.UTC(), Dropped: rec.Dropped,
	})
	for _, r := range rec.Requests {
		if err == nil {
			err = enc.Encode(lineOf(r, start))
		}
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	return nil
}

func earliest(requests []*Request) time.Time {
	var first time.Time
	for _, r := range requests {
		for _, t := range [...]time.Time{r.Accepted, r.Arrived} {
			if !t.IsZero() && (first.IsZero() || t.Before(first)) {
				first = t
			}
		}
	}
	if first.IsZero() {
		first = time.Now()
	}
	return first
}

func lineOf(r *Request, start time.Time) *requestLine {
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
		Head: blob(r.headText()), HeadError: errText(r.HeadErr),
		Body: blob(r.Body), BodySize: r.BodySize, BodyError: errText(r.BodyErr), Trailing: r.Trailing,
		ClientID: r.ClientID(), Problems: errText(r.DecodeErr),
		Rule: r.Rule, WriteError: errText(r.WriteErr), Note: r.Note,
	}
	if r.HasEvent {
		line.Event = r.Event.String()
	}
	if !r.Done.IsZero() || !r.Answered.IsZero() {
		line.Answer = lineOfAnswer(&r.Answer)
	}
	return line
}

func lineOfAnswer(a *Answer) *answerLine {
	line := &answerLine{
		Status: a.Status, Body: blob(a.Body), Header: a.Header, Raw: blob(a.Raw),
		Delay: int64(a.Delay), Pace: int64(a.Pace), Piece: a.Piece,
	}
	if a.Fault != None {
		line.Fault = a.Fault.String()
	}
	return line
}

// headText gives the head, put together again where it was not kept.
func (r *Request) headText() string {
	if r.Head != "" || r.Method == "" {
		return r.Head
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, r.Proto)
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n")
	return b.String()
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// decodeBody sets the event and payload of a request that was read back.
func (r *Request) decodeBody(p *hook.Profile) {
	if p != nil {
		r.Payload, r.DecodeErr = p.Decode(r.Body)
	}
	if r.Payload == nil || r.DecodeErr != nil {
		var err error
		if r.Payload, err = hook.DecodeAny(r.Body); r.DecodeErr == nil {
			r.DecodeErr = err
		}
	}
	if r.Payload != nil {
		r.Event, r.HasEvent = r.Payload.Event()
	}
}
