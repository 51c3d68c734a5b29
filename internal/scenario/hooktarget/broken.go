package hooktarget

import "strings"

// brokenBodies are bodies that are no event (H-BAD-01, H-BAD-04), by the words of the
// features: each is made of an acceptable one.
var brokenBodies = map[string]func(o object) []byte{
	"no body":                   func(object) []byte { return nil },
	"a blank":                   text(" "),
	"no JSON":                   text("action=on_publish&client_id=1&app=live"),
	"an object that breaks off": func(o object) []byte { b := o.bytes(""); return b[:len(b)-1] },
	"a string that breaks off":  func(o object) []byte { b := o.bytes(""); return b[:len(b)-2] },
	"a comma too many":          func(o object) []byte { return edited(o, "}", ",}") },
	"single quotes":             func(o object) []byte { return edited(o, `"`, "'") },
	"keys without quotes":       func(o object) []byte { return edited(o, `"action"`, "action") },
	"more after the object":     func(o object) []byte { return append(o.bytes(""), "garbage"...) },
	"two objects":               func(o object) []byte { return append(o.bytes(""), o.bytes("")...) },
	"an array":                  text("[]"),
	"an array with the event":   func(o object) []byte { return []byte("[" + string(o.bytes("")) + "]") },
	"a number":                  text("0"),
	"a string":                  text(`"on_publish"`),
	"null":                      text("null"),
	"true":                      text("true"),
	"an empty object":           text("{}"),
	"an empty action":           func(o object) []byte { return o.set("action", `""`).bytes("") },
	"an action of no event":     func(o object) []byte { return o.set("action", `"on_everything"`).bytes("") },
	"no action":                 func(o object) []byte { return o.without("action").bytes("") },
	"an action in capitals":     func(o object) []byte { return o.rename("action", strings.ToUpper).bytes("") },
}

// edited is the plain body with one text in place of another.
func edited(o object, from, to string) []byte {
	return []byte(strings.ReplaceAll(string(o.bytes("")), from, to))
}

func text(s string) func(object) []byte { return func(object) []byte { return []byte(s) } }

// wrongTypes are values that a key must not have (H-BAD-04).
var wrongTypes = map[string]member{
	"an array for its action":     {"action", `["on_publish"]`},
	"a number for its action":     {"action", "0"},
	"null for its action":         {"action", "null"},
	"an object for its client_id": {"client_id", "{}"},
	"true for its client_id":      {"client_id", "true"},
	"an array for its app":        {"app", `["live"]`},
	"a number for its app":        {"app", "7"},
	"an object for its vhost":     {"vhost", "{}"},
	"a number for its ip":         {"ip", "2130706433"},
	"an array for its stream":     {"stream", `["cam"]`},
	"a number for its param":      {"param", "1"},
	"an object for its tcUrl":     {"tcUrl", "{}"},
}
