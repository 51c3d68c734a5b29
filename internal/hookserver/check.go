package hookserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"hookproof/hook"
)

// demandedKeys are the keys without which an event is not one: those that
// every version of the protocol sends. The others may be missing, because a
// hook server is called by servers of every age.
func demandedKeys(e hook.Event) []string {
	always := []string{"action", "client_id", "ip", "vhost", "app"}
	switch e {
	case hook.OnConnect:
		return append(always, "tcUrl")
	case hook.OnClose:
		return always
	}
	return append(always, "stream")
}

// check looks for what is wrong with a payload, given the problems that the
// strict decoder of profile srs6 has with it: that profile's keys are those of
// every version. Two kinds of problem are none here: a key that may be
// missing, and a client_id that is an integer (H-REQ-02). Everything else is:
// no JSON, no UTF-8, more than 32 levels, a key twice, a wrong type. The error
// is a *hook.PayloadError.
func check(pl *hook.Payload, body []byte, decodeErr error) (places, error) {
	all := places{param: true, tcURL: true}
	var wrong *hook.PayloadError
	if !errors.As(decodeErr, &wrong) {
		return all, decodeErr
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return all, wrong
	}
	e, _ := pl.Event()
	demanded := demandedKeys(e)
	var left []hook.Problem
	for _, p := range wrong.Problems {
		raw, there := members[p.Key]
		missing := !there && isKey(e, p.Key) && !slices.Contains(demanded, p.Key)
		number := p.Key == "client_id" && isNumberID(raw) && p.Want == hook.TextID.String()
		if !missing && !number {
			left = append(left, p)
		}
	}
	_, all.param = members["param"]
	_, all.tcURL = members["tcUrl"]
	if len(left) > 0 {
		return all, &hook.PayloadError{Problems: left}
	}
	return all, nil
}

// isKey reports whether the payload of e has such a key.
func isKey(e hook.Event, name string) bool {
	return slices.ContainsFunc(hook.SRS7.Keys(e), func(k hook.Key) bool { return k.Name == name })
}

// isNumberID accepts the integers from 0 to 2^63-1, written in digits alone.
func isNumberID(raw []byte) bool {
	_, err := strconv.ParseUint(string(bytes.TrimSpace(raw)), 10, 63)
	return err == nil
}
