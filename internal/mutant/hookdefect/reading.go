package hookdefect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"hookproof/hook"
)

// keysOf returns the keys of a JSON object in order, with their raw values; nil
// of anything else.
func keysOf(body []byte) (keys []string, raw []json.RawMessage) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil
	}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		var v json.RawMessage
		if err != nil || !ok || d.Decode(&v) != nil {
			return nil, nil
		}
		keys, raw = append(keys, key), append(raw, v)
	}
	return keys, raw
}

func knownKeysOnly(s *parts) {
	checked(func(body []byte) error {
		keys, _ := keysOf(body)
		for _, key := range keys {
			if key != "comment" && !slices.ContainsFunc(s.profile.Keys(hook.OnPlay),
				func(k hook.Key) bool { return k.Name == key }) &&
				!slices.ContainsFunc(s.profile.Keys(hook.OnConnect), func(k hook.Key) bool { return k.Name == key }) &&
				!slices.ContainsFunc(s.profile.Keys(hook.OnClose), func(k hook.Key) bool { return k.Name == key }) {
				return errDefect
			}
		}
		return nil
	})(s)
}

func actionFirst(s *parts) {
	checked(func(body []byte) error {
		keys, _ := keysOf(body)
		if a, c := slices.Index(keys, "action"), slices.Index(keys, "client_id"); a >= 0 && c >= 0 && c < a {
			return errDefect
		}
		return nil
	})(s)
}

func noBlanks(s *parts) {
	checked(func(body []byte) error {
		if bytes.ContainsAny(body, "\r\n\t") {
			return errDefect
		}
		return nil
	})(s)
}

func asciiOnly(s *parts) {
	checked(func(body []byte) error {
		if keys, _ := keysOf(body); keys != nil && bytes.ContainsFunc(body, func(r rune) bool {
			return r > 127 && r != '\uFFFD'
		}) {
			return errDefect
		}
		return nil
	})(s)
}

// escapesUnread takes what is between quotes as it is.
func escapesUnread(s *parts) {
	decode := s.decode
	s.decode = func(body []byte) (*hook.Payload, error) {
		pl, err := decode(body)
		if err != nil {
			return pl, err
		}
		keys, raw := keysOf(body)
		for i, key := range keys {
			as := strings.Trim(string(raw[i]), `"`)
			switch key {
			case "action":
				pl.Action = as
			case "param":
				pl.Param = as
			case "tcUrl":
				pl.TCURL = as
			case "stream":
				pl.Stream = as
			}
		}
		return pl, nil
	}
}

// idMustBegin wants a client_id whose first byte is that, or its like: a digit
// means all digits.
func idMustBegin(first byte) planted {
	return checked(func(body []byte) error {
		keys, raw := keysOf(body)
		for i, key := range keys {
			if c := raw[i][0]; key == "client_id" && c != first && (c == '"' || c >= '0' && c <= '9') &&
				(c == '"') != (first == '"') {
				return errDefect
			}
		}
		return nil
	})
}

func oddParameters(s *parts) {
	checked(func(body []byte) error {
		pl, err := decode(body)
		if err == nil && strings.Contains(pl.Param+pl.Stream+query(pl.TCURL), "?b=2") {
			return errDefect
		}
		return nil
	})(s)
}

func typedOnly(s *parts) {
	read := s.body
	s.body = func(w http.ResponseWriter, r *http.Request) ([]byte, reply) {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			return nil, reply{http.StatusUnsupportedMediaType, "JSON"}
		}
		return read(w, r)
	}
}
