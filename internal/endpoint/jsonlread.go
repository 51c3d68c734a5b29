package endpoint

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hookproof/hook"
)

// maxLine bounds a line of a recording, in bytes.
const maxLine = 64 << 20

// ReadJSONL reads a recording that WriteJSONL wrote. It reads lines of kind
// "hook" as well, the raw traffic of a real server that a lab recorder wrote
// (times in seconds, answers as text): see testdata/recordings. Lines of other
// kinds are counted and skipped.
//
// Payloads are decoded by p; if that is nil, by the profile that the recording
// names, or else leniently. Errors name the line.
func ReadJSONL(in io.Reader, p *hook.Profile) (*Recording, error) {
	rd := reader{profile: p, conns: make(map[labConn]int64)}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := rd.line(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("recording, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	rd.finish()
	return &rd.rec, nil
}

type reader struct {
	profile *hook.Profile
	rec     Recording
	conns   map[labConn]int64
	lab     bool // has lines of the lab recorder
}

func (rd *reader) line(text []byte) error {
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return err
	}
	switch kind.Kind {
	case "recording":
		return rd.headLine(text)
	case "request":
		return rd.requestLine(text)
	case "hook":
		return rd.labLine(text)
	}
	rd.rec.Skipped++
	return nil
}

func (rd *reader) headLine(text []byte) error {
	var line headLine
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	if line.Version > formatVersion {
		return fmt.Errorf("format version %d, this reader knows %d", line.Version, formatVersion)
	}
	rd.rec.Profile, rd.rec.Start, rd.rec.Dropped = line.Profile, line.Start, line.Dropped
	if rd.profile == nil && line.Profile != "" {
		p, err := hook.ProfileByName(line.Profile)
		if err != nil {
			return err
		}
		rd.profile = p
	}
	return nil
}

func (rd *reader) requestLine(text []byte) error {
	var line requestLine
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	at := func(nanos int64) time.Time {
		if nanos == 0 {
			return time.Time{}
		}
		return rd.rec.Start.Add(time.Duration(nanos))
	}
	r := &Request{
		Seq: line.Seq, Conn: line.Conn, ConnRequest: line.ConnRequest, Remote: line.Remote, TLS: line.TLS,
		Accepted: at(line.Accepted), Arrived: at(line.Arrived), Read: at(line.Read),
		Answered: at(line.Answered), Done: at(line.Done), GaveUp: at(line.GaveUp),
		Head: string(line.Head), HeadErr: textErr(line.HeadError),
		Body: []byte(line.Body), BodySize: line.BodySize, BodyErr: textErr(line.BodyError), Trailing: line.Trailing,
		Rule: line.Rule, WriteErr: textErr(line.WriteError), Note: line.Note,
	}
	if line.Answer != nil {
		a, err := line.Answer.answer()
		if err != nil {
			return err
		}
		r.Answer = a
	}
	if r.HeadErr == nil {
		if err := r.setHead(); err != nil {
			return err
		}
		r.decodeBody(rd.profile)
	}
	rd.rec.Requests = append(rd.rec.Requests, r)
	return nil
}

// setHead fills in what Head says.
func (r *Request) setHead() error {
	h, err := parseHead(r.Head)
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	r.Method, r.Target, r.Proto, r.Header = h.method, h.target, h.proto, h.header
	r.Chunked, r.Expect = h.chunked, h.expect
	return nil
}

func (line *answerLine) answer() (Answer, error) {
	a := Answer{
		Status: line.Status, Body: string(line.Body), Header: line.Header, Raw: string(line.Raw),
		Delay: time.Duration(line.Delay), Pace: time.Duration(line.Pace), Piece: line.Piece,
	}
	if line.Fault != "" {
		var err error
		if a.Fault, err = ParseFault(line.Fault); err != nil {
			return a, err
		}
	}
	return a, nil
}

func textErr(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

// finish puts requests in order of arrival; the lab recorder counted them per
// listener, so they are counted anew.
func (rd *reader) finish() {
	all := rd.rec.Requests
	if !rd.lab {
		return
	}
	slices.SortStableFunc(all, func(a, b *Request) int { return a.Arrived.Compare(b.Arrived) })
	for i, r := range all {
		r.Seq = int64(i) + 1
	}
}
