package hookdefect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"hookproof/hook"
)

// decodes tries another way to read a body that is no event.
func decodes(other func([]byte) *hook.Payload) planted {
	return func(s *parts) {
		decode := s.decode
		s.decode = func(body []byte) (*hook.Payload, error) {
			pl, err := decode(body)
			if err == nil {
				return pl, nil
			}
			if pl := other(body); pl != nil {
				return pl, nil
			}
			return pl, err
		}
	}
}

// read returns the event of a body; nil where there is none.
func read(body []byte) *hook.Payload {
	if pl, err := decode(body); err == nil {
		return pl
	}
	return nil
}

func firstObject(body []byte) *hook.Payload {
	var raw json.RawMessage
	if json.NewDecoder(bytes.NewReader(body)).Decode(&raw) != nil || bytes.Equal(raw, body) {
		return nil
	}
	return read(raw)
}

func unwrapped(body []byte) *hook.Payload {
	var all []json.RawMessage
	if json.Unmarshal(body, &all) != nil || len(all) != 1 {
		return nil
	}
	return read(all[0])
}

func closedWithoutAction(body []byte) *hook.Payload {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil || o == nil {
		return nil
	}
	if _, there := o["action"]; there {
		return nil
	}
	return &hook.Payload{Action: hook.OnClose.String()}
}

func anyAction(body []byte) *hook.Payload {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil {
		return nil
	}
	if name, ok := o["action"].(string); !ok || name == "" || strings.ToLower(name) != name {
		return nil
	}
	if _, err := hook.ParseEvent(o["action"].(string)); err == nil {
		return nil
	}
	return &hook.Payload{Action: hook.OnClose.String()}
}

func foldedAction(body []byte) *hook.Payload {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil {
		return nil
	}
	name, _ := o["action"].(string)
	o["action"] = strings.ToLower(name)
	lower, err := json.Marshal(o)
	if err != nil {
		return nil
	}
	return read(lower)
}

func untyped(body []byte) *hook.Payload {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil {
		return nil
	}
	text := func(key string) string {
		if o[key] == nil {
			return ""
		}
		return fmt.Sprint(o[key])
	}
	return &hook.Payload{Action: text("action"), ClientID: text("client_id"), Stream: text("stream"),
		Param: text("param"), TCURL: text("tcUrl")}
}
