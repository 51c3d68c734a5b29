package amf

import "errors"

// Validate checks b, a sequence of AMF0 values.
func Validate(b []byte, l Limits) error { return errors.ErrUnsupported }

// Decode decodes b, a sequence of AMF0 values: nil, bool, float64, string, map[string]any (objects and ECMA arrays), []any, time.Time.
func Decode(b []byte) ([]any, error) { return DecodeLimited(b, Limits{}) }

// DecodeLimited is Decode with limits of the caller's.
func DecodeLimited(b []byte, l Limits) ([]any, error) { return nil, errors.ErrUnsupported }

// Append appends vals in AMF0: nil, bool, numbers, string, Object, ECMAArray, map[string]any, []any, time.Time.
func Append(dst []byte, vals ...any) ([]byte, error) { return dst, errors.ErrUnsupported }
