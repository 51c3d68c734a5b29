package reports

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// jsonFields collects the names of all fields that a type is written with.
func jsonFields(t reflect.Type, into map[string]bool, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || seen[t] {
		return
	}
	seen[t] = true
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if name != "" {
			into[name] = true
		}
		jsonFields(f.Type, into, seen)
	}
}

// TestSchemaIsComplete holds the documentation against the types.
func TestSchemaIsComplete(t *testing.T) {
	doc, err := os.ReadFile("SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	for file, typ := range map[string]reflect.Type{"report.schema.json": reflect.TypeFor[jsonReport](),
		"events.schema.json": reflect.TypeFor[wireObservation]()} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := json.Unmarshal(b, &tree); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		fields := map[string]bool{}
		jsonFields(typ, fields, map[reflect.Type]bool{})
		for name := range fields {
			if !strings.Contains(string(b), `"`+name+`"`) {
				t.Errorf("%s lacks %q", file, name)
			}
			if !strings.Contains(string(doc), "`"+name+"`") {
				t.Errorf("SCHEMA.md lacks `%s`", name)
			}
		}
	}
	for _, k := range Kinds {
		if !strings.Contains(string(doc), "| `"+string(k)+"` |") {
			t.Errorf("SCHEMA.md lacks the kind `%s`", k)
		}
	}
	for _, v := range Verdicts {
		if !strings.Contains(string(doc), "| `"+string(v)+"` |") {
			t.Errorf("SCHEMA.md lacks the verdict `%s`", v)
		}
	}
}
