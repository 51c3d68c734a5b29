package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// labLine is a request as the lab recorder wrote it: times are seconds on a
// clock of its own.
type labLine struct {
	T           float64     `json:"t"`
	Tag         string      `json:"tag"` // the listener, where there were several
	Conn        int64       `json:"conn"`
	ConnT       float64     `json:"conn_accepted_t"`
	ConnRequest int         `json:"conn_request_no"`
	Peer        string      `json:"peer"`
	RequestLine string      `json:"request_line"`
	Headers     [][2]string `json:"headers"`
	Body        string      `json:"body"`
	Case        string      `json:"case"`
	Answer      string      `json:"answer"`
	AnsweredT   *float64    `json:"answered_t"`
	GaveUpAfter *float64    `json:"peer_gave_up_after_s"`
}

// labConn names a connection: the lab recorder counted them per listener.
type labConn struct {
	tag  string
	conn int64
}

func (rd *reader) labLine(text []byte) error {
	var line labLine
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	key := labConn{line.Tag, line.Conn}
	if rd.conns[key] == 0 {
		rd.conns[key] = int64(len(rd.conns)) + 1
	}
	arrived, err := labTime(line.T)
	if err != nil {
		return err
	}
	accepted, err := labTime(line.ConnT)
	if err != nil {
		return err
	}
	r := &Request{
		Conn: rd.conns[key], ConnRequest: line.ConnRequest, Remote: line.Peer,
		Accepted: accepted, Arrived: arrived, Read: arrived,
		Head: line.head(), Body: []byte(line.Body), BodySize: int64(len(line.Body)),
		Answer: labAnswer(line.Answer), Note: line.Case,
	}
	if line.AnsweredT != nil {
		if r.Answered, err = labTime(*line.AnsweredT); err != nil {
			return err
		}
		r.Done = r.Answered
	}
	if line.GaveUpAfter != nil {
		if r.GaveUp, err = labTime(line.T + *line.GaveUpAfter); err != nil {
			return err
		}
	}
	// One of the requests that SRS sends has a target that is no path; it is
	// kept as it is.
	if err := r.setHead(); err != nil {
		return err
	}
	r.decodeBody(rd.profile)
	rd.lab = true
	rd.rec.Requests = append(rd.rec.Requests, r)
	return nil
}

func (line *labLine) head() string {
	var b strings.Builder
	b.WriteString(line.RequestLine + "\r\n")
	for _, f := range line.Headers {
		b.WriteString(f[0] + ": " + f[1] + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

var errLabTime = errors.New("want seconds")

func labTime(seconds float64) (time.Time, error) {
	const most = 1 << 33
	if math.IsNaN(seconds) || seconds < 0 || seconds > most {
		return time.Time{}, fmt.Errorf("time %v: %w from 0 to %d", seconds, errLabTime, int64(most))
	}
	return time.Unix(0, 0).UTC().Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond), nil
}

// labAnswer reads the recorder's words for what was not written as text.
func labAnswer(text string) Answer {
	switch {
	case text == "never":
		return Answer{Fault: Hang}
	case text == "TCP RST":
		return Answer{Fault: Reset}
	case text == "FIN without answer":
		return Answer{Fault: CloseWithoutAnswer}
	case strings.HasPrefix(text, "headers, then spaces"):
		return Answer{Body: `{"code":0}`, Fault: Drip, Piece: 1, Pace: 8 * time.Second}
	}
	return Answer{Raw: text}
}
