package rtmpdefect

import (
	"bytes"
	"encoding/json"
)

// span says where a key of a JSON object and its value are.
type span struct{ key, value, end int }

// find looks for a key of the object that body is; ok is false where there is
// none, or no object.
func find(body []byte, key string) (s span, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return s, false
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return s, false
		}
		name, _ := t.(string)
		at := int(d.InputOffset())
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return s, false
		}
		if name == key {
			end := int(d.InputOffset())
			return span{key: at - len(key) - 2, value: end - len(raw), end: end}, true
		}
	}
	return s, false
}

// text returns the string that a key holds; "" where there is none.
func text(body []byte, key string) string {
	var out string
	if s, ok := find(body, key); ok {
		// What is no string reads as an empty one.
		_ = json.Unmarshal(body[s.value:s.end], &out)
	}
	return out
}

// setRaw replaces the value of a key by JSON text; nothing happens where the
// key is not there.
func setRaw(body []byte, key, value string) []byte {
	s, ok := find(body, key)
	if !ok {
		return body
	}
	return splice(body, s.value, s.end, value)
}

// setText replaces the value of a key by a string.
func setText(body []byte, key, value string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil { // a string always can
		return body
	}
	return setRaw(body, key, string(bytes.TrimSpace(b.Bytes())))
}

// rename changes the name of a key.
func rename(body []byte, key, name string) []byte {
	s, ok := find(body, key)
	if !ok {
		return body
	}
	return splice(body, s.key, s.key+len(key)+2, `"`+name+`"`)
}

// remove takes a key and its value away.
func remove(body []byte, key string) []byte {
	s, ok := find(body, key)
	if !ok {
		return body
	}
	from, to := s.key, s.end
	if i := to + len(body[to:]) - len(bytes.TrimLeft(body[to:], " \t\r\n")); i < len(body) && body[i] == ',' {
		to = i + 1
	} else if j := bytes.LastIndexByte(body[:from], ','); j >= 0 {
		from = j
	}
	return splice(body, from, to, "")
}

// splice puts text in the place of body[from:to], in a copy.
func splice(body []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(body)+len(text))
	out = append(append(out, body[:from]...), text...)
	return append(out, body[to:]...)
}

// unescape writes some escapes of JSON strings as the bytes they mean,
// which makes them wrong: those that plain accepts. escape is what follows
// the backslash, such as `"` or `u0001`.
func unescape(body []byte, plain func(escape string) (string, bool)) []byte {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			out = append(out, body[i])
			continue
		}
		n := 1
		if body[i+1] == 'u' {
			n = min(5, len(body)-i-1)
		}
		if p, ok := plain(string(body[i+1 : i+1+n])); ok {
			out = append(out, p...)
		} else {
			out = append(out, body[i:i+1+n]...)
		}
		i += n
	}
	return out
}
