package reports

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// fill sets every field below v to something that is not its zero value, and
// every string to bytes that need not be UTF-8.
func fill(v reflect.Value, r *rand.Rand) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(3), 3))
		for i := range v.Len() {
			fill(v.Index(i), r)
		}
	case reflect.String:
		b := make([]byte, 1+r.IntN(12))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		v.SetString(string(b))
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64N(1<<40) - 1<<39)
	case reflect.Float64:
		v.SetFloat(r.NormFloat64() * 1e6)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("observations hold a " + v.Kind().String() + ", which this test does not know")
	}
}

// TestObservationsReadBack: what a check sees of a recording is what it saw
// live. Every field counts: a new one is covered by itself.
func TestObservationsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var seen Observation
		fill(reflect.ValueOf(&seen).Elem(), r)
		seen.Kind = KindHook // ours to choose
		live := seen.Canonical()
		line, err := json.Marshal(live)
		if err != nil {
			t.Fatal(err)
		}
		var recorded Observation
		if err := json.Unmarshal(line, &recorded); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(live, recorded) {
			t.Fatalf("live     %+v\nrecorded %+v\nlive data     %+v\nrecorded data %+v", live, recorded, live.Data,
				recorded.Data)
		}
	}
}

// TestDetailsKeysAreUnique: two structs of details that share a key would
// both lose it.
func TestDetailsKeysAreUnique(t *testing.T) {
	seen := map[string]string{}
	var walk func(t reflect.Type)
	walk = func(of reflect.Type) {
		for i := range of.NumField() {
			f := of.Field(i)
			if f.Anonymous {
				walk(f.Type)
				continue
			}
			key := f.Tag.Get("json")
			if was := seen[key]; was != "" {
				t.Errorf("key %s is that of %s.%s and of %s", key, of.Name(), f.Name, was)
			}
			seen[key] = of.Name() + "." + f.Name
		}
	}
	walk(reflect.TypeFor[Details]())
}
