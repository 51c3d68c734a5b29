package hookdefect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"hookproof/hook"
)

// decode reads an event as a hook server has to: one JSON object, known keys
// with their types, a client_id of either kind, whatever else there is.
func decode(body []byte) (*hook.Payload, error) {
	var o map[string]json.RawMessage
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, err
	}
	var pl hook.Payload
	texts := map[string]*string{"action": &pl.Action, "ip": &pl.IP, "vhost": &pl.VHost, "app": &pl.App,
		"stream": &pl.Stream,
		"param":  &pl.Param, "tcUrl": &pl.TCURL, "pageUrl": &pl.PageURL}
	for key, to := range texts {
		if raw, ok := o[key]; ok && (raw[0] != '"' || json.Unmarshal(raw, to) != nil) {
			return nil, fmt.Errorf("%s is no string", key)
		}
	}
	id, ok := o["client_id"]
	if !ok {
		return nil, errors.New("no client_id")
	}
	if n, err := strconv.ParseInt(string(id), 10, 64); err == nil {
		pl.ClientID = strconv.FormatInt(n, 10)
	} else if id[0] != '"' || json.Unmarshal(id, &pl.ClientID) != nil {
		return nil, errors.New("client_id is neither a string nor an integer")
	}
	if _, ok := pl.Event(); !ok {
		return nil, errors.New("no known action")
	}
	return &pl, nil
}
