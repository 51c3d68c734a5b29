package reports

import "strings"

// Details are what checks and reports decide on beyond the words of an
// observation. They are written flat, as the keys of "data"; a key that is
// absent has its zero value, so that what is read back from a recording is
// what the run saw.
type Details struct {
	Request
	Answer
	Media
	Memory
	SceneFacts
	CrowdPlan
	StepMark
	Gap
	Latency
	Life
	Gate
	// Observations counts the lines before the end mark.
	Observations int `json:"observations,omitempty"`
}

// Request says how a hook was sent (KindHook).
type Request struct {
	Method    string `json:"method,omitempty"`
	VHost     string `json:"vhost,omitempty"`    // key of the vhost whose URL was called
	URLNumber int    `json:"url_no,omitempty"`   // which of the event's URLs, from 1
	Target    string `json:"target,omitempty"`   // path and query as configured
	Type      string `json:"type,omitempty"`     // Content-Type
	Agent     string `json:"agent,omitempty"`    // User-Agent
	Length    string `json:"length,omitempty"`   // Content-Length as sent, "" without
	TLS       bool   `json:"tls,omitempty"`      // it came over TLS
	BodyError string `json:"body_err,omitempty"` // why the body could not be read whole
	Want      string `json:"want,omitempty"`     // role H: the answer that the request asks for
	Repro     string `json:"repro,omitempty"`    // role H: a line for a shell that sends it again
	Tried     string `json:"tried,omitempty"`    // role H: how it differs from one that was not accepted
	// Visitor is the number of the made-up client that sends a request of role H. The
	// URLs of one event are asked one after the other for it.
	Visitor int64 `json:"visitor,omitempty"`
}

// Answer says what an answer means (KindAnswer).
type Answer struct {
	Accept   bool    `json:"accept,omitempty"`   // it accepts the client, in the profile
	TookMS   float64 `json:"took_ms,omitempty"`  // from the end of the request, in ms
	How      string  `json:"how,omitempty"`      // how it failed; "" with an answer
	Encoding string  `json:"encoding,omitempty"` // Content-Encoding
}

// Media says what was received (KindMedia, and onMetaData).
type Media struct {
	Publisher string `json:"publisher,omitempty"` // actor whose it is, "" for unmarked
	Header    bool   `json:"header,omitempty"`    // a sequence header, no frame
	Frames    int64  `json:"frames,omitempty"`    // frames of that publisher so far
}

// Memory is what a server's process holds after a round, in bytes.
type Memory struct {
	Resident int64 `json:"bytes,omitempty"` // as the system counts it
	Live     int64 `json:"live,omitempty"`  // what the process itself has in use
}

// SceneFacts are what checks need to know of the scene that was played.
type SceneFacts struct {
	App       string  `json:"app,omitempty"`        // the scene's app name
	Suffix    string  `json:"suffix,omitempty"`     // of the names of all its streams
	Address   string  `json:"address,omitempty"`    // host:port of the server under test
	IP        string  `json:"ip,omitempty"`         // the address that clients come from
	LimitMS   float64 `json:"limit_ms,omitempty"`   // how long an answer may take, in ms
	TimeScale float64 `json:"time_scale,omitempty"` // of all time-outs
}

// CrowdPlan is what a crowd's scenario had for one client. Refuse and Vanish
// are numbers of events, -1 for none.
type CrowdPlan struct {
	Stream string `json:"stream,omitempty"`
	Plays  bool   `json:"plays,omitempty"`
	Source string `json:"source,omitempty"` // the publisher whose frames a player must get
	Refuse int    `json:"refuse,omitempty"`
	Vanish int    `json:"vanish,omitempty"`
}

// StepMark says that a step was over, and how many observations it was decided on.
type StepMark struct {
	Step      int `json:"step,omitempty"`
	DecidedOn int `json:"decided_on,omitempty"`
}

// Gap is a time in which the harness itself was not run, in seconds of the run.
type Gap struct {
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
}

// Latency is what a crowd of a hook server's clients measured.
type Latency struct {
	Clients  int     `json:"clients,omitempty"`
	Requests int64   `json:"requests,omitempty"`
	TookS    float64 `json:"took_s,omitempty"` // of all together, in s
	P50      float64 `json:"p50_ms,omitempty"` // ms, as the following
	P90      float64 `json:"p90_ms,omitempty"`
	P99      float64 `json:"p99_ms,omitempty"`
	Max      float64 `json:"max_ms,omitempty"`
}

// Life says whether a hook server lived when a scenario was over, and if not
// whether it was brought back.
type Life struct {
	Alive bool `json:"alive,omitempty"`
	Back  bool `json:"back,omitempty"`
}

// Gate says what a hook server does with an event before the scenarios begin.
type Gate struct {
	GateEvent string `json:"event,omitempty"`
	Accepted  bool   `json:"accepted,omitempty"` // whom it should accept
	Asked     bool   `json:"asked,omitempty"`    // clients are named that it should refuse
	Refused   bool   `json:"refused,omitempty"`  // and it did
}

var none Details

// Details returns the observation's details, empty ones where it has none. Do not change them.
func (o *Observation) Details() *Details {
	if o.Data == nil {
		return &none
	}
	return o.Data
}

// Canonical returns the observation as it is read back from a file: text that
// is not UTF-8 has U+FFFD in the place of wrong bytes, but for the body, which
// is kept byte for byte.
func (o Observation) Canonical() Observation {
	for _, s := range []*string{&o.Scenario, &o.Profile, &o.Actor, &o.ClientID, &o.Name, &o.Text, &o.Code, &o.Event,
		&o.URL} {
		*s = validUTF8(*s)
	}
	for i := range o.Problems {
		o.Problems[i] = validUTF8(o.Problems[i])
	}
	if o.Data != nil {
		d := *o.Data
		for _, s := range []*string{&d.Method, &d.VHost, &d.Target, &d.Type, &d.Agent, &d.Length, &d.BodyError, &d.Want,
			&d.Repro,
			&d.Tried, &d.How, &d.Encoding, &d.Publisher, &d.App, &d.Suffix, &d.Address, &d.IP, &d.Stream, &d.Source,
			&d.GateEvent} {
			*s = validUTF8(*s)
		}
		o.Data = &d
	}
	return o
}

func validUTF8(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
