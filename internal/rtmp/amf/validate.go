package amf

import (
	"bytes"
	"encoding/binary"
	"fmt"

	amf0 "github.com/yutopp/go-amf0"
)

// Validate checks that b is a sequence of whole AMF0 values within the limits,
// without decoding it or allocating anything for it. The error is an *Error.
func Validate(b []byte, l Limits) error {
	l = l.withDefaults()
	if len(b) > l.Size {
		return &Error{Problem: fmt.Sprintf("a body of %d bytes; at most %d are allowed", len(b), l.Size)}
	}
	c := checker{b: b, limits: l}
	for c.pos < len(c.b) {
		if err := c.value(0); err != nil {
			return err
		}
	}
	return nil
}

// Whole returns the values at the beginning of b as a sequence that Validate accepts: objects whose end markers are
// missing at the end of b get them, and what follows the first least values is left out where it is no value. b itself
// is returned where it is valid, and never changed. The error, an *Error, says why there are fewer than least values.
func Whole(b []byte, l Limits, least int) ([]byte, error) {
	l = l.withDefaults()
	if len(b) > l.Size {
		return nil, &Error{Problem: fmt.Sprintf("a body of %d bytes; at most %d are allowed", len(b), l.Size)}
	}
	c := checker{b: b, limits: l, mends: true}
	for n := 0; c.pos < len(c.b); n++ {
		at := c.pos
		switch err := c.value(0); {
		case err != nil && n < least:
			return nil, err
		case err != nil:
			return b[:at:at], nil
		case c.pos == len(c.b) && n+1 < least:
			return nil, &Error{c.pos, fmt.Sprintf("%d values; want at least %d", n+1, least)}
		}
	}
	if c.missing == 0 {
		return b, nil
	}
	return append(b[:len(b):len(b)], bytes.Repeat([]byte{0, 0, byte(amf0.MarkerObjectEnd)}, c.missing)...), nil
}

// A checker walks over a body.
type checker struct {
	b      []byte
	pos    int
	limits Limits
	values int

	mends   bool // a body may end where an object's next property or end marker is due
	missing int  // end markers that were not there then
}

// value steps over one value; depth objects and arrays are open around it.
func (c *checker) value(depth int) error {
	at := c.pos
	marker, err := c.take(1, "a value")
	if err != nil {
		return err
	}
	if c.values++; c.values > c.limits.Values {
		return &Error{at, fmt.Sprintf("more than %d values", c.limits.Values)}
	}
	switch m := amf0.Marker(marker[0]); m {
	case amf0.MarkerNumber:
		return c.skip(8, "a number")
	case amf0.MarkerBoolean:
		return c.skip(1, "a boolean")
	case amf0.MarkerString:
		return c.text(2, "a string")
	case amf0.MarkerNull:
		return nil
	case amf0.MarkerObject, amf0.MarkerStrictArray, amf0.MarkerEcmaArray, amf0.MarkerTypedObject:
		if depth >= c.limits.Depth {
			return &Error{at, fmt.Sprintf("nested deeper than %d", c.limits.Depth)}
		}
		return c.container(m, depth+1)
	default:
		return c.unusual(m, at)
	}
}

// unusual steps over the values that are rare in RTMP.
func (c *checker) unusual(m amf0.Marker, at int) error {
	switch m {
	case amf0.MarkerUndefined, amf0.MarkerUnsupported:
		return nil
	case amf0.MarkerReference:
		return c.skip(2, "a reference")
	case amf0.MarkerDate:
		return c.skip(10, "a date")
	case amf0.MarkerLongString, amf0.MarkerXMLDocument:
		return c.text(4, "a long string")
	default:
		return &Error{at, fmt.Sprintf("marker %#02x: want an AMF0 value", byte(m))}
	}
}

// container steps over the inside of an object or array.
func (c *checker) container(m amf0.Marker, depth int) error {
	switch m {
	case amf0.MarkerStrictArray:
		n, err := c.count("an array")
		for ; n > 0 && err == nil; n-- {
			err = c.value(depth)
		}
		return err
	case amf0.MarkerEcmaArray:
		if err := c.skip(4, "an ECMA array"); err != nil { // the count is a hint, and often wrong
			return err
		}
	case amf0.MarkerTypedObject:
		if err := c.text(2, "a class name"); err != nil {
			return err
		}
	}
	return c.properties(depth)
}

// properties steps over names and values up to the end marker.
func (c *checker) properties(depth int) error {
	for {
		at := c.pos
		if c.mends && at == len(c.b) {
			c.missing++
			return nil
		}
		if err := c.text(2, "a property name"); err != nil {
			return err
		}
		if c.pos > at+2 {
			if err := c.value(depth); err != nil {
				return err
			}
			continue
		}
		end, err := c.take(1, "an object's end")
		if err == nil && amf0.Marker(end[0]) != amf0.MarkerObjectEnd {
			err = &Error{at, fmt.Sprintf("an empty property name before %#02x: want the end marker 0x09",
				end[0])}
		}
		return err
	}
}

// count steps over the length of an array. Each element takes at least a byte.
func (c *checker) count(what string) (uint32, error) {
	at := c.pos
	b, err := c.take(4, what)
	if err != nil {
		return 0, err
	}
	n, left := binary.BigEndian.Uint32(b), len(c.b)-c.pos
	if int64(n) > int64(left) {
		return 0, &Error{at, fmt.Sprintf("%s of %d elements with %d bytes left", what, n, left)}
	}
	return n, nil
}

// text steps over a string after a length of so many bytes.
func (c *checker) text(lengthBytes int, what string) error {
	n, err := c.length(lengthBytes, what)
	if err != nil {
		return err
	}
	return c.skip(n, what)
}

func (c *checker) length(lengthBytes int, what string) (int, error) {
	b, err := c.take(lengthBytes, what)
	if err != nil {
		return 0, err
	}
	if lengthBytes == 2 {
		return int(binary.BigEndian.Uint16(b)), nil
	}
	n := binary.BigEndian.Uint32(b)
	if int64(n) > int64(len(c.b)) {
		return 0, &Error{c.pos, fmt.Sprintf("%s of %d bytes with %d left", what, n, len(c.b)-c.pos)}
	}
	return int(n), nil
}

func (c *checker) skip(n int, what string) error {
	_, err := c.take(n, what)
	return err
}

// take consumes n bytes, which belong to what.
func (c *checker) take(n int, what string) ([]byte, error) {
	if left := len(c.b) - c.pos; n > left {
		return nil, &Error{c.pos, fmt.Sprintf("%s needs %d bytes, %d are left", what, n, left)}
	}
	b := c.b[c.pos : c.pos+n]
	c.pos += n
	return b, nil
}
