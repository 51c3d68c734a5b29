package hooktarget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// member is one key of a body with its value, as written in the body.
type member struct {
	key   string
	value string
}

// object is a body, key by key, to be changed in ways that an encoder does not
// know.
type object []member

// parseObject takes a JSON object apart.
func parseObject(body []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var o object
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		o = append(o, member{fmt.Sprint(key), string(value)})
	}
	return o, nil
}

// bytes writes the object, with blank between its tokens.
func (o object) bytes(blank string) []byte {
	var b bytes.Buffer
	b.WriteString(blank + "{")
	for i, m := range o {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(blank + quote(m.key) + blank + ":" + blank + m.value + blank)
	}
	b.WriteString("}" + blank)
	return b.Bytes()
}

// set replaces a key's value, or adds the key.
func (o object) set(key, value string) object {
	out := append(object(nil), o...)
	for i := range out {
		if out[i].key == key {
			out[i].value = value
			return out
		}
	}
	return append(out, member{key, value})
}

// without leaves a key out.
func (o object) without(key string) object {
	var out object
	for _, m := range o {
		if m.key != key {
			out = append(out, m)
		}
	}
	return out
}

func (o object) has(key string) bool { return len(o.without(key)) < len(o) }

// reversed turns the order of the keys round.
func (o object) reversed() object {
	out := make(object, 0, len(o))
	for i := len(o) - 1; i >= 0; i-- {
		out = append(out, o[i])
	}
	return out
}

// strings changes every string value.
func (o object) strings(change func(string) string) object {
	out := append(object(nil), o...)
	for i := range out {
		var s string
		if json.Unmarshal([]byte(out[i].value), &s) == nil && out[i].value[0] == '"' {
			out[i].value = change(s)
		}
	}
	return out
}

// quote writes a JSON string.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// escaped writes a JSON string with every character as \uXXXX.
func escaped(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	b.WriteByte('"')
	return b.String()
}

// slashed writes a JSON string with \/ for each slash.
func slashed(s string) string { return strings.ReplaceAll(quote(s), "/", `\/`) }

// value returns a key's value as written in the body; null without the key.
func (o object) value(key string) string {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return "null"
}

// rename changes one string value.
func (o object) rename(key string, change func(string) string) object {
	var s string
	json.Unmarshal([]byte(o.value(key)), &s) // what is no string stays empty
	return o.set(key, quote(change(s)))
}
