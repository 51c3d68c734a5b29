package hooktarget

import "strings"

// nonASCII is text of several scripts, with a character that JSON writes as a
// surrogate pair when it escapes it.
const nonASCII = "grüße 直播 прямой 🎥"

// variants are bodies that mean the same as the plain one (H-REQ-01), by the
// words of the features. free says that the stream's name is ours to choose.
var variants = map[string]func(o object, free bool) []byte{
	"unknown keys after the known ones": func(o object, _ bool) []byte { return append(o, unknown...).bytes("") },
	"unknown keys before the known ones": func(o object, _ bool) []byte {
		return append(append(object(nil), unknown...), o...).bytes("")
	},
	"the keys in reverse order":              func(o object, _ bool) []byte { return o.reversed().bytes("") },
	"blanks and newlines between the tokens": func(o object, _ bool) []byte { return o.bytes(" \r\n\t") },
	"every character of its strings escaped": func(o object, _ bool) []byte { return o.strings(escaped).bytes("") },
	"slashes escaped":                        func(o object, _ bool) []byte { return o.strings(slashed).bytes("") },
	"strings that are not ASCII": func(o object, free bool) []byte {
		return foreign(o, free, quote).bytes("")
	},
	"strings that are not ASCII, escaped": func(o object, free bool) []byte {
		return foreign(o, free, escaped).bytes("")
	},
	"empty strings where a client sent none": func(o object, _ bool) []byte {
		for _, key := range []string{"pageUrl", "service_id", "stream_id"} {
			if o.has(key) {
				o = o.set(key, `""`)
			}
		}
		return o.set("comment", `""`).bytes("")
	},
}

// unknown are keys that no caller sends yet, a value of each type, some that
// look like known ones.
var unknown = object{
	{"hookproof_null", "null"}, {"hookproof_true", "true"}, {"hookproof_number", "-12.5e-3"},
	{"hookproof_array", `[0,"1",[],{}]`}, {"hookproof_object", `{"action":"on_nothing","code":1,"param":"?"}`},
	{"Code", "1"}, {"hookproof_text", `"\u0000\"},{\"action\":\"on_close\""`},
}

// foreign puts other scripts where a client is free to.
func foreign(o object, free bool, write func(string) string) object {
	if o.has("pageUrl") {
		o = o.set("pageUrl", write("http://page.hookproof.test/"+nonASCII))
	}
	if free {
		for _, key := range []string{"stream", "stream_url"} {
			for _, m := range o {
				if m.key == key {
					o = o.set(key, rewrite(m.value, write))
				}
			}
		}
	}
	return o.set("hookproof_"+nonASCII, write(nonASCII))
}

// rewrite puts other scripts before the parameters of a quoted value.
func rewrite(quoted string, write func(string) string) string {
	name, param, found := strings.Cut(strings.Trim(quoted, `"`), "?")
	if found {
		param = "?" + param
	}
	return write(name + nonASCII + param)
}
